// What a status rule may read: a snapshot of the cluster at one moment. Rules are pure functions of it.
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import type { EventFact } from "../watches/eventRing.ts";
import type { RouteQuestion, RouteState } from "./routeCheck/checks.ts";

export interface RuleView {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /**
   * Milliseconds since the epoch. Older warnings are ignored on objects that live through many revisions, because they
   * may be about an earlier one.
   */
  readonly since: number;
  /** Objects of the kind whose controller has that uid. */
  ownedBy(kind: string, uid: string): readonly Manifest[];
  inNamespace(kind: string, namespace: string): readonly Manifest[];
  /** All objects of the kind in all namespaces. */
  everywhere(kind: string): readonly Manifest[];
  /** Warnings about the object with that uid, oldest first. Of a PodGroup, all events. */
  events(uid: string): readonly EventFact[];
  /** An object that kubemin does not own: `null` when it does not exist, `undefined` while it is not known yet. */
  other(ref: ObjectRef): Manifest | null | undefined;
  /**
   * Where a published route leads; `undefined` when it was not checked and no caller waits for the result of a write.
   */
  route(question: RouteQuestion): RouteState | undefined;
}
