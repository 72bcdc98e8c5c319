// The addresses of the cluster itself, for network policies: its API server, its pods, Services and nodes, and the name
// servers that are not pods. Addresses that cannot be read are left out. That is safe, because policies never allow
// private ranges anyway and the metadata addresses are known.

import { listAt, numberAt, textAt, textsAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { ClusterNetwork } from "../../model/kubernetes/clusterNetwork.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Api } from "../write/apply.ts";
import { listObjects, NONE_KNOWN } from "../write/listObjects.ts";

/**
 * Milliseconds for which the addresses are reused. Nodes may be added or removed in between, but no policy needs a node
 * that was added less than a minute ago.
 */
const FRESH = 60_000;

interface NetworkLook {
  look(signal: AbortSignal): Promise<ClusterNetwork>;
}

export function createNetworkLook(api: Api, clock: Clock): NetworkLook {
  let known: { readonly at: number; readonly network: ClusterNetwork } | undefined;
  return {
    async look(signal) {
      const now = clock.now().getTime();
      if (known === undefined || Math.abs(now - known.at) > FRESH)
        known = { at: now, network: await gather(api, signal) };
      return known.network;
    },
  };
}

async function gather(api: Api, signal: AbortSignal): Promise<ClusterNetwork> {
  const list = (apiVersion: string, kind: string, namespace = "", selectors = {}) =>
    listObjects(api, { apiVersion, kind, exactVersion: true, namespace, selectors, withoutList: NONE_KNOWN }, signal);
  const slices = (name: string, namespace: string) =>
    list("discovery.k8s.io/v1", "EndpointSlice", namespace, { labelSelector: `kubernetes.io/service-name=${name}` });
  const [servers, services, names, nodes, ranges] = await Promise.all([
    slices("kubernetes", "default"),
    list("v1", "Service", "default", { fieldSelector: "metadata.name=kubernetes" }),
    slices("kube-dns", "kube-system"),
    list("v1", "Node"),
    list("networking.k8s.io/v1", "ServiceCIDR"),
  ]);
  return {
    apiServer: [...services.flatMap((one) => textsAt(one, "spec", "clusterIPs")), ...servers.flatMap(addressesOf)],
    apiServerPorts: servers.flatMap((one) => listAt(one, "ports").map((port) => numberAt(port, "port"))),
    podNetworks: nodes.flatMap((one) => textsAt(one, "spec", "podCIDRs")),
    serviceNetworks: ranges.flatMap((one) => textsAt(one, "spec", "cidrs")),
    nodeNetworks: nodes.flatMap((one) =>
      listAt(one, "status", "addresses")
        .filter((address) => textAt(address, "type").endsWith("IP"))
        .map((address) => textAt(address, "address")),
    ),
    nameServers: names.flatMap((one) =>
      listAt(one, "endpoints")
        .filter((endpoint) => textAt(endpoint, "targetRef", "kind") !== "Pod")
        .flatMap((endpoint) => textsAt(endpoint, "addresses")),
    ),
  };
}

function addressesOf(slice: JsonObject): readonly string[] {
  return listAt(slice, "endpoints").flatMap((endpoint) => textsAt(endpoint, "addresses"));
}
