// The NetworkPolicy of one job. A job may connect to name servers and to destinations that were both asked for and
// granted, and to nothing else. NetworkPolicies only allow, so one policy cannot forbid what another allows; addresses
// that must never be reached are therefore left out of every rule that names addresses. Only the network plug-in can
// enforce a policy; src/kube/network/probeNetworkPolicy.ts checks whether it does.
import type { JsonObject } from "../../model/data/json.ts";
import type { ClusterNetwork } from "../../model/kubernetes/clusterNetwork.ts";
import { JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { hasToken } from "../pod/renderVolumes.ts";
import { INTERNET, networks, neverReachable, notInternet } from "../policy/blocked.ts";
import { contains, exceptionsIn, type Network } from "../policy/cidr.ts";
import { type Destination, parseDestination, parseExposed } from "../policy/destination.ts";
import { labelValue } from "../policy/labelValue.ts";
import type { PodOrder } from "../policy/order.ts";
import { profileOf } from "../policy/profile.ts";

export interface NetworkOrder extends Pick<PodOrder, "profile" | "capabilities" | "grants" | "identity"> {
  readonly cluster: ClusterNetwork;
  /**
   * Services by the text that names them: `models` (a Service of the project; a name without an entry is a namespace)
   * or `ml/models`.
   */
  readonly services: Readonly<Record<string, ServiceAddress>>;
  /** `192.0.2.7:22`: the addresses that this run connects to, for profiles with egress `targets` (ssh). */
  readonly targets?: readonly string[];
  /** The job has several pods, which may connect to each other on every port. */
  readonly peers?: boolean;
  /**
   * `192.0.2.1:8080`, `kubemin/kubemin:80`: the address of kubemin for programs that report by themselves. It needs no
   * grant.
   */
  readonly callback?: string;
}

export interface ServiceAddress {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
  /** Port of the Service -> port of its pods (a number or a name). */
  readonly ports: Readonly<Record<number, number | string>>;
}

interface RenderedPolicy {
  /**
   * The policy; `null` when there is a problem. It closes the pods that it selects to all other traffic, even in a
   * namespace that has no policy which denies by default.
   */
  readonly policy: Manifest | null;
  readonly problems: readonly Problem[];
}

/** The policy for one job of one run. The caller creates it before the pod and removes it together with the pod. */
export function renderNetworkPolicy(order: NetworkOrder): RenderedPolicy {
  const { capabilities, grants, identity } = order;
  const granted = (field: "network" | "services"): readonly (readonly [string, number])[] =>
    capabilities[field].flatMap((text, index) => (grants[field].includes(text) ? [[text, index] as const] : []));
  const egress =
    profileOf(order.profile).egress === "targets"
      ? targetRules(order)
      : granted("network").map(([text, index]) => ruleFor(text, ["capabilities", "network", index], order));
  const ingress = granted("services").map(([text, index]) => exposedRule(text, index, order));
  const problems = [...egress, ...ingress].flatMap((one) => one.problem ?? []);
  const rules = (all: readonly Ruling[]): readonly JsonObject[] =>
    all.map((one) => one.rule).filter((one) => one !== undefined);
  const policy: Manifest = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: identity.name, namespace: identity.namespace, labels: ownLabels(identity) },
    spec: {
      podSelector: { matchLabels: podLabels(identity) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [...rules(ingress), ...peersRule(order, "from")],
      egress: [
        dnsRule(order.cluster),
        ...rules(egress),
        ...peersRule(order, "to"),
        ...apiServerRule(order),
        ...callbackRule(order),
      ],
    },
  };
  return { policy: problems.length > 0 ? null : policy, problems };
}

interface Ruling {
  readonly rule?: JsonObject;
  readonly problem?: Problem;
}

type At = readonly (string | number)[];

function podLabels({ run, job, type }: PodOrder["identity"]): Readonly<Record<string, string>> {
  return {
    [JOB_LABELS.run]: labelValue(run),
    [JOB_LABELS.job]: labelValue(job),
    [JOB_LABELS.type]: labelValue(type),
  };
}

function ownLabels(identity: PodOrder["identity"]): Readonly<Record<string, string>> {
  return { [LABELS.managedBy]: MANAGED_BY, [LABELS.project]: labelValue(identity.project), ...podLabels(identity) };
}

const namespaceNamed = (name: string): JsonObject => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

/** Pods of the same job of the same run may connect to each other. */
function peersRule({ peers, identity }: NetworkOrder, side: "from" | "to"): readonly JsonObject[] {
  return peers === true ? [{ [side]: [{ podSelector: { matchLabels: podLabels(identity) } }] }] : [];
}

/** Only the cluster's own name servers: through port 53 of any other host, a job could send out any data. */
export function dnsRule(cluster: ClusterNetwork): JsonObject {
  const outside = networks(cluster.nameServers)
    .filter((one) => !neverReachable(cluster).some((blocked) => contains(blocked, one)))
    .map((one) => ({ ipBlock: { cidr: one.text } }));
  const pods = { ...namespaceNamed("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } };
  const ports = ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 }));
  return { to: [pods, ...outside], ports };
}

/** Namespaces of the cluster itself and of kubemin, which no grant opens by name. */
const CLOSED_NAMESPACE = /^(?:kube-.*|kubemin(?:-.*)?|default)$/;
/**
 * Namespaces of which no single Service can be opened either. `default` is not among them, because it may contain an
 * application.
 */
export const NEVER_OPENED = /^(?:kube-.*|kubemin(?:-.*)?)$/;

