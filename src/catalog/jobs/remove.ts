// Removes everything that a component made on the cluster. Volumes stay unless asked for, also those that a StatefulSet made from its templates.
import { z } from "zod";
import { dig, isObject } from "../../model/json.ts";
import { LABELS, type Manifest } from "../../model/manifest.ts";
import { reason } from "../../model/reason.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { defineJob } from "../define.ts";
import type { JobRun } from "../job.ts";
import { discard } from "./discard.ts";
import { patiently, refusal } from "./patience.ts";

export const remove = defineJob({
  name: "remove",
  summary: { en: "Removes a component from the cluster", zh: "从集群删除组件" },
  input: z.looseObject({ component: z.string(), volumes: z.boolean() }),
  timeout: 10 * 60_000,
  async run(job) {
    const mine = (await job.inventory.list()).filter((owned) => owned.component === job.input.component);
    try {
      const { removed, kept } = await discard(job, mine, job.input.volumes);
      const templated = await templatedClaims(job);
      if (job.input.volumes) {
        for (const claim of templated)
          await patiently(job, () =>
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

/** `<template>-<set>-<ordinal>` is how the StatefulSet controller names them; ordinals have no gaps, so the first missing one is the end. */
async function templatedClaims(job: JobRun<unknown>): Promise<readonly Manifest[]> {
  const claims: Manifest[] = [];
  for (const { manifest } of job.objects.filter((object) => object.manifest.kind === "StatefulSet")) {
    const templates = dig(manifest, "spec", "volumeClaimTemplates");
    for (const template of Array.isArray(templates) ? templates : []) {
      const name = isObject(template) ? String(dig(template, "metadata", "name")) : "";
      for (let ordinal = 0; ; ordinal++) {
        const ref = {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          namespace: job.namespace,
          name: `${name}-${manifest.metadata.name}-${ordinal}`,
        };
        const claim = await patiently(job, () => job.cluster.read(ref, job.signal));
        if (claim === null) break;
        if (claim.metadata.labels?.[LABELS.application] === job.application) claims.push(claim);
      }
    }
  }
  return claims;
}

function claimRef(job: JobRun<unknown>, claim: Manifest) {
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: job.namespace, name: claim.metadata.name };
}
