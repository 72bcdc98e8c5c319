// Creates the namespace in which the jobs of a project run, when the first job needs it, and closes it before anything
// runs in it. Its labels and network policies, which isolate the jobs, are corrected before each job. Quota and limits
// are written once and then belong to the administrator, except that each new grant of devices raises the quota once.

import { projectNamespace, runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import { labelValue } from "../../../isolation/policy/labelValue.ts";
import { dig, isObject } from "../../../model/data/json.ts";
import type { ClusterNetwork } from "../../../model/kubernetes/clusterNetwork.ts";
import { LABELS, type Manifest, refOf, shortRef } from "../../../model/kubernetes/manifest.ts";
import { parseQuantity } from "../../../model/kubernetes/quantity.ts";
import { explainReason, reason } from "../../../model/reasons/reason.ts";
import { type Cluster, ClusterError } from "../../../ports/cluster.ts";

interface NamespaceOrder {
  readonly cluster: Cluster;
  readonly project: string;
  /** Granted devices: name of the extended resource to the largest number for one pod. */
  readonly devices: Readonly<Record<string, number>>;
  readonly network: ClusterNetwork;
  readonly signal: AbortSignal;
}

/** Throws a `ClusterError`, with the reason `RunNamespace` when an administrator of the cluster has to act. */
export async function ensureRunNamespace(order: NamespaceOrder): Promise<string> {
  const { project, network } = order;
  const namespace = runNamespaceOf(project);
  const all = projectNamespace({ project, namespace, class: "run", quota: quotaOf(order.devices) }, network);
  const own = all.find((one) => one.kind === "Namespace");
  try {
    if (own !== undefined) await checkOwner(order, own);
    for (const object of all) await bring(order, object);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.retryable || error.reason.code === "RunNamespace") throw error;
    throw notToBeHad(order, explainReason(error.reason, "en"));
  }
  return namespace;
}

function notToBeHad({ project }: NamespaceOrder, detail: string): ClusterError {
  return new ClusterError(reason("RunNamespace", { namespace: runNamespaceOf(project), project, detail }), false);
}

async function checkOwner(order: NamespaceOrder, own: Manifest): Promise<void> {
  const live = await order.cluster.read(refOf(own), order.signal);
  if (live === null || live.metadata.labels?.[LABELS.project] === labelValue(order.project)) return;
  throw notToBeHad(order, `it exists without the label ${LABELS.project}=${labelValue(order.project)}`);
}

type Bring = (order: NamespaceOrder, object: Manifest) => Promise<void>;

const always: Bring = (order, object) => apply(order, object);

const once: Bring = async (order, object) => {
  if ((await order.cluster.read(refOf(object), order.signal)) === null) await apply(order, object);
};

/**
 * Annotation with the grants at the last write of the quota. Only higher grants raise the quota, even if it was edited
 * since then.
 */
const GRANTED = "kubemin.dev/granted-devices";

const raised: Bring = async (order, object) => {
  const granted = { ...object, metadata: { ...object.metadata, annotations: { [GRANTED]: textOf(order.devices) } } };
  const live = await order.cluster.read(refOf(object), order.signal);
  if (live === null) return apply(order, granted);
  const before = readGranted(live);
  const more = Object.entries(order.devices).filter(([name, count]) => count > (before[name] ?? 0));
  if (more.length === 0) return;
  const devices = { ...before, ...Object.fromEntries(more) };
  const hard = { ...hardOf(live), ...quotaOf(Object.fromEntries(more)) };
  const metadata = { ...object.metadata, annotations: { [GRANTED]: textOf(devices) } };
  await apply(order, { ...object, metadata, spec: { hard } });
};

const BRING: Readonly<Record<string, Bring>> = {
  Namespace: always,
  NetworkPolicy: always,
  ResourceQuota: raised,
  LimitRange: once,
};

async function bring(order: NamespaceOrder, object: Manifest): Promise<void> {
  const how = BRING[object.kind];
  if (how === undefined) throw new Error(`${shortRef(refOf(object))} has no place in a namespace of jobs`);
  await how(order, object);
}

async function apply({ cluster, signal }: NamespaceOrder, object: Manifest): Promise<void> {
  await cluster.apply(object, { signal, reveal: (text) => text, force: true, adopt: true });
}

function quotaOf(devices: NamespaceOrder["devices"]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(devices).map(([name, count]) => [`requests.${name}`, String(count)]));
}

function textOf(devices: NamespaceOrder["devices"]): string {
  return JSON.stringify(devices);
}

function readGranted(live: Manifest): Readonly<Record<string, number>> {
  try {
    const said: unknown = JSON.parse(live.metadata.annotations?.[GRANTED] ?? "{}");
    return isObject(said)
      ? Object.fromEntries(Object.entries(said).map(([name, count]) => [name, Number(count) || 0]))
      : {};
  } catch {
    return {};
  }
}

function hardOf(live: Manifest): Readonly<Record<string, string>> {
  const hard = dig(live, "spec", "hard");
  if (!isObject(hard)) return {};
  return Object.fromEntries(
    Object.entries(hard).flatMap(([name, amount]) =>
      typeof amount === "string" && parseQuantity(amount) !== undefined ? [[name, amount]] : [],
    ),
  );
}
