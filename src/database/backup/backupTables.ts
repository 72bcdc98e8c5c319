// The tables of a backup, in the order in which they are written: a table comes after the tables that it refers to.
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
  "capacity_weights",
  "schedules",
] as const satisfies readonly (keyof Tables)[];

/** The leases of running processes are not part of a backup. */
type LeftOut = "upkeep_leases";

// This does not compile when a table is in neither list.
type Forgotten = Exclude<keyof Tables, (typeof ORDER)[number] | LeftOut>;
export const BACKED_UP: [Forgotten] extends [never] ? typeof ORDER : Forgotten = ORDER;

/**
 * Earlier names of tables. A backup of an older program uses them; it is first written into the schema of that program.
 */
export const FORMER_NAMES: Readonly<Record<string, keyof Tables>> = {
  claim_keys: "lock_keys",
  claims: "locks",
  claim_waits: "lock_waits",
};

/** Columns whose numbers the database assigns, by table. */
export const POSITIONS = {
  runs: "position",
  messages: "sequence",
  lock_waits: "position",
  log_lines: "position",
  events: "sequence",
  capacity_waits: "position",
} as const satisfies Partial<Record<keyof Tables, string>>;

/** Tables that have rows in a new database. A restore empties them first. */
export const NEW_ROWS: ReadonlySet<string> = new Set<keyof Tables>(["registry_revision"]);
