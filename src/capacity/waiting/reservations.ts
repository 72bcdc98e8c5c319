// Reservations of room that was promised and is not used yet. Between the answer "fits" and the pod on its node,
// another check would see the same room as free; so the room is reserved for at most a minute. Only kubemin's own
// checks respect a reservation; pods of other tools do not.
import type { Amounts } from "../kubernetes/amounts.ts";

export interface Reservations {
  /** `owner` is namespace/name of the pod, or of the Job that creates it. Replaces the owner's earlier reservation. */
  reserve(owner: string, places: readonly ReservedRoom[], now: number): void;
  /** A pod of the owner has its node. The caller may report the same pod several times. */
  arrived(given: { readonly owner: string; readonly pod: string; readonly node: string }): void;
  release(owner: string): void;
  /** The reserved amounts by node, without those of `owner` itself. */
  reservedFor(owner: string, now: number): ReadonlyMap<string, readonly Amounts[]>;
}

export interface ReservedRoom {
  readonly node: string;
  readonly requests: Amounts;
}

const LASTS = 60_000;

export function createReservations(): Reservations {
  const reservations = new Map<
    string,
    { readonly until: number; readonly seen: Set<string>; places: readonly ReservedRoom[] }
  >();
  return {
    reserve: (owner, places, now) => void reservations.set(owner, { until: now + LASTS, places, seen: new Set() }),
    arrived: ({ owner, pod, node }) => {
      const entry = reservations.get(owner);
      if (entry === undefined || entry.seen.has(pod)) return;
      entry.seen.add(pod);
      // The scheduler may have chosen another node than the reservation.
      const index = Math.max(
        0,
        entry.places.findIndex((one) => one.node === node),
      );
      entry.places = entry.places.toSpliced(index, 1);
      if (entry.places.length === 0) reservations.delete(owner);
    },
    release: (owner) => void reservations.delete(owner),
    reservedFor: (owner, now) => {
      const byNode = new Map<string, Amounts[]>();
      for (const [other, { until, places }] of reservations) {
        if (until <= now) reservations.delete(other);
        else if (other !== owner)
          for (const { node, requests } of places) byNode.set(node, [...(byNode.get(node) ?? []), requests]);
      }
      return byNode;
    },
  };
}
