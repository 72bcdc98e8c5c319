// Would the cluster take the pod? Asked by a dry run in the namespace of the project's jobs. What the cluster says of the moment (a quota
// that is used up, a network that is slow) says nothing of the type: then the check is skipped, with the reason.

import { runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import { UNKNOWN_NETWORK } from "../../../model/kubernetes/clusterNetwork.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { skip } from "../../../model/problems/registrationCheck.ts";
import { explainReason, type ReasonCode } from "../../../model/reasons/reason.ts";
import { type Cluster, ClusterError } from "../../../ports/cluster.ts";
import { ensureRunNamespace } from "../../running/isolated/namespace.ts";
import type { Candidate, CheckDefinition, CheckFinding, Means } from "./candidate.ts";
import { podsOf } from "./pods.ts";

const OF_THE_MOMENT: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "ClusterUnreachable",
  "QuotaExceeded",
  "Terminating",
  "Missing",
  "NotAllowed",
  "ChangedBehindUs",
]);

export const dryRunCheck: CheckDefinition = {
  name: "dry-run",
  after: ["policy"],
  async run(candidate, means) {
    if (candidate.registration.spec.runtime.tier === "T2") return { skipped: skip("NoPodOnCluster") };
    const { cluster } = candidate;
    if (cluster === undefined) return { skipped: skip("NoCluster") };
    try {
      return await ask(cluster, candidate, means);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      return { skipped: skip("ClusterSaid", { detail: explainReason(error.reason, "en") }) };
    }
  },
};

async function ask(cluster: Cluster, candidate: Candidate, means: Means): Promise<CheckFinding> {
  const { project, grants, mayCreate } = candidate;
  const { signal } = means;
  const namespace = runNamespaceOf(project);
  if (!(await cluster.namespaceExists(namespace, signal))) {
    if (!mayCreate) return { skipped: skip("NoNamespace", { namespace }) };
    const network = (await cluster.network?.(signal)) ?? UNKNOWN_NETWORK;
    await ensureRunNamespace({ cluster, project, devices: grants.devices, network, signal });
  }
  const problems: Problem[] = [];
  for (const { pod } of podsOf(candidate, means)) {
    // Its account is made with each attempt, with the rights of that attempt.
    const { serviceAccountName: _made, ...spec } = pod.spec;
    const refusal = await cluster.check({ ...pod, spec }, { signal, reveal: (text) => text });
    if (refusal === null) continue;
    const detail = explainReason(refusal, "en");
    if (OF_THE_MOMENT.has(refusal.code)) return { skipped: skip("ClusterSaid", { detail }) };
    problems.push(problem("DryRunRefused", "/spec/runtime", { cluster: cluster.name, detail }));
  }
  return { problems };
}
