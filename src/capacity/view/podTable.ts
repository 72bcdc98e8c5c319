// Counts the pods of the whole cluster: how many of each kind are on which node, and what they take of it. Of a single
// pod only its kind, node and HAMi shares are stored, because an event about a pod says what the pod is now, not what
// it was.
import type { JsonObject } from "../../model/data/json.ts";
import type { HamiShare } from "../devices/hamiPod.ts";
import { type Amounts, addTo } from "../kubernetes/amounts.ts";
import { textAt } from "../kubernetes/optionalFields.ts";
import { createInterner } from "./intern.ts";
import { type PodKind, type PodRecord, podRecord } from "./records.ts";

/** What pods take of a node. A node may be missing in the view when its pods are already known. */
export interface Occupancy {
  readonly used: Amounts;
  readonly kinds: ReadonlyMap<PodKind, number>;
  /** Pods for which the scheduler evicts others; they are not in `used`. */
  readonly nominated: ReadonlyMap<PodKind, number>;
  readonly hami: ReadonlySet<readonly HamiShare[]>;
}

export interface CountedKind {
  readonly kind: PodKind;
  /** Node name -> number of pods. */
  readonly nodes: ReadonlyMap<string, number>;
}

interface PodTable {
  readonly put: (pod: JsonObject) => void;
  readonly remove: (pod: JsonObject) => void;
  readonly replace: (pods: readonly JsonObject[]) => void;
  /** For a list that arrives in pages: pods that were not put between `beginReplace` and `endReplace` are removed. */
  readonly beginReplace: () => void;
  readonly endReplace: () => void;
  occupancy(node: string): Occupancy;
  /** The kind of one pod that is on a node. */
  kindOf(namespace: string, name: string): PodKind | undefined;
  kinds(): Iterable<CountedKind>;
  /** Kinds with required anti-affinity terms. */
  keepingOff(): Iterable<CountedKind>;
  count(): number;
  /** The shares of HAMi's cards that pods of the namespace have. */
  sharesIn(namespace: string): Iterable<readonly HamiShare[]>;
}

interface CountedPods extends CountedKind {
  readonly key: string;
  readonly nodes: Map<string, number>;
}

interface Placed {
  readonly counted: CountedPods;
  readonly node: string;
  readonly hami: readonly HamiShare[];
}

interface NodeUsage {
  readonly used: Map<string, number>;
  readonly kinds: Map<PodKind, number>;
  readonly nominated: Map<PodKind, number>;
  readonly hami: Set<readonly HamiShare[]>;
}

const EMPTY: Occupancy = { used: new Map(), kinds: new Map(), nominated: new Map(), hami: new Set() };

/** `onChange` is called for each pod that is put or removed, with its node. */
export function createPodTable(onChange: (node: string, kind: PodKind) => void): PodTable {
  const byKey = new Map<string, Placed>();
  const held = new Map<string, NodeUsage>();
  const counts = createCounts();
  const remove = (key: string): void => {
    const placed = byKey.get(key);
    if (placed === undefined) return;
    byKey.delete(key);
    const { counted, node, hami } = placed;
    counts.take(counted, node);
    const own = held.get(node);
    if (own === undefined) return;
    charge(own, counted.kind, -1);
    own.hami.delete(hami);
    onChange(node, counted.kind);
    if (own.kinds.size + own.nominated.size === 0) held.delete(node);
  };
  let unseen: Set<string> | undefined;
  const put = (pod: JsonObject): void => {
    const key = keyOf(pod);
    unseen?.delete(key);
    remove(key);
    const record = podRecord(pod);
    if (record === undefined) return;
    const { node, hami } = record;
    const counted = counts.put(record);
    byKey.set(key, { counted, node, hami });
    const own = held.get(node) ?? { used: new Map(), kinds: new Map(), nominated: new Map(), hami: new Set() };
    held.set(node, own);
    charge(own, counted.kind, 1);
    if (hami.length > 0) own.hami.add(hami);
    onChange(node, counted.kind);
  };
  const beginReplace = (): void => {
    unseen = new Set(byKey.keys());
  };
  const endReplace = (): void => {
    unseen?.forEach(remove);
    unseen = undefined;
  };
  return {
    put,
    remove: (pod) => remove(keyOf(pod)),
    beginReplace,
    endReplace,
    replace: (list) => {
      beginReplace();
      list.forEach(put);
      endReplace();
    },
    occupancy: (node) => held.get(node) ?? EMPTY,
    kindOf: (namespace, name) => byKey.get(`${namespace}/${name}`)?.counted.kind,
    kinds: counts.all,
    keepingOff: counts.keepingOff,
    count: () => byKey.size,
    sharesIn: (namespace) => sharesOf(byKey.values(), namespace),
  };
}

function charge({ used, kinds, nominated }: NodeUsage, kind: PodKind, pods: 1 | -1): void {
  add(kind.nominated ? nominated : kinds, kind, pods);
  if (!kind.nominated) addTo(used, kind.requests, pods);
}

function* sharesOf(pods: Iterable<Placed>, namespace: string): Generator<readonly HamiShare[]> {
  for (const { counted, hami } of pods) if (hami.length > 0 && counted.kind.namespace === namespace) yield hami;
}

function add<K>(counts: Map<K, number>, key: K, more: number): void {
  const sum = (counts.get(key) ?? 0) + more;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

function keyOf(pod: JsonObject): string {
  return `${textAt(pod, "metadata", "namespace")}/${textAt(pod, "metadata", "name")}`;
}

function createCounts() {
  const byKey = new Map<string, CountedPods>();
  const keepingOff = new Set<CountedPods>();
  // The labels of pods of a Job differ from Job to Job, so each Job is a kind, but the requests are often equal.
  const requests = createInterner<Amounts>();
  return {
    all: () => byKey.values(),
    keepingOff: () => keepingOff,
    put: ({ kind, node }: PodRecord): CountedPods => {
      const amounts = amountsKey(kind);
      const key = kindKey(kind, amounts);
      let counted = byKey.get(key);
      if (counted === undefined) {
        counted = { key, kind: { ...kind, requests: requests.take(amounts, () => kind.requests) }, nodes: new Map() };
        byKey.set(key, counted);
        if (kind.keepsOff.length > 0) keepingOff.add(counted);
      }
      add(counted.nodes, node, 1);
      return counted;
    },
    take: (counted: CountedPods, node: string): void => {
      add(counted.nodes, node, -1);
      if (counted.nodes.size > 0) return;
      byKey.delete(counted.key);
      keepingOff.delete(counted);
      requests.drop(amountsKey(counted.kind));
    },
  };
}

function amountsKey({ requests }: PodKind): string {
  let key = "";
  for (const [resource, amount] of requests) key += `${resource}=${amount} `;
  return key;
}

/**
 * Labels and requests contain neither line breaks nor blanks. The owner is left out because the labels determine it.
 */
function kindKey(kind: PodKind, amounts: string): string {
  let key = `${kind.namespace}\n${kind.priority}${kind.nominated ? "n" : ""}${kind.deleting ? "d" : ""}\n${amounts}\n`;
  for (const label of Object.keys(kind.labels)) key += `${label}=${kind.labels[label] ?? ""} `;
  if (kind.hostPorts.length > 0) key += `\n${JSON.stringify(kind.hostPorts)}`;
  if (kind.keepsOff.length > 0) key += `\n${JSON.stringify(kind.keepsOff)}`;
  return key;
}
