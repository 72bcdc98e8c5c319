// The tables as types, one interface per table; migrations/ makes them. JSON lives in text columns: no query looks inside,
// and text behaves the same in both databases. Flags are 0 and 1 for the same reason.
import type { Generated } from "kysely";
import type { JsonObject } from "../../model/data/json.ts";
import type { ApplicationDocument } from "../../model/document/document.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import type { CheckResult, VersionLifecycle } from "../../model/problems/registrationCheck.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { SinkFailure } from "../../model/reasons/sinkFailure.ts";
import type { EventType } from "../../model/run/event.ts";
import type { Phase } from "../../model/run/phase.ts";
import type { Pause, Priority, RunKind, RunPhase } from "../../model/run/run.ts";
import type { ScheduleSettings, ScheduleTick } from "../../model/run/schedule.ts";
import type { ClusterWay } from "../../ports/clusterRegistry.ts";
import type { RegistrationStop } from "../../ports/registrations.ts";
import type { SinkFilter, SinkSettings } from "../../ports/sinks.ts";
import type { Role } from "../../ports/store.ts";
import type { JsonText } from "./columns.ts";
import type { WrittenJob, WrittenPlan } from "./storedPlans.ts";

export type Flag = 0 | 1;

export interface ApplicationsTable {
  project: string;
  name: string;
  cluster: string;
  namespace: string;
  /** The highest number ever given, kept when the application is deleted: a number never means two documents. */
  revision: number;
  /** Also 1 before the first revision: the row is made first, because it is the lock of everything about the application. */
  deleted: Flag;
  updated_at: string;
  /** So that a list of applications with their runs is one join by key. */
  last_run: string | null;
}

export interface RevisionsTable {
  project: string;
  application: string;
  number: number;
  document: JsonText<ApplicationDocument>;
  plan: JsonText<WrittenPlan>;
  cluster: string;
  namespace: string;
  actor: string;
  message: string;
  created_at: string;
}

export interface RunsTable {
  /** Order of creation. Not created_at: the clocks of two processes differ, and two runs may share a millisecond. */
  position: Generated<number>;
  id: string;
  project: string;
  application: string;
  number: number;
  revision: number;
  kind: RunKind;
  cluster: string;
  namespace: string;
  phase: RunPhase;
  actor: string;
  message: string;
  created_at: string;
  finished_at: string | null;
  cancelled_by: string | null;
  workflow: string;
  paused_by: string | null;
  pauses: JsonText<readonly Pause[]>;
  final_skipped_by: string | null;
  inputs: JsonText<JsonObject>;
  /** Counts who drove it: only the last one writes. */
  fence: Generated<number>;
  priority: Priority;
  start_at: string | null;
}

export interface JobsTable {
  run: string;
  position: number;
  name: string;
  plan: JsonText<WrittenJob>;
  phase: Phase;
  reason: JsonText<Reason>;
  evidence: JsonText<readonly Evidence[]>;
  attempt: number;
  not_before: string | null;
  started_at: string | null;
  finished_at: string | null;
  output: JsonText<JsonObject>;
  interruptions: number;
  due_at: string | null;
  attempt_at: string | null;
  pending_at: string | null;
}

interface LockKeysTable {
  key: string;
  /** Of the last who got it. */
  fence: Generated<number>;
}

export interface LocksTable {
  key: string;
  run: string;
  job: string;
  shared: Flag;
  fence: number;
  /** From then on others may take it. Empty: as long as its job runs. */
  leased_until: string;
}

interface LockWaitsTable {
  position: Generated<number>;
  key: string;
  run: string;
  job: string;
}

export interface MessagesTable {
  sequence: Generated<number>;
  run: string;
  job: string;
  kind: string;
  attempt: number | null;
  data: JsonText<JsonObject>;
  actor: string;
  at: string;
  key: string;
}

export interface EventsTable {
  sequence: Generated<number>;
  at: string;
  project: string;
  application: string;
  run: string | null;
  type: EventType;
  data: JsonText<JsonObject>;
}

interface IdempotencyTable {
  project: string;
  key: string;
  request: string;
  run: string;
}

export interface InventoryTable {
  cluster: string;
  /** Of apiVersion only the group is part of the key: v1 and v1beta1 are the same object. */
  api_group: string;
  kind: string;
  namespace: string;
  name: string;
  api_version: string;
  project: string;
  application: string;
  component: string;
  uid: string | null;
  keep: Flag;
}

interface CompletionsTable {
  project: string;
  application: string;
  component: string;
  content: string;
  output: JsonText<JsonObject>;
}

