// The grounds of a decision about a job, as the event of the decision stores them: limited in size, and without secret
// values as plain text. src/engine/deciding/decisions.ts collects them.
import type { Json } from "../data/json.ts";
import type { Phase } from "./phase.ts";

/** A value that a condition or the name of a lock used. It has neither `value` nor `cut` when there was no value. */
export type KeptValue = {
  readonly pointer: string;
  readonly value?: Json;
  /** The beginning of its JSON, when the whole is too long to store. */
  readonly cut?: string;
};

/** These are types, not interfaces: events contain JSON, and the compiler does not accept an interface as JSON. */
export type Grounds = {
  /** Phases of the jobs that it needs when it became due or was skipped. Jobs that had not succeeded come first. */
  readonly needs?: { readonly [job: string]: Phase };
  readonly moreNeeds?: number;
  readonly values?: readonly KeptValue[];
  readonly moreValues?: number;
  /** Keys of the limits and locks that it took when it started. */
  readonly took?: readonly string[];
  /** The limit or lock that it did not get, and the jobs that held it. */
  readonly held?: {
    readonly key: string;
    readonly limit: number;
    readonly holders: readonly { readonly run: string; readonly job: string }[];
  };
  /** The clock that ran out. */
  readonly clock?: {
    readonly name: "queue" | "total" | "attempt" | "step";
    readonly limit: string;
    readonly since: string;
  };
  /** Earliest start of the next attempt. */
  readonly until?: string;
};
