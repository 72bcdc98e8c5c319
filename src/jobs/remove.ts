// The job type `remove`: it removes all objects of a component from the cluster. Volumes are kept unless the input
// `volumes` is true; this also applies to volumes that a StatefulSet created from its templates.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import type { JobRun } from "../catalog/job.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import { reason } from "../model/reasons/reason.ts";
import { ClusterError } from "../ports/cluster.ts";
import { removeObjects } from "./objects/removeOwned.ts";
import { templatedClaims } from "./objects/volumes.ts";
import { refusal, withRetries } from "./waiting/retryCluster.ts";

export const remove = defineJob({
  name: "remove",
  summary: { en: "Removes a component from the cluster", zh: "从集群删除组件" },
  input: z.looseObject({ component: z.string(), volumes: z.boolean() }),
  timeout: 10 * 60_000,
  async run(job) {
    const mine = (await job.inventory.list()).filter((owned) => owned.component === job.input.component);
    try {
      const { removed, kept } = await removeObjects(job, mine, job.input.volumes);
      const templated = await claimsOf(job);
      if (job.input.volumes) {
        for (const claim of templated)
          await withRetries(job, () =>
            job.cluster.remove(claimRef(job, claim), { signal: job.signal, uid: claim.metadata.uid ?? "" }),
          );
      }
      const left = [
        ...kept,
        ...(job.input.volumes ? [] : templated.map((claim) => `PersistentVolumeClaim/${claim.metadata.name}`)),
      ];
      const count = removed + (job.input.volumes ? templated.length : 0);
      return { phase: "succeeded", reason: reason("Removed", { count, kept: left.length }), output: { kept: left } };
    } catch (error) {
      if (error instanceof ClusterError) return refusal(error);
      throw error;
    }
  },
});

async function claimsOf(job: JobRun<unknown>): Promise<readonly Manifest[]> {
  const claims: Manifest[] = [];
  for (const { manifest } of job.objects)
    claims.push(...(await templatedClaims(job, manifest)).map(({ claim }) => claim));
  return claims;
}

function claimRef(job: JobRun<unknown>, claim: Manifest) {
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: job.namespace, name: claim.metadata.name };
}
