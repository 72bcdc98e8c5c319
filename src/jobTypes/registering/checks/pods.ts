// The isolated pod of each example. The checks of the policy, the grants and the dry run all use it.

import { draftPod } from "../../../isolation/pod/renderPod.ts";
import type { PodManifest } from "../../../isolation/policy/order.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Problem } from "../../../model/problems/problem.ts";
import { draftOf, sealedExample } from "../../running/filledTemplate.ts";
import { podOrderOf } from "../../running/isolated/podOrder.ts";
import { type Candidate, type Means, RUN } from "./candidate.ts";
import { trialsOf } from "./trials.ts";

interface DraftedPod {
  /** Title of the example. */
  readonly title: string;
  readonly pod: PodManifest;
  readonly problems: readonly Problem[];
}

export function podsOf(
  candidate: Candidate,
  { schemas, runtime }: Pick<Means, "schemas" | "runtime">,
): readonly DraftedPod[] {
  const { registration, project } = candidate;
  const { spec } = registration;
  const fits = (input: JsonObject): boolean => schemas.check(spec.input, input).length === 0;
  const order = podOrderOf(candidate, { project, run: "check", job: registration.metadata.name, attempt: 1 }, runtime);
  return trialsOf(registration, fits).flatMap(({ title, input }) => {
    // A template may name the Secret of its run, so the isolation has to see the same name here.
    const run = { ...RUN, project, secret: order.identity.name };
    const drafted = draftOf(spec, sealedExample(spec, input), run);
    if (drafted.kind !== "draft") return [];
    const { pod, problems } = draftPod(drafted.draft.template, order);
    return [{ title, pod, problems: problems.map(placed) }];
  });
}

/** Translates a pointer of src/isolation, which begins at the order, into a pointer of the document. */
function placed(one: Problem): Problem {
  const pointer = one.pointer
    .replace(/^\/template/, "/spec/runtime/template")
    .replace(/^\/capabilities/, "/spec/capabilities")
    .replace(/^\/resources/, "/spec/resources");
  return { ...one, pointer };
}
