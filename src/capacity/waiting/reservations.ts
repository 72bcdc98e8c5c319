// Reservations of room that was promised and is not used yet. Between the answer "fits" and the pod on its node,
// another check would see the same room as free; so the room is reserved for at most a minute. A reservation is a pod
// that counts as if it ran on its node already: with its amounts, host ports and anti-affinity, its shares of HAMi's
// cards, its devices, and what it takes of a quota. Only kubemin's own checks respect a reservation; pods of other tools
// do not.
import type { JsonObject } from "../../model/data/json.ts";
import { labelsAt, listAt, textAt } from "../kubernetes/optionalFields.ts";
import type { ClusterView } from "../view/clusterView.ts";
import { type ReservedPod, type ReservedRoom, withReserved } from "./reservedView.ts";

interface Reservation {
  /** namespace/name of the pod, or of the Job that creates it. */
  readonly owner: string;
  /** The ticket of the request, with which its room is released. */
  readonly ticket?: string;
  readonly pods: readonly ReservedPod[];
}

export interface Reservations {
  /** Replaces the owner's earlier reservation. */
  reserve(reservation: Reservation, now: number): void;
  /** The cluster reported a pod. The same pod may be reported several times. */
  podSeen(pod: JsonObject): void;
  release(owner: string): void;
  releaseTicket(ticket: string): void;
  has(owner: string): boolean;
  /** Ends the reservations whose time is over. */
  readonly expire: (now: number) => void;
  readonly isEmpty: () => boolean;
  /** The view in which everything that is reserved counts as used, except for the given owners. */
  seenBy(owners: ReadonlySet<string>, now: number): ClusterView;
}

const LASTS = 60_000;

/** Devices of a pod that has its node, while its claims do not show yet which devices it got. */
interface Settling {
  readonly claims: readonly string[];
  readonly devices: readonly string[];
}

interface Entry {
  readonly ticket: string | undefined;
  readonly until: number;
  readonly created: Set<string>;
  readonly arrived: Set<string>;
  pods: readonly ReservedPod[];
  settling: readonly Settling[];
}

export function createReservations(view: ClusterView): Reservations {
  const entries = new Map<string, Entry>();
  const touch = (entry: Entry | undefined): void => {
    for (const { node, kind } of entry?.pods ?? []) view.changes.add({ node, kind });
    if (entry?.pods.some((pod) => pod.devices.length > 0) || (entry?.settling.length ?? 0) > 0)
      view.changes.add({ devices: true });
  };
  const drop = (owner: string): void => {
    const entry = entries.get(owner);
    if (entries.delete(owner)) touch(entry);
  };
  const expire = (now: number): void => {
    for (const [owner, { until }] of entries) if (until <= now) drop(owner);
  };
  return {
    reserve: ({ owner, ticket, pods }, now) => {
      const before = entries.get(owner);
      const isSame = before !== undefined && placesOf(before.pods) === placesOf(pods);
      if (!isSame) touch(before);
      const none = { created: new Set<string>(), arrived: new Set<string>(), settling: [] };
      const entry = { ...none, ticket, until: now + LASTS, pods };
      entries.set(owner, entry);
      if (!isSame) touch(entry);
    },
    podSeen: (pod) => {
      if (entries.size === 0) return;
      for (const owner of ownersOf(pod)) {
        const entry = entries.get(owner);
        if (entry === undefined) continue;
        touch(entry);
        seen(entry, pod);
        if (entry.pods.length + entry.settling.length === 0) entries.delete(owner);
      }
    },
    release: drop,
    releaseTicket: (ticket) => {
      for (const [owner, entry] of entries) if (entry.ticket === ticket) drop(owner);
    },
    has: (owner) => entries.has(owner),
    expire,
    isEmpty: () => entries.size === 0,
    seenBy: (owners, now) => {
      expire(now);
      for (const entry of entries.values()) settle(entry, view);
      const others = [...entries].filter(([owner]) => !owners.has(owner)).map(([, entry]) => entry);
      return withReserved(view, roomOf(others));
    },
  };
}

/** Equal when the pods take the same of the same nodes. */
function placesOf(pods: readonly ReservedPod[]): string {
  return JSON.stringify(pods.map(({ node, kind, hami, devices }) => [node, [...kind.requests], hami, devices]));
}

function roomOf(entries: readonly Entry[]): ReservedRoom {
  return {
    pods: entries.flatMap((one) => one.pods),
    devices: entries.flatMap((one) => [...one.pods, ...one.settling].flatMap((part) => part.devices)),
    // A pod that exists is in the status of its quota already.
    charges: entries.flatMap((one) =>
      one.pods
        .slice(Math.max(0, one.created.size - one.arrived.size))
        .flatMap(({ kind, spec }) => (spec === undefined ? [] : [{ namespace: kind.namespace, spec }])),
    ),
  };
}

/** A reservation may be under the name of the pod or of its Job, which a label names. */
function ownersOf(pod: JsonObject): readonly string[] {
  const namespace = textAt(pod, "metadata", "namespace");
  const job = labelsAt(pod, "metadata", "labels")["batch.kubernetes.io/job-name"];
  const names = job === undefined ? [] : [job];
  return [textAt(pod, "metadata", "name"), ...names].map((name) => `${namespace}/${name}`);
}

function seen(entry: Entry, pod: JsonObject): void {
  const name = textAt(pod, "metadata", "name");
  entry.created.add(name);
  const node = textAt(pod, "spec", "nodeName");
  if (node === "" || entry.arrived.has(name)) return;
  entry.arrived.add(name);
  // The scheduler may have chosen another node than the reservation.
  const index = Math.max(
    0,
    entry.pods.findIndex((one) => one.node === node),
  );
  const devices = entry.pods[index]?.devices ?? [];
  entry.pods = entry.pods.toSpliced(index, 1);
  if (devices.length > 0) entry.settling = [...entry.settling, { claims: claimsOf(pod), devices }];
}

/** namespace/name of the claims that the pod uses, also of those that were created for it. */
function claimsOf(pod: JsonObject): readonly string[] {
  const namespace = textAt(pod, "metadata", "namespace");
  const extended = textAt(pod, "status", "extendedResourceClaimStatus", "resourceClaimName");
  const names = [
    ...listAt(pod, "spec", "resourceClaims").map((one) => textAt(one, "resourceClaimName")),
    ...listAt(pod, "status", "resourceClaimStatuses").map((one) => textAt(one, "resourceClaimName")),
    extended,
  ];
  return names.filter((name) => name !== "").map((name) => `${namespace}/${name}`);
}

/**
 * Ends the reservation of devices whose claims show what the pod got. The scheduler may have chosen a device that is
 * reserved for another pod of the same owner: that pod gets one of those that this pod did not take.
 */
function settle(entry: Entry, view: ClusterView): void {
  for (const one of entry.settling) {
    const got = one.claims.map((claim) => view.devices.allocated(claim));
    if (got.some((devices) => devices === undefined)) continue;
    const taken = new Set(got.flatMap((devices) => devices ?? []));
    const left = one.devices.filter((device) => !taken.has(device));
    entry.settling = entry.settling.filter((other) => other !== one);
    entry.pods = entry.pods.map((pod) => ({
      ...pod,
      devices: pod.devices.map((device) => (taken.has(device) ? (left.shift() ?? device) : device)),
    }));
  }
}
