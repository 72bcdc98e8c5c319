// Writes the objects of a deploy run to the inventory before any of them is created: one write for the whole run, so
// that no job waits for a write of its own. An entry without a uid means that the object was perhaps created, for
// example before a crash. Code that removes objects must therefore read the object before it relies on such an entry.
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import type { OwnedObject } from "../../model/run/revision.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { OwnedByOther } from "../../ports/store.ts";
import type { Dependencies } from "../contract/dependencies.ts";

export async function recordIntents(
  dependencies: Dependencies<"store">,
  run: Run,
  jobs: readonly Job[],
): Promise<void> {
  if (run.kind !== "deploy") return;
  const known = new Set((await dependencies.store.inventory.list(run.project, run.application)).map(refKey));
  const fresh = jobs.map((job) =>
    job.plan.objects
      .filter((object) => !known.has(refKey(refOf(object.manifest))))
      .map((object) => ownedObject(run, job.plan.component, { object, uid: null })),
  );
  if (await putAll(dependencies, fresh.flat())) return;
  for (const ofOneJob of fresh) await putAll(dependencies, ofOneJob);
}

/**
 * False when another application already owns one of the objects. The job of that object reports it; the other jobs go
 * on.
 */
async function putAll({ store }: Dependencies<"store">, objects: readonly OwnedObject[]): Promise<boolean> {
  try {
    if (objects.length > 0) await store.inventory.put(objects);
    return true;
  } catch (error) {
    if (error instanceof OwnedByOther) return false;
    throw error;
  }
}

export function ownedObject(
  run: Run,
  component: string | null,
  { object, uid }: { readonly object: PlannedObject; readonly uid: string | null },
): OwnedObject {
  const { project, application, cluster } = run;
  return { project, application, component, cluster, ...refOf(object.manifest), uid, keep: object.keep };
}
