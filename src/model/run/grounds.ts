// What a decision about a job was made on, as it is kept in the event of the decision: bounded, and without a secret in clear.
import type { Json } from "../data/json.ts";
import type { Phase } from "./phase.ts";

/** A value that a condition or the name of a lock looked at. Neither `value` nor `cut`: there was nothing. */
export type KeptValue = {
  readonly pointer: string;
  readonly value?: Json;
  /** The beginning of its JSON, where all of it is too long to keep. */
  readonly cut?: string;
};

/** Types and not interfaces, because events hold JSON and an interface is none to the compiler. */
export type Grounds = {
  /** How the jobs that it needs stood when it became due or was skipped; those that had not succeeded come first. */
  readonly needs?: { readonly [job: string]: Phase };
  readonly moreNeeds?: number;
  readonly values?: readonly KeptValue[];
  readonly moreValues?: number;
  /** Keys of the limits and locks that it took when it started. */
  readonly took?: readonly string[];
  /** The limit or lock that it did not get, and who had it. */
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
  /** The next attempt does not begin before. */
  readonly until?: string;
};