function ruleFor(text: string, at: At, order: NetworkOrder): Ruling {
  const destination = parseDestination(text);
  if (destination === undefined) return { problem: problem("DestinationForm", at, { value: text }) };
  return RULES[destination.kind](destination as never, at, order); // the table has a row for each kind, for that kind
}

const RULES: {
  readonly [K in Destination["kind"]]: (one: Extract<Destination, { kind: K }>, at: At, order: NetworkOrder) => Ruling;
} = {
  internet: ({ port }, _at, { cluster }) => {
    const blocked = notInternet(cluster);
    return {
      rule: towards(
        INTERNET.map((network) => block(network, blocked)),
        port,
      ),
    };
  },
  network: ({ network, port }, at, { cluster }) => {
    const blocked = neverReachable(cluster);
    if (blocked.some((one) => contains(one, network)))
      return { problem: problem("AddressBlocked", at, { address: network.text, what: "metadata" }) };
    return { rule: towards([block(network, blocked)], port) };
  },
  service: ({ namespace, name, port }, at, order) => {
    const written = `${namespace}/${name}`;
    const service = serviceNamed(written, order);
    if (service === undefined) return { problem: problem("ServiceNotFound", at, { service: written }) };
    return serviceRule(service, { name: written, port, at, order });
  },
  name: ({ name, port }, at, order) => {
    const service = serviceNamed(name, order);
    if (service !== undefined) return serviceRule(service, { name, port, at, order });
    if (CLOSED_NAMESPACE.test(name))
      return { problem: problem("AddressBlocked", at, { address: name, what: "platform" }) };
    return { rule: towards([namespaceNamed(name)], port) };
  },
};

function serviceNamed(name: string, { services }: NetworkOrder): ServiceAddress | undefined {
  return Object.hasOwn(services, name) ? services[name] : undefined;
}

interface ServiceDestination {
  readonly name: string;
  readonly port: number;
  readonly at: At;
  readonly order: Pick<NetworkOrder, "identity">;
}

function serviceRule(service: ServiceAddress, { name, port, at, order }: ServiceDestination): Ruling {
  const own = service.namespace === order.identity.namespace;
  if (!own && NEVER_OPENED.test(service.namespace))
    return { problem: problem("AddressBlocked", at, { address: name, what: "platform" }) };
  // A pod selector without labels would select every pod.
  if (Object.keys(service.podLabels).length === 0)
    return { problem: problem("ServiceSelectsNothing", at, { service: name }) };
  const peer = { ...(own ? {} : namespaceNamed(service.namespace)), podSelector: { matchLabels: service.podLabels } };
  return { rule: towards([peer], service.ports[port] ?? port) };
}

function towards(to: readonly JsonObject[], port: number | string): JsonObject {
  return { to, ports: [{ protocol: "TCP", port }] };
}

function block(network: Network, blocked: readonly Network[]): JsonObject {
  const except = exceptionsIn(network, blocked);
  return { ipBlock: { cidr: network.text, ...(except.length === 0 ? {} : { except }) } };
}

/** Each target must be one address inside a granted network with the same port. */
function targetRules(order: NetworkOrder): readonly Ruling[] {
  const granted = order.capabilities.network
    .filter((text) => order.grants.network.includes(text))
    .flatMap((text) => parseDestination(text) ?? [])
    .filter((one) => one.kind === "network");
  return (order.targets ?? []).map((text, index): Ruling => {
    const at = ["targets", index];
    const target = parseDestination(text);
    const inside =
      target?.kind === "network" &&
      granted.some(({ network, port }) => port === target.port && contains(network, target.network));
    if (inside) return ruleFor(text, at, order);
    const { project, type } = order.identity;
    const granters = order.grants.granters.join(", ") || "anAdministrator";
    return { problem: problem("GrantMissing", at, { project, name: text, field: "network", type, granters }) };
  });
}

/** Other pods of the same project may connect to the exposed port. */
function exposedRule(text: string, index: number, { identity }: NetworkOrder): Ruling {
  const exposed = parseExposed(text);
  if (exposed === undefined)
    return { problem: problem("ServiceForm", ["capabilities", "services", index], { value: text }) };
  const from = [{ namespaceSelector: { matchLabels: { [LABELS.project]: labelValue(identity.project) } } }];
  return { rule: { from, ports: [{ protocol: "TCP", port: exposed.port }] } };
}

/** The rule for the API server. It is only added when the pod has a token. */
function apiServerRule(order: NetworkOrder): readonly JsonObject[] {
  if (profileOf(order.profile).egress !== "cluster" || !hasToken(order)) return [];
  const { apiServer, apiServerPorts = [] } = order.cluster;
  // A network plug-in may evaluate a policy before or after the Service's address is replaced by a server's: both ports
  // are needed.
  const ports = [...new Set([443, 6443, ...apiServerPorts])].map((port) => ({ protocol: "TCP", port }));
  return networks(apiServer).map((one) => ({ to: [{ ipBlock: { cidr: one.text } }], ports }));
}

/** The rule for reports to kubemin. It also applies when kubemin runs in a namespace that is closed to all grants. */
function callbackRule({ callback, services }: NetworkOrder): readonly JsonObject[] {
  const destination = callback === undefined ? undefined : parseDestination(callback);
  if (destination?.kind === "network") return [towards([block(destination.network, [])], destination.port)];
  if (destination?.kind !== "service") return [];
  const service = services[`${destination.namespace}/${destination.name}`];
  if (service === undefined || Object.keys(service.podLabels).length === 0) return [];
  const to = [{ ...namespaceNamed(service.namespace), podSelector: { matchLabels: service.podLabels } }];
  return [towards(to, service.ports[destination.port] ?? destination.port)];
}