interface LogLinesTable {
  position: Generated<number>;
  run: string;
  job: string;
  at: string;
  pod: string;
  container: string;
  text: string;
  /** Of the line within its job: the same line is not kept twice. Empty for lines that are older than the keys. */
  key: string;
}

interface CapacityWaitsTable {
  position: Generated<number>;
  cluster: string;
  flavor: string;
  milliseconds: number;
}

export interface TokensTable {
  id: string;
  name: string;
  project: string;
  role: Role;
  created_at: string;
  expires_at: string | null;
  hash: string;
  made_by: string | null;
  /** The name, unless an older program gave it to several tokens: then none of them holds it. */
  held_name: string | null;
}

export interface SinksTable {
  id: string;
  project: string;
  name: string;
  settings: JsonText<SinkSettings>;
  filter: JsonText<SinkFilter>;
  /** Sealed by the vault. */
  secret: string | null;
  created_at: string;
  position: number;
  failures: number;
  failing_since: string | null;
  retry_at: string | null;
  dead: Flag;
  delivered_at: string | null;
  failure: JsonText<SinkFailure> | null;
  /** Who delivers, until when. */
  owner: string | null;
  owned_until: string | null;
}

export interface SinkHeldKeysTable {
  sink: string;
  application: string;
  /** Empty for events of no run. */
  run: string;
  sequence: number;
  failures: number;
  since: string;
  retry_at: string;
  dead: Flag;
}

export interface ClustersTable {
  name: string;
  way: JsonText<ClusterWay>;
  /** Who we are there. */
  account: string;
  uid: string;
  /** Sealed by the vault. */
  target: string;
  projects: JsonText<readonly string[]>;
  calls: number;
  generation: number;
  created_at: string;
  updated_at: string;
  actor: string;
}

interface RegistryRevisionTable {
  id: number;
  number: number;
}

interface JobTypesTable {
  name: string;
  owner: string;
}

export interface JobTypeVersionsTable {
  name: string;
  version: string;
  document: JsonText<JsonObject>;
  standing: VersionLifecycle;
  checks: JsonText<readonly CheckResult[]>;
  until_date: string | null;
  replaced_by: string | null;
  sample_run: string | null;
  registered_by: string;
  registered_at: string;
  changed_by: string;
  changed_at: string;
  /** Of the registry, when it was last changed. */
  revision: number;
}

export interface JobTypeGrantsTable {
  type: string;
  project: string;
  grants: JsonText<JsonObject>;
  granted_by: string;
  granted_at: string;
}

export interface JobTypeStopsTable {
  type: string;
  kind: RegistrationStop["kind"];
  /** '' of one that holds for all projects. */
  project: string;
  detail: string;
  stopped_by: string;
  at: string;
}

interface JobTypeThrowsTable {
  type: string;
  project: string;
  throws: number;
}

/** What one process at a time does, and who does it now. */
interface UpkeepLeasesTable {
  name: string;
  owner: string;
  until: string;
}

export interface SchedulesTable {
  id: string;
  project: string;
  name: string;
  settings: JsonText<ScheduleSettings>;
  actor: string;
  created_at: string;
  paused_by: string | null;
  next_at: string | null;
  last_at: string | null;
  last_run: string | null;
  /** Why the last time started none. */
  last_problem: JsonText<Pick<ScheduleTick, "skipped" | "problem">> | null;
}

interface SettingsTable {
  name: string;
  value: string;
}

export interface Tables {
  applications: ApplicationsTable;
  revisions: RevisionsTable;
  runs: RunsTable;
  jobs: JobsTable;
  messages: MessagesTable;
  lock_keys: LockKeysTable;
  locks: LocksTable;
  lock_waits: LockWaitsTable;
  events: EventsTable;
  idempotency: IdempotencyTable;
  inventory: InventoryTable;
  completions: CompletionsTable;
  log_lines: LogLinesTable;
  tokens: TokensTable;
  sinks: SinksTable;
  sink_held_keys: SinkHeldKeysTable;
  clusters: ClustersTable;
  registry_revision: RegistryRevisionTable;
  job_types: JobTypesTable;
  job_type_versions: JobTypeVersionsTable;
  job_type_grants: JobTypeGrantsTable;
  job_type_stops: JobTypeStopsTable;
  job_type_throws: JobTypeThrowsTable;
  capacity_waits: CapacityWaitsTable;
  upkeep_leases: UpkeepLeasesTable;
  schedules: SchedulesTable;
  settings: SettingsTable;
}
