// Marks a draft as validated when its sample run has succeeded. Each process tries this; the first one writes it, and
// the others then find it done.

import { problem } from "../../model/problems/problem.ts";
import type { CheckResult } from "../../model/problems/registrationCheck.ts";
import type { Run } from "../../model/run/run.ts";
import { changeEvent } from "./event.ts";
import type { RegistryDependencies } from "./registryDependencies.ts";
import type { RegistryView } from "./view.ts";

/** `true` when a version was changed. */
export async function settleSamples(
  { store, clock }: Pick<RegistryDependencies, "store" | "clock">,
  view: RegistryView,
): Promise<boolean> {
  let wrote = false;
  for (const { versions } of view.types.values()) {
    for (const { stored } of versions) {
      if (stored.sampleRun === null) continue;
      const run = await store.runs.get(stored.sampleRun);
      if (run !== null && run.finishedAt === null) continue;
      const to = {
        sampleRun: null,
        checks: stored.checks.map((one) => (one.check === "sample-run" ? resultOf(run) : one)),
        ...(run?.phase === "succeeded" && stored.standing === "draft" ? { standing: "validated" as const } : {}),
      };
      const { name, version, standing: from } = stored;
      const by = run?.actor ?? "kubemin";
      const change = { name, version, from, to, by, at: clock.now().toISOString() };
      wrote = (await store.registrations.change(change, changeEvent(stored, "tried", by))) || wrote;
    }
  }
  return wrote;
}

function resultOf(run: Run | null): CheckResult {
  if (run?.phase === "succeeded") return { check: "sample-run", result: "ok", problems: [] };
  const params = { run: run?.id ?? "", phase: run?.phase ?? "gone" };
  return { check: "sample-run", result: "failed", problems: [problem("SampleRun", "/spec/examples", params)] };
}
