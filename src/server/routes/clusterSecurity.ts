// The routes for the security of job types on a cluster: read what the cluster itself refuses, install the policies,
// try out the network. Only for administrators of the server.
import { randomBytes } from "node:crypto";
import { clusterFailure, knownCluster } from "../../engine/planning/chooseCluster.ts";
import { type ClusterSecurity, secureCluster, securityOf } from "../../jobTypes/running/isolated/clusterPolicies.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Implementations } from "../shared/contract.ts";

export const clusterSecurity = {
  getClusterSecurity: async ({ params, query }, { dependencies, signal }) => {
    const cluster = await knownCluster(dependencies, params.cluster);
    return {
      body: await withClusterErrors<ClusterSecurity>(params.cluster, () => securityOf(cluster, query.project, signal)),
    };
  },

  secureCluster: async ({ params, body: { project } }, { dependencies, signal }) => {
    const cluster = await knownCluster(dependencies, params.cluster);
    await withClusterErrors(params.cluster, () => secureCluster(cluster, project, signal));
    return {
      body: await withClusterErrors<ClusterSecurity>(params.cluster, () => securityOf(cluster, project, signal)),
    };
  },

  probeClusterNetwork: async ({ params, body: { image } }, { dependencies, signal }) => {
    const cluster = await knownCluster(dependencies, params.cluster);
    if (cluster.probeNetwork === undefined) throw new PlatformError("NoNetworkToProbe", { cluster: params.cluster });
    const name = `kubemin-network-probe-${randomBytes(4).toString("hex")}`;
    return {
      body:
        (await withClusterErrors(params.cluster, async () => cluster.probeNetwork?.({ name, image, signal }))) ?? NONE,
    };
  },
} satisfies Partial<Implementations>;

const NONE = { enforcement: "unknown", detail: "" } as const;

async function withClusterErrors<T>(cluster: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.retryable || error.reason.code === "CredentialRefused") throw clusterFailure(error, cluster);
    throw new PlatformError("RefusedByCluster", {}, { cause: error.reason });
  }
}
