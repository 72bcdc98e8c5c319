// The check that the cluster accepts the pods of the examples, with a dry run in the job namespace of the project. A
// temporary refusal (a used quota, an unreachable cluster) says nothing about the type, so the check is then skipped
// with that reason.

import { runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import { UNKNOWN_NETWORK } from "../../../model/kubernetes/clusterNetwork.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { skip } from "../../../model/problems/registrationCheck.ts";
import { explainReason, type ReasonCode } from "../../../model/reasons/reason.ts";
import { type Cluster, ClusterError } from "../../../ports/cluster.ts";
import { ensureRunNamespace } from "../../running/isolated/namespace.ts";
import type { Candidate, CheckDefinition, CheckFinding, Means } from "./candidate.ts";
import { podsOf } from "./pods.ts";
import { missingGrants } from "./policy.ts";

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
  if (!mayCreate) {
    if (!(await cluster.namespaceExists(namespace, signal))) return { skipped: skip("NoNamespace", { namespace }) };
  } else {
    // Also when the namespace exists: its quota may not know of the newest grants.
    const network = (await cluster.network?.(signal)) ?? UNKNOWN_NETWORK;
    await ensureRunNamespace({ cluster, project, devices: grants.devices, network, signal });
  }
  const problems: Problem[] = [];
  for (const { pod } of podsOf(candidate, means)) {
    // The service account is created with each attempt, so it does not exist yet.
    const { serviceAccountName: _made, ...spec } = pod.spec;
    const tried = await cluster.dryRun({ ...pod, spec }, { signal, reveal: (text) => text });
    if (!("refused" in tried)) continue;
    const { reason, grace, class: lasts } = tried.refused;
    const detail = explainReason(reason, "en");
    // The quota of the job namespace has only what was granted before.
    if (reason.code === "QuotaExceeded" && missingGrants(candidate, means).length > 0)
      return { skipped: skip("BeforeGrant") };
    if (grace > 0 || lasts === "passing" || OF_THE_MOMENT.has(reason.code))
      return { skipped: skip("ClusterSaid", { detail }) };
    problems.push(problem("DryRunRefused", "/spec/runtime", { cluster: cluster.name, detail }));
  }
  return { problems };
}
