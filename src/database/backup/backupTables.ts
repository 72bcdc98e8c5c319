// Which tables a backup holds, in an order in which they can be written: what is referred to comes first.
import type { Tables } from "../connection/schema.ts";

const ORDER = [
  "settings",
  "tokens",
  "clusters",
  "registry_revision",
  "job_types",
  "job_type_versions",
  "job_type_grants",
  "job_type_stops",
  "job_type_throws",
  "applications",
  "revisions",
  "runs",
  "jobs",
  "messages",
  "lock_keys",
  "locks",
  "lock_waits",
  "idempotency",
  "inventory",
  "completions",
  "log_lines",
  "events",
  "sinks",
  "sink_held_keys",
  "capacity_waits",
  "schedules",
] as const satisfies readonly (keyof Tables)[];

/** Who does something now is nothing to bring back. */
type LeftOut = "upkeep_leases";

// A table that is forgotten here does not compile.
type Forgotten = Exclude<keyof Tables, (typeof ORDER)[number] | LeftOut>;
export const BACKED_UP: [Forgotten] extends [never] ? typeof ORDER : Forgotten = ORDER;

/** Earlier names of tables: a backup of an older program has them, and is written into the schema of that program first. */
export const FORMER_NAMES: Readonly<Record<string, keyof Tables>> = {
  claim_keys: "lock_keys",
  claims: "locks",
  claim_waits: "lock_waits",
};

/** Columns whose numbers the database gives. */
export const POSITIONS = {
  runs: "position",
  messages: "sequence",
  lock_waits: "position",
  log_lines: "position",
  events: "sequence",
  capacity_waits: "position",
} as const satisfies Partial<Record<keyof Tables, string>>;

/** Rows that a new database has before anybody used it. */
export const NEW_ROWS: ReadonlySet<string> = new Set<keyof Tables>(["registry_revision"]);
