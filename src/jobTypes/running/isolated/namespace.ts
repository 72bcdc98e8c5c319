// Creates the namespace in which the jobs of a project run, when the first job needs it, and closes it before anything
// runs in it. Its labels and network policies, which isolate the jobs, are corrected before each job. Quota and limits
// are written once and then belong to the administrator, except that the first grant of a device removes its limit of 0
// from the quota. A grant limits one pod; how much a project uses altogether is limited only if the administrator adds
// it to the quota.

import { projectNamespace, runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import { labelValue } from "../../../isolation/policy/labelValue.ts";
import { dig, isObject } from "../../../model/data/json.ts";
import type { ClusterNetwork } from "../../../model/kubernetes/clusterNetwork.ts";
import { LABELS, type Manifest, refOf, shortRef } from "../../../model/kubernetes/manifest.ts";
import { equalQuantity, parseQuantity } from "../../../model/kubernetes/quantity.ts";
import { explainReason, reason } from "../../../model/reasons/reason.ts";
import { type Cluster, ClusterError } from "../../../ports/cluster.ts";

interface NamespaceOrder {
  readonly cluster: Cluster;
  readonly project: string;
  /** Granted devices: name of the extended resource to the largest amount for one pod. */
  readonly devices: Readonly<Record<string, number>>;
  readonly network: ClusterNetwork;
  readonly signal: AbortSignal;
}

/** Throws a `ClusterError`, with the reason `RunNamespace` when an administrator of the cluster has to act. */
export async function ensureRunNamespace(order: NamespaceOrder): Promise<string> {
  const { project, network } = order;
  const namespace = runNamespaceOf(project);
  const unlimited = Object.keys(order.devices).map(quotaName);
  const all = projectNamespace({ project, namespace, class: "run", unlimited }, network);
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
 * Annotation with the names of the devices whose limit was removed from the quota. It is removed once for each device:
 * a limit that the administrator sets later stays.
 */
const GRANTED = "kubemin.dev/granted-devices";

const opened: Bring = async (order, object) => {
  const granted = Object.keys(order.devices);
  const noted = (names: readonly string[]): Manifest["metadata"] => {
    return { ...object.metadata, annotations: { [GRANTED]: JSON.stringify(names) } };
  };
  const live = await order.cluster.read(refOf(object), order.signal);
  if (live === null) return apply(order, { ...object, metadata: noted(granted) });
  const { names, amounts } = readGranted(live);
  const fresh = granted.filter((name) => !names.includes(name));
  if (fresh.length === 0) return;
  // Only amounts that kubemin wrote itself are removed.
  const own = fresh.map((name) => [quotaName(name), String(amounts.get(name) ?? 0)] as const);
  const isOwn = ([name, amount]: readonly [string, string]): boolean =>
    own.some(([other, written]) => other === name && equalQuantity(amount, written));
  const hard = Object.fromEntries(Object.entries(hardOf(live)).filter((one) => !isOwn(one)));
  await apply(order, { ...object, metadata: noted([...names, ...fresh]), spec: { hard } });
};

const BRING: Readonly<Record<string, Bring>> = {
  Namespace: always,
  NetworkPolicy: always,
  ResourceQuota: opened,
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

function quotaName(device: string): string {
  return `requests.${device}`;
}

interface GrantedNote {
  readonly names: readonly string[];
  /** Earlier versions wrote an object: the amount of each grant, which they also wrote into the quota. */
  readonly amounts: ReadonlyMap<string, number>;
}

function readGranted(live: Manifest): GrantedNote {
  try {
    const said: unknown = JSON.parse(live.metadata.annotations?.[GRANTED] ?? "[]");
    if (Array.isArray(said)) return { names: said.filter((one) => typeof one === "string"), amounts: new Map() };
    const written = isObject(said) ? Object.entries(said) : [];
    return { names: [], amounts: new Map(written.map(([name, amount]) => [name, Number(amount) || 0])) };
  } catch {
    return { names: [], amounts: new Map() };
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
