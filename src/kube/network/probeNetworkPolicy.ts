// Tries out whether the network of a cluster enforces NetworkPolicies. Many networks accept policies and ignore them,
// and the API does not show it.
// The probe runs in a namespace of its own, which is removed afterwards: one pod listens, one Job may connect to it,
// and one Job is denied by a policy. The Job that may connect is the control: when it fails too, the denied one proves
// nothing.

import { textAt } from "../../model/data/fieldReaders.ts";
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";
import type { NetworkProbe, NetworkVerdict } from "../../model/kubernetes/networkVerdict.ts";
import type { Applied, Cluster } from "../../ports/cluster.ts";
import { followUntil } from "../../ports/followUntil.ts";

type ProbeOptions = NetworkProbe;
type Prober = Pick<Cluster, "apply" | "read" | "remove" | "follow">;

const PORT = 8_080;
/** Exit code of the denied Job when its connection succeeded. */
const GOT_THROUGH = 42;
const CLEAN_UP = 60_000;

const SERVER = `mkdir -p /tmp/www && echo here > /tmp/www/index.html && exec httpd -f -p ${PORT} -h /tmp/www`;
/**
 * Each Job tries several times, because it may take a moment until the server listens and the policy is in force.
 * `timeout` is needed because wget's own timeout does not cover a connection that is never answered, and that is how
 * most networks deny.
 */
const ALLOWED = `for try in 1 2 3 4 5 6 7 8 9 10; do timeout 3 wget -q -O - "http://$TARGET/" && exit 0; sleep 1; done; exit 1`;
const DENIED = `for try in 1 2 3 4 5 6 7 8 9 10; do timeout 3 wget -q -O - "http://$TARGET/" || exit 0; sleep 1; done; exit ${GOT_THROUGH}`;

export async function probeNetworkPolicy(cluster: Prober, options: ProbeOptions): Promise<NetworkVerdict> {
  const namespace = await apply(cluster, namespaceOf(options), options);
  try {
    return await tryOut(cluster, options);
  } finally {
    // The namespace is removed even when the caller has aborted.
    const signal = AbortSignal.timeout(CLEAN_UP);
    await cluster.remove(namespace.ref, { signal, uid: namespace.uid });
  }
}

async function tryOut(cluster: Prober, options: ProbeOptions): Promise<NetworkVerdict> {
  const { name, signal } = options;
  await apply(cluster, denial(options), options);
  const server = await apply(cluster, pod(options, "server", { script: SERVER, target: "" }), options);
  const listening = await settled(cluster, server, signal);
  if (listening.state !== "ready") return unknown(listening);
  const live = await cluster.read({ apiVersion: "v1", kind: "Pod", namespace: name, name: "server" }, signal);
  const address = live === null ? "" : textAt(live, "status", "podIP");
  if (address === "") return { enforcement: "unknown", detail: "Pod/server: no address" };
  const target = `${address.includes(":") ? `[${address}]` : address}:${PORT}`;
  const job = async (role: string, script: string): Promise<ObjectHealth> =>
    await settled(cluster, await apply(cluster, jobOf(options, role, { script, target }), options), signal);
  const allowed = await job("allowed", ALLOWED);
  if (allowed.state !== "ready") return unknown(allowed);
  const denied = await job("denied", DENIED);
  if (denied.state === "ready") return { enforcement: "enforced", detail: "" };
  const through = String(denied.reason.params["exitCode"]) === String(GOT_THROUGH);
  return through ? { enforcement: "ignored", detail: "" } : unknown(denied);
}

function unknown({ ref, reason, evidence }: ObjectHealth): NetworkVerdict {
  const [first] = evidence;
  return { enforcement: "unknown", detail: `${ref.kind}/${ref.name}: ${first?.text ?? reason.code}` };
}

function apply(cluster: Prober, object: Manifest, { signal }: ProbeOptions): Promise<Applied> {
  return cluster.apply(object, { signal, reveal: (text) => text });
}

/** The first final health of the object: ready, failed or rejected. Throws the reason of the signal when it aborts. */
async function settled(cluster: Prober, applied: Applied, signal: AbortSignal): Promise<ObjectHealth> {
  const decide = (health: ObjectHealth): ObjectHealth | undefined =>
    health.state === "ready" || health.state === "failed" || health.state === "rejected" ? health : undefined;
  const last = await followUntil(cluster, { objects: [applied], signal, decide });
  if (last === null) throw signal.reason as Error; // `null` means that it aborted, and an abort's reason is an error
  return last;
}

const ROLE = "kubemin.dev/network-probe";

function labels(role: string): Readonly<Record<string, string>> {
  return {
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.project]: "kubemin",
    [LABELS.application]: "network-probe",
    [ROLE]: role,
  };
}

function namespaceOf({ name }: ProbeOptions): Manifest {
  const level = { "pod-security.kubernetes.io/enforce": "restricted" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...labels("namespace"), ...level } } };
}

function denial({ name }: ProbeOptions): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "denied", namespace: name, labels: labels("policy") },
    spec: { podSelector: { matchLabels: { [ROLE]: "denied" } }, policyTypes: ["Egress"] },
  };
}

interface Program {
  readonly script: string;
  readonly target: string;
}

const LIFETIME = 120;

function podSpec({ image }: ProbeOptions, { script, target }: Program): Manifest["spec"] {
  const resources = { cpu: "50m", memory: "32Mi", "ephemeral-storage": "16Mi" };
  const container = {
    name: "main",
    image,
    command: ["sh", "-c", script],
    env: [{ name: "TARGET", value: target }],
    resources: { requests: resources, limits: resources },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    activeDeadlineSeconds: LIFETIME,
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
  };
}

function pod(options: ProbeOptions, role: string, program: Program): Manifest {
  const metadata = { name: role, namespace: options.name, labels: labels(role) };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: podSpec(options, program) };
}

function jobOf(options: ProbeOptions, role: string, program: Program): Manifest {
  const template = { metadata: { labels: labels(role) }, spec: podSpec(options, program) };
  const metadata = { name: role, namespace: options.name, labels: labels(role) };
  return { apiVersion: "batch/v1", kind: "Job", metadata, spec: { backoffLimit: 0, template } };
}
