// Addresses that no job may connect to, whatever was granted: metadata services give out the credentials of the node,
// and the API server belongs to the cluster. Also the ranges that `internet` does not include: those that are not
// public by the IANA special-purpose registries.
import type { ClusterNetwork } from "../../model/kubernetes/clusterNetwork.ts";
import { type Network, parseNetwork } from "./cidr.ts";

const METADATA = [
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
];

const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // INTERNET includes only the public part of IPv6. These ranges inside it embed IPv4 addresses.
  "2001::/32",
  "2002::/16",
];

/** 2000::/3 is all of IPv6 that is public today, so it needs few exceptions. */
export const INTERNET: readonly Network[] = networks(["0.0.0.0/0", "2000::/3"]);

export function networks(texts: readonly string[]): readonly Network[] {
  return texts.flatMap((text) => parseNetwork(text) ?? []);
}

/** Networks that are excluded from every rule with addresses. */
export function neverReachable(cluster: ClusterNetwork): readonly Network[] {
  return networks([...METADATA, ...cluster.apiServer]);
}

/** Networks that are excluded from `internet`. */
export function notInternet(cluster: ClusterNetwork): readonly Network[] {
  const { podNetworks, serviceNetworks, nodeNetworks } = cluster;
  return [
    ...networks([...NOT_PUBLIC, ...podNetworks, ...serviceNetworks, ...nodeNetworks]),
    ...neverReachable(cluster),
  ];
}
