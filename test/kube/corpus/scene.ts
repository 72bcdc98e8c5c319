// One state of one object that a real cluster can be brought into, and our verdict on it. The recorder makes it (record.ts), what it saw is
// kept as JSON, and corpus.test.ts judges that with the functions of production. Verdicts are written by hand: the recorder never touches them.

import type { JsonObject } from "../../../src/model/data/json.ts";
import type { HealthState } from "../../../src/model/kubernetes/health.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import type { ReasonCode } from "../../../src/model/reasons/reason.ts";

export interface Expected {
  readonly state: HealthState;
  readonly code: ReasonCode;
  /** What the state becomes when it lasts for so many seconds. */
  readonly turns?: readonly [into: HealthState, seconds: number];
}

export interface Scene {
  /** File name, and name of the test. */
  readonly name: string;
  readonly subject: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** What is applied, in this order. */
  readonly objects: readonly JsonObject[];
  /** Labels of its namespace. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What is done then, one after the other. */
  readonly afterwards?: readonly Step[];
  /** It is recorded once this is true of what is in the namespace. */
  readonly until: Judge;
  readonly expected: Expected;
  /** As whoever wrote it and waits judges it; without it, as a look at its health. `ahead`: the view does not show the write yet. */
  readonly asked?: "writer" | "ahead";
}

export type Judge = (objects: readonly Manifest[], events: readonly Manifest[]) => boolean;

export type Step =
  | { readonly wait: Judge }
  | { readonly apply: readonly JsonObject[] }
  /** Words for kubectl; the namespace is given. */
  | { readonly kubectl: readonly string[] };

/** What the recorder saw, with made-up names and times taken out. */
export interface Recorded {
  readonly subject: Manifest;
  readonly objects: readonly Manifest[];
  readonly events: readonly Manifest[];
  /** What the verdict asked for besides: null when it does not exist. */
  readonly others: Readonly<Record<string, Manifest | null>>;
}

/** The moment of every recording. */
export const NOW = Date.parse("2026-01-01T12:00:00Z");
export const NAMESPACE = "corpus";
