// Reads what the network policy of one attempt needs from the cluster: the addresses of the cluster, the pods behind
// the named Services, and how a program in a pod reaches this server.
import { isIP } from "node:net";
import type { JobRun } from "../../../catalog/job.ts";
import type { NetworkOrder, ServiceAddress } from "../../../isolation/cluster/networkPolicy.ts";
import { parseDestination } from "../../../isolation/policy/destination.ts";
import type { PodOrder } from "../../../isolation/policy/order.ts";
import { withRetries } from "../../../jobs/waiting/retryCluster.ts";
import { labelsAt } from "../../../model/data/fieldReaders.ts";
import { dig } from "../../../model/data/json.ts";
import { type ClusterNetwork, UNKNOWN_NETWORK } from "../../../model/kubernetes/clusterNetwork.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";

interface Reach {
  readonly cluster: ClusterNetwork;
  readonly services: NetworkOrder["services"];
}

export async function reachOf(job: JobRun<unknown>, order: PodOrder, callback: string | undefined): Promise<Reach> {
  const { capabilities, grants } = order;
  const wanted = [...capabilities.network.filter((text) => grants.network.includes(text)), callback ?? ""];
  const named = await Promise.all(wanted.map((text) => serviceOf(job, order, text)));
  const cluster = await withRetries(job, async () => (await job.cluster.network?.(job.signal)) ?? UNKNOWN_NETWORK);
  return { cluster, services: Object.fromEntries(named.flat()) };
}

/**
 * A name without a namespace is searched in the namespace of the application, then in the job namespace. Otherwise it
 * means a namespace.
 */
async function serviceOf(
  job: JobRun<unknown>,
  { identity }: PodOrder,
  text: string,
): Promise<readonly (readonly [string, ServiceAddress])[]> {
  const destination = parseDestination(text);
  if (destination?.kind === "service") {
    const { namespace, name } = destination;
    const found = await read(job, namespace, name);
    return found === null ? [] : [[`${namespace}/${name}`, found]];
  }
  if (destination?.kind !== "name") return [];
  const { name } = destination;
  const found = (await read(job, job.namespace, name)) ?? (await read(job, identity.namespace, name));
  return found === null ? [] : [[name, found]];
}

async function read(job: JobRun<unknown>, namespace: string, name: string): Promise<ServiceAddress | null> {
  const ref = { apiVersion: "v1", kind: "Service", namespace, name };
  const live = await withRetries(job, () => job.cluster.read(ref, job.signal));
  return live === null ? null : addressOf(live, namespace);
}

function addressOf(service: Manifest, namespace: string): ServiceAddress {
  const ports = dig(service, "spec", "ports");
  return {
    namespace,
    podLabels: labelsAt(service, "spec", "selector"),
    ports: Object.fromEntries(
      (Array.isArray(ports) ? ports : []).flatMap((port: unknown) => {
        const [own, target] = [dig(port, "port"), dig(port, "targetPort")];
        if (typeof own !== "number") return [];
        return [[own, typeof target === "number" || typeof target === "string" ? target : own]];
      }),
    ),
  };
}

type CallbackDestination =
  | { readonly ok: true; readonly destination: string }
  /** No pod can reach the address. */
  | { readonly ok: false; readonly detail: string };

/**
 * The network destination of the callback address that programs get: `http://10.0.0.5:7946`,
 * `http://kubemin.kubemin.svc`.
 */
export async function callbackPlace(
  url: string,
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<CallbackDestination> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  const inside = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.|$)/.exec(host);
  if (inside !== null) return { ok: true, destination: `${inside[2]}/${inside[1]}:${number}` };
  const [address] = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  if (address === undefined) return { ok: false, detail: `${host} has no address` };
  if (/^127\.|^::1$|^0\.0\.0\.0$|^::$/.test(address)) return { ok: false, detail: `${host} is this machine only` };
  return { ok: true, destination: isIP(address) === 6 ? `[${address}]:${number}` : `${address}:${number}` };
}
