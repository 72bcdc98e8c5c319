// Finds the Kubernetes Jobs that attempts of kubemin created and that have not finished: they run, or would run later.
import { hasFinished } from "../../model/kubernetes/finishedJob.ts";
import { ANNOTATIONS, LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";
import type { Cluster } from "../../ports/cluster.ts";

/**
 * By the run in their mark. One list request for the whole cluster, or without the right to that, one for `namespace`.
 * The Jobs may be of other installations of kubemin, whose runs the store does not know. Throws `ClusterError`.
 */
export async function unfinishedJobs(
  cluster: Cluster,
  signal: AbortSignal,
  namespace = "",
): Promise<ReadonlyMap<string, readonly Manifest[]>> {
  const kind = { apiVersion: "batch/v1", kind: "Job", labels: { [LABELS.managedBy]: MANAGED_BY } };
  const everywhere = await cluster.list({ ...kind, namespace: "" }, signal);
  const found = everywhere ?? (namespace === "" ? null : await cluster.list({ ...kind, namespace }, signal)) ?? [];
  const open = found.filter((one) => !hasFinished(one) && one.metadata.deletionTimestamp === undefined);
  return Map.groupBy(
    open.filter((one) => runOfMark(one) !== ""),
    runOfMark,
  );
}

/** `""` for a Job without a mark. */
function runOfMark(object: Manifest): string {
  return object.metadata.annotations?.[ANNOTATIONS.attempt]?.split("/")[0] ?? "";
}
