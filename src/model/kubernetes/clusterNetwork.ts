// The addresses of a cluster itself, which network policies must allow or block. The cluster reports them, or the
// operator sets them.

export interface ClusterNetwork {
  /** Addresses of the API server as pods see it: those of its endpoints, and that of the Service `kubernetes`. */
  readonly apiServer: readonly string[];
  /** Ports of the API server at these addresses. Default: 443 and 6443. */
  readonly apiServerPorts?: readonly number[];
  readonly podNetworks: readonly string[];
  readonly serviceNetworks: readonly string[];
  /** Addresses or networks of the nodes. */
  readonly nodeNetworks: readonly string[];
  /** Name servers that are not pods of kube-system, such as a cache on the node or a server outside of the cluster. */
  readonly nameServers: readonly string[];
}

/** Used when nothing is known: only addresses that no job may reach on any cluster are blocked. */
export const UNKNOWN_NETWORK: ClusterNetwork = {
  apiServer: [],
  podNetworks: [],
  serviceNetworks: [],
  nodeNetworks: [],
  nameServers: [],
};
