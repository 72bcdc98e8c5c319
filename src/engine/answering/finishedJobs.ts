// Shows Jobs that completed and were then removed from the cluster as ready, and not as missing. The store has their
// completions.

import { inBatches } from "../../model/data/batches.ts";
import { finishedContent } from "../../model/kubernetes/finishedJob.ts";
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Revision } from "../../model/run/revision.ts";
import type { Dependencies } from "../contract/dependencies.ts";

export async function withFinishedJobs(
  { store }: Dependencies<"store">,
  { project, application, plan }: Revision,
  health: readonly ObjectHealth[],
): Promise<readonly ObjectHealth[]> {
  const missing = new Set(health.filter(({ state }) => state === "missing").map(({ ref }) => refKey(ref)));
  const gone = plan.jobs.flatMap(({ component, objects }) =>
    objects.flatMap(({ manifest }) => {
      const [content, key] = [finishedContent(manifest), refKey(refOf(manifest))];
      return content === undefined || !missing.has(key) ? [] : [{ key, component, content }];
    }),
  );
  if (gone.length === 0) return health;
  const found = await inBatches(gone, async ({ key, component, content }) =>
    (await store.completions.get({ project, application, component, content })) === null ? [] : [key],
  );
  const done = new Set(found.flat());
  return health.map((one) =>
    done.has(refKey(one.ref)) ? { ref: one.ref, state: "ready", reason: reason("Completed"), evidence: [] } : one,
  );
}
