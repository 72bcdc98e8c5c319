// Volumes that a StatefulSet created from its templates. This file finds them by name and enlarges them when the size
// in the template increased, which Kubernetes does not do itself. It never shrinks a volume.

import type { JobRun } from "../../catalog/job.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { LABELS, type Manifest } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { withRetries } from "../waiting/retryCluster.ts";

interface TemplatedVolumeClaim {
  readonly claim: Manifest;
  /** The size that the template asks for now. */
  readonly size: string;
}

/**
 * Claims of this application that belong to the set. The StatefulSet controller names them
 * `<template>-<set>-<ordinal>`. Ordinals have no gaps, so the search ends at the first missing name.
 */
export async function templatedClaims(job: JobRun<unknown>, set: Manifest): Promise<readonly TemplatedVolumeClaim[]> {
  const claims: TemplatedVolumeClaim[] = [];
  for (const template of templatesOf(set)) {
    const name = String(dig(template, "metadata", "name"));
    const size = dig(template, "spec", "resources", "requests", "storage");
    for (let ordinal = 0; ; ordinal++) {
      const ref = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: job.namespace,
        name: `${name}-${set.metadata.name}-${ordinal}`,
      };
      const claim = await withRetries(job, () => job.cluster.read(ref, job.signal));
      if (claim === null) break;
      const labels = claim.metadata.labels ?? {};
      if (labels[LABELS.application] === writtenName(job.application) && labels[LABELS.project] === job.project)
        claims.push({ claim, size: typeof size === "string" ? size : "0" });
    }
  }
  return claims;
}

function templatesOf(set: Manifest): readonly JsonObject[] {
  const templates = set.kind === "StatefulSet" ? dig(set, "spec", "volumeClaimTemplates") : undefined;
  return Array.isArray(templates) ? templates.filter(isObject) : [];
}

/** With `check`, nothing changes: the cluster does a dry run, and its refusal is thrown as a `ClusterError`. */
export async function growVolumes(job: JobRun<unknown>, set: Manifest, how: "grow" | "check" = "grow"): Promise<void> {
  for (const { claim, size } of await templatedClaims(job, set)) {
    if ((parseQuantity(size) ?? 0) <= sizeOf(claim)) continue;
    const grown = grownClaim(claim, size);
    const options = { signal: job.signal, reveal: job.reveal, force: true };
    if (how === "grow") await withRetries(job, () => job.cluster.apply(grown, options));
    else
      await withRetries(job, async () => {
        const tried = await job.cluster.dryRun(grown, options);
        if ("refused" in tried && tried.refused.reason.code !== "NoDryRun")
          throw new ClusterError(tried.refused.reason, false, tried.refused);
      });
  }
}

function sizeOf(claim: Manifest): number {
  const size = dig(claim, "spec", "resources", "requests", "storage");
  return typeof size === "string" ? (parseQuantity(size) ?? 0) : 0;
}

/**
 * A manifest with only the size and the labels, so that server-side apply leaves all other fields to the controller.
 */
function grownClaim(claim: Manifest, size: string): Manifest {
  const { name, namespace, labels } = claim.metadata;
  return {
    apiVersion: claim.apiVersion,
    kind: claim.kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) },
    spec: { resources: { requests: { storage: size } } },
  };
}
