// What a status rule may look at: a moment's snapshot of the cluster. Rules are pure functions of it.
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import type { EventFact } from "../watches/eventRing.ts";
import type { RouteQuestion, RouteState } from "./routeCheck/checks.ts";

export interface View {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Older warnings say nothing about what we asked for, on objects that live through many revisions. */
  readonly since: number;
  /** Objects of the kind whose controller has that uid. */
  ownedBy(kind: string, uid: string): readonly Manifest[];
  inNamespace(kind: string, namespace: string): readonly Manifest[];
  /** Warnings about the object with that uid, oldest first. */
  events(uid: string): readonly EventFact[];
  /** An object that is not ours: null when it does not exist, undefined while it is not known yet. */
  other(ref: ObjectRef): Manifest | null | undefined;
  /** Where a published route leads; undefined when it was not asked and nobody waits for it. */
  route(question: RouteQuestion): RouteState | undefined;
}
