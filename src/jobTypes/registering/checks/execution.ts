// The check of `execution` and gangs. Settings that this server does not support are refused instead of ignored. A
// callback without a sink is only a warning, because the project may add a sink later.
import { type Problem, problem, warning } from "../../../model/problems/problem.ts";
import type { Registration, RegistrationSpec } from "../../registration/registration.ts";
import type { CheckDefinition } from "./candidate.ts";

type Callback = NonNullable<NonNullable<RegistrationSpec["execution"]>["callback"]>;

/** The kind of sink that a callback needs; `undefined` when it needs none. */
const SINK_OF: Readonly<Record<Callback, "kafka" | "webhook" | undefined>> = {
  none: undefined,
  stream: undefined,
  kafka: "kafka",
  webhook: "webhook",
};

export const executionCheck: CheckDefinition = {
  name: "execution",
  after: ["shape"],
  async run({ registration, project }, { sinks }) {
    const wanted = SINK_OF[registration.spec.execution?.callback ?? "none"];
    if (wanted === undefined) return { problems: gangProblems(registration) };
    const there = (await sinks.list(project)).some(({ sink }) => sink.settings.type === wanted);
    const missing = there
      ? []
      : [warning("CallbackWithoutSink", "/spec/execution/callback", { kind: wanted, project })];
    return { problems: [...gangProblems(registration), ...missing] };
  },
};

function gangProblems({ spec }: Registration): readonly Problem[] {
  if (spec.runtime.tier === "T1" && spec.runtime.pods !== undefined) return [];
  return [
    ...(spec.profile === "gang" ? [problem("GangWithoutPods", "/spec/profile")] : []),
    ...(spec.resources?.gpu?.gang === true ? [problem("GangWithoutPods", "/spec/resources/gpu/gang")] : []),
  ];
}
