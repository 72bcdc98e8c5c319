// The types of the tables, one interface per table; src/database/migrations creates the tables. JSON is stored in text
// columns, because no query reads inside it and text behaves the same in both databases. Flags are 0 and 1 for the same
// reason.
import type { Generated } from "kysely";
import type { JsonObject } from "../../model/data/json.ts";
import type { ApplicationDocument } from "../../model/document/document.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import type { CheckResult, VersionLifecycle } from "../../model/problems/registrationCheck.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { SinkFailure } from "../../model/reasons/sinkFailure.ts";
import type { EventType } from "../../model/run/event.ts";
import type { Phase } from "../../model/run/phase.ts";
import type { EarlierAttempt, Pause, Priority, RunKind, RunPhase } from "../../model/run/run.ts";
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
  /** The highest number used, also after a deletion, so that a number never means two documents. */
  revision: number;
  /** Also 1 before the first revision. The row is created first, because transactions lock it. */
  deleted: Flag;
  updated_at: string;
  /** Id of the newest run, so that a list of applications with their runs needs only one join. */
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
  /** Order of creation. `created_at` does not give it: clocks differ, and two runs may have the same millisecond. */
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
  /** Number of times that a process took over the run. Only the last one may write. */
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
  earlier_attempts: JsonText<readonly EarlierAttempt[]>;
  due_at: string | null;
  attempt_at: string | null;
  pending_at: string | null;
}

interface LockKeysTable {
  key: string;
  /** Fence number of the last holder. */
  fence: Generated<number>;
}

export interface LocksTable {
  key: string;
  run: string;
  job: string;
  shared: Flag;
  fence: number;
  /** Mark of the lease, see lockLeases.ts. Empty: the lock is held as long as its job runs. */
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
  /** Group of `apiVersion`. The version is not part of the key: v1 and v1beta1 are the same object. */
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
  /** Key of the line in its job, so that it is not stored twice. Empty for lines that are older than the keys. */
  key: string;
}

interface CapacityWeightsTable {
  project: string;
  flavor: string;
  weight: number;
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
  /** The name; `null` when an older program gave the same name to several tokens. */
  held_name: string | null;
}

export interface SinksTable {
  id: string;
  project: string;
  name: string;
  settings: JsonText<SinkSettings>;
  filter: JsonText<SinkFilter>;
  /** The signing secret, sealed by the vault. */
  secret: string | null;
  created_at: string;
  position: number;
  failures: number;
  failing_since: string | null;
  retry_at: string | null;
  dead: Flag;
  delivered_at: string | null;
  failure: JsonText<SinkFailure> | null;
  /** The process that delivers, until `owned_until`. */
  owner: string | null;
  owned_until: string | null;
}

export interface SinkHeldKeysTable {
  sink: string;
  application: string;
  /** Empty for events without a run. */
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
  /** Name of the user as whom kubemin calls the cluster. */
  account: string;
  uid: string;
  /** How to reach the cluster, sealed by the vault. */
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
  /** Revision of the registry at the last change. */
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
  /** Empty for a stop of all projects. */
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

/** Work for one process at a time, and the process that does it now. */
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
  /** Why no run was started at the last time. */
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
  capacity_weights: CapacityWeightsTable;
  upkeep_leases: UpkeepLeasesTable;
  schedules: SchedulesTable;
  settings: SettingsTable;
}
