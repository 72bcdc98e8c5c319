// The job type `prune`: after all other jobs succeeded, it removes the objects of earlier revisions that the new
// revision no longer has.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import { refKey } from "../model/kubernetes/manifest.ts";
import { reason } from "../model/reasons/reason.ts";
import { ClusterError } from "../ports/cluster.ts";
import { removeObjects } from "./objects/removeOwned.ts";
import { refusal } from "./waiting/retryCluster.ts";

export const prune = defineJob({
  name: "prune",
  summary: { en: "Removes objects that the new revision no longer has", zh: "删除新修订版本不再包含的对象" },
  input: z.looseObject({ present: z.array(z.string()) }),
  timeout: 10 * 60_000,
  async run(job) {
    const present = new Set(job.input.present);
    const orphans = (await job.inventory.list()).filter((owned) => !present.has(refKey(owned)));
    try {
      const { removed, kept } = await removeObjects(job, orphans, false);
      return { phase: "succeeded", reason: reason("Removed", { count: removed, kept: kept.length }), output: { kept } };
    } catch (error) {
      if (error instanceof ClusterError) return refusal(error);
      throw error;
    }
  },
});
