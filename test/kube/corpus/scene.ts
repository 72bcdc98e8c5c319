// The type of a scene: one state of one object on a real cluster, and the expected verdict. record.ts produces the
// state and stores what it saw as JSON, and corpus.test.ts judges that with the production functions. Verdicts are
// written by hand; the recorder never changes them.

import type { JsonObject } from "../../../src/model/data/json.ts";
import type { HealthState } from "../../../src/model/kubernetes/health.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import type { ReasonCode } from "../../../src/model/reasons/reason.ts";

export interface Expected {
  readonly state: HealthState;
  readonly code: ReasonCode;
  /** The state after the finding has lasted for this many seconds. */
  readonly turns?: readonly [into: HealthState, seconds: number];
}

export interface Scene {
  /** Name of the recorded file and of the test. */
  readonly name: string;
  readonly subject: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** Objects that are applied, in this order. */
  readonly objects: readonly JsonObject[];
  /** Labels of the namespace of the scene. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Commands that are run afterwards, one after the other. */
  readonly afterwards?: readonly Step[];
  /** Condition on the objects in the namespace at which the state is recorded. */
  readonly until: Judge;
  readonly expected: Expected;
  /**
   * `writer`: judged as by a follow after a write. `ahead`: the same, while the view does not show the write yet.
   * Default: judged as a question about the health.
   */
  readonly asked?: "writer" | "ahead";
}

export type Judge = (objects: readonly Manifest[], events: readonly Manifest[]) => boolean;

export type Step =
  | { readonly wait: Judge }
  | { readonly apply: readonly JsonObject[] }
  /** Arguments for kubectl; the namespace is added. */
  | { readonly kubectl: readonly string[] };

/** What the recorder saw, with generated names and times replaced. */
export interface Recorded {
  readonly subject: Manifest;
  readonly objects: readonly Manifest[];
  readonly events: readonly Manifest[];
  /** Other objects that the verdict asked for; `null` for one that does not exist. */
  readonly others: Readonly<Record<string, Manifest | null>>;
}

/** The time at which every recording counts as read. */
export const NOW = Date.parse("2026-01-01T12:00:00Z");
export const NAMESPACE = "corpus";
