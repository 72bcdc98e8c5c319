// Where a cluster itself lives: addresses that rules for the network must know. Told by the cluster, or set down by hand.

export interface ClusterNetwork {
  /** Addresses of the API server as pods see it: of the endpoints, and of the Service `kubernetes`. */
  readonly apiServer: readonly string[];
  /** Where it listens there; 443 and 6443 where nothing is known. */
  readonly apiServerPorts?: readonly number[];
  readonly podNetworks: readonly string[];
  readonly serviceNetworks: readonly string[];
  /** Of the nodes; addresses or networks. */
  readonly nodeNetworks: readonly string[];
  /** Name servers that are not pods of kube-system: a cache on the node, a server outside. */
  readonly nameServers: readonly string[];
}

/** Nothing is known: only what no job may reach anywhere is blocked. */
export const UNKNOWN_NETWORK: ClusterNetwork = {
  apiServer: [],
  podNetworks: [],
  serviceNetworks: [],
  nodeNetworks: [],
  nameServers: [],
};
