// The schemas of the API's answers. OpenAPI, the typed client and the server's check of its own answers use them. Texts
// in an answer are in the language of Accept-Language; codes and parameters are the same in every language.
import { z } from "zod";
import { DECIDING, PHASE_NAMES } from "../model/run/phase.ts";
import { RUN_PHASES } from "../model/run/run.ts";
import { UNFINISHED, UNFINISHED_STATES } from "../model/run/runState.ts";

export const JsonView = z.record(z.string(), z.unknown());
export const timestamp = z.string().meta({ description: "RFC 3339, UTC" });

export const ReasonView = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  message: z.string(),
  who: z.enum(["you", "operator", "nobody"]).meta({ description: "who can do something about it" }),
});

export const EvidenceView = z.object({
  source: z.enum(["event", "condition", "container", "log", "response", "capacity", "decision"]),
  object: z.string(),
  text: z.string(),
  reason: ReasonView.optional().meta({ description: "the text as data, if it is a sentence of kubemin" }),
});

export const ProblemItem = z.object({
  code: z.string(),
  severity: z.enum(["error", "refused", "warning"]),
  pointer: z.string().meta({ description: "JSON Pointer into the document" }),
  line: z.int().optional(),
  column: z.int().optional(),
  message: z.string(),
  hint: z.string().optional(),
  nearest: z.string().optional(),
});

export const CheckView = z.object({
  check: z
    .string()
    .meta({ description: "stable name of the check: shape, name, schema-size, meta-schema, examples, …" }),
  result: z.enum(["ok", "failed", "skipped"]),
  summary: z.string(),
  problems: z.array(ProblemItem),
  because: z.string().optional().meta({ description: "why the check was skipped" }),
});

/** An error as a problem of RFC 9457. */
export const ErrorView = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  who: z.enum(["you", "operator", "nobody"]),
  advice: z.string(),
  requestId: z.string(),
  problems: z.array(ProblemItem).optional(),
  checks: z.array(CheckView).optional().meta({ description: "all checks of a registration that did not pass" }),
});

const runPhase = z.enum(RUN_PHASES);
const STATES_TEXT = UNFINISHED_STATES.map((state) => `${state} (${UNFINISHED[state].means.en})`).join(", ");
const runState = z.enum([...UNFINISHED_STATES, "succeeded", ...DECIDING]);

const EarlierAttemptView = z.object({ attempt: z.int(), at: timestamp, reason: ReasonView });

export const JobView = z.object({
  name: z.string(),
  type: z.string(),
  component: z.string(),
  step: z.array(z.string()).optional().meta({ description: "names of the enclosing groups and of its own step" }),
  needs: z.array(z.string()),
  phase: z.enum(PHASE_NAMES),
  reason: ReasonView,
  advice: z.string().optional().meta({
    description: "what `reason.who` can do; only for a job that ended badly for a cause outside its program",
  }),
  evidence: z.array(EvidenceView),
  attempt: z.int(),
  attempts: z.int(),
  interruptions: z.int().meta({ description: "attempts that the platform interrupted; they are not counted as tries" }),
  earlier: z
    .array(EarlierAttemptView)
    .meta({ description: "how the attempts before the present one ended, and when; the newest last, at most ten" }),
  activeSince: timestamp
    .nullable()
    .meta({ description: "since when the present attempt runs or is pending; null while no attempt is under way" }),
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
  output: JsonView,
  dueAt: timestamp.nullable().meta({ description: "when everything that the job needs was complete" }),
  final: z.boolean().meta({ description: "the job starts when all other jobs have ended" }),
  condition: z.string().optional().meta({ description: "the job is skipped unless this condition is true" }),
  locks: z.array(z.string()).optional().meta({ description: "locks that the job holds while it runs" }),
});

export const BeatView = z.object({
  goOn: z.boolean().meta({ description: "false when the run is being cancelled, so that the worker must stop" }),
});

const RepeatedView = z.object({ job: z.string(), attempt: z.int(), before: EarlierAttemptView });

export const RunSummary = z.object({
  id: z.string(),
  application: z.string().meta({ description: "name of the application; empty for a run without one" }),
  workflow: z.string().meta({ description: "name of a run without an application" }),
  number: z.int(),
  revision: z.int(),
  kind: z.enum(["deploy", "delete", "workflow"]),
  cluster: z.string(),
  clusterKind: z.enum(["kubernetes", "sandbox", "unknown"]),
  namespace: z.string(),
  phase: runPhase.meta({ description: "`running` until the run has ended, then its result" }),
  state: runState.meta({ description: `what the run does now: ${STATES_TEXT}; after its end the same as \`phase\`` }),
  reason: ReasonView.optional().meta({
    description: "why the run does not proceed now; absent while it runs and after its end",
  }),
  repeated: RepeatedView.optional().meta({
    description: "the job under way that was tried again last, and how its attempt before that ended",
  }),
  actor: z.string(),
  message: z.string(),
  createdAt: timestamp,
  finishedAt: timestamp.nullable(),
  pausedBy: z.string().nullable(),
  cancelledBy: z.string().nullable(),
  priority: z.enum(["low", "normal", "high"]),
  startAt: timestamp.nullable(),
});

export const RunView = RunSummary.extend({
  jobs: z.array(JobView),
  inputs: JsonView,
  /** Sequence number of an event. A client that follows the events after it misses no change of this answer. */
  lastEvent: z.int(),
});

export const ObjectView = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
});

export const ObjectHealthView = z.object({
  object: ObjectView,
  state: z.enum([
    "missing",
    "progressing",
    "blocked",
    "ready",
    "degraded",
    "suspended",
    "failed",
    "rejected",
    "unknown",
  ]),
  reason: ReasonView,
  evidence: z.array(EvidenceView),
  ready: z.int().optional(),
  wanted: z.int().optional(),
  address: z.string().optional(),
});

export const Health = z.enum(["healthy", "outdated", "changing", "degraded", "unknown"]).meta({
  description:
    "outdated: the pods are healthy, but run an older revision, because the run of the newest revision was cancelled, refused or ended early",
});

export const DriftItem = z.object({
  object: ObjectView,
  gone: z.boolean(),
  fields: z.array(z.string()).meta({ description: "paths of fields that another person or tool changed" }),
  managers: z.array(z.string()).meta({ description: "field managers that own them now" }),
});

export const ComponentStatus = z.object({
  name: z.string(),
  type: z.string(),
  health: Health,
  state: ObjectHealthView.shape.state,
  reason: ReasonView,
  evidence: z.array(EvidenceView),
  repeated: RepeatedView.optional().meta({ description: "its job, if that is not in its first attempt" }),
  ready: z.int().optional(),
  wanted: z.int().optional(),
  before: z.object({ ready: z.int(), pods: z.int(), revision: z.int().optional() }).optional().meta({
    description:
      "present during an update: the number of pods of the previous version, and how many of them are ready; `ready` and `wanted` count the new version",
  }),
  objects: z.array(ObjectHealthView),
  drift: z.array(DriftItem).optional(),
});

export const ApplicationSummaryView = z.object({
  project: z.string(),
  name: z.string(),
  cluster: z.string(),
  clusterKind: z.enum(["kubernetes", "sandbox", "unknown"]),
  namespace: z.string(),
  revision: z.int(),
  updatedAt: timestamp,
  lastRun: z
    .object({
      id: z.string(),
      number: z.int(),
      kind: z.string(),
      phase: runPhase,
      state: runState,
      reason: ReasonView.optional().meta({ description: "why the run does not proceed now" }),
      finishedAt: timestamp.nullable(),
    })
    .nullable(),
});

export const ApplicationView = ApplicationSummaryView.extend({
  document: JsonView.meta({
    description:
      "the document; secret values are sealed tokens, which keep their value when they are sent back unchanged",
  }),
});

export const StatusView = ApplicationSummaryView.extend({
  health: Health,
  addresses: z.array(z.string()),
  components: z.array(ComponentStatus),
});

const MomentView = z.object({
  at: timestamp,
  jobs: z.array(
    z.object({
      name: z.string(),
      phase: z.enum(PHASE_NAMES),
      since: timestamp.nullable().meta({ description: "null when nothing was decided about the job yet" }),
      reason: ReasonView,
      evidence: z.array(EvidenceView).meta({ description: "evidence on which the decision was based" }),
    }),
  ),
  more: z.int().meta({ description: "number of jobs that are not listed" }),
});

export const WhyView = z.object({
  sentence: z.string().meta({ description: "explanation from the symptom to the root cause" }),
  chain: z.array(z.object({ subject: z.string(), reason: ReasonView, evidence: z.array(EvidenceView) })),
  moment: MomentView.optional().meta({
    description: "state of the jobs at that moment, for requests with `at` and without `job`",
  }),
});

export const RevisionSummary = z.object({
  number: z.int(),
  cluster: z.string(),
  namespace: z.string(),
  actor: z.string(),
  message: z.string(),
  createdAt: timestamp,
  hash: z.string(),
});

export const RevisionView = RevisionSummary.extend({ document: JsonView });

export const DriftView = z.object({
  application: z.string(),
  revision: z.int(),
  drifted: z.boolean(),
  objects: z.array(
    z.object({
      component: z.string(),
      object: ObjectView,
      state: z.enum(["same", "different", "missing", "foreign", "refused"]),
      reason: ReasonView.optional(),
      fields: z.array(
        z.object({
          path: z.string(),
          live: z.unknown().optional(),
          wanted: z.unknown().optional(),
          managers: z.array(z.string()).meta({ description: "field managers that own it now" }),
        }),
      ),
    }),
  ),
});

export const LogLineView = z.object({ at: timestamp, pod: z.string(), container: z.string(), text: z.string() });

export const EventView = z.object({
  sequence: z.int(),
  at: timestamp,
  type: z.string(),
  application: z.string(),
  run: z.string().nullable(),
  data: JsonView,
});

export const CapacityView = z.object({
  cluster: z.string(),
  clusterKind: z.enum(["kubernetes", "sandbox"]),
  unknown: ReasonView.optional().meta({
    description: "why the capacity is not known; the other fields are empty then",
  }),
  nodes: z.object({ total: z.int(), open: z.int().meta({ description: "number of nodes that accept pods now" }) }),
  flavors: z.array(
    z.object({
      flavor: z.string().meta({ description: "a resource, with the model of the device if a node label contains it" }),
      resource: z.string(),
      nodes: z.int(),
      total: z.string(),
      free: z.string(),
      largest: z
        .object({ node: z.string(), free: z.string() })
        .optional()
        .meta({ description: "the most that a single pod could get" }),
      holders: z.object({ own: z.array(z.string()), others: z.int() }),
    }),
  ),
  waiting: z.array(
    z.object({
      name: z.string().meta({ description: "application and component; empty if they belong to another project" }),
      flavor: z.string(),
      position: z.int(),
      before: z.array(ReasonView).meta({
        description: "why other requests come first; empty if none does, or if the request belongs to another project",
      }),
      since: timestamp,
      reason: ReasonView,
    }),
  ),
});

export const TokenView = z.object({
  id: z.string(),
  name: z.string(),
  project: z.string().meta({ description: '"*" stands for all projects' }),
  role: z.enum(["read", "write", "admin"]),
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  madeBy: z
    .string()
    .nullable()
    .meta({ description: "name of the token that created it; null when the server created it" }),
});

export const FieldView = z.object({
  path: z.string(),
  type: z.string(),
  required: z.boolean(),
  default: z.unknown().optional(),
  description: z.string(),
  values: z.array(z.string()).optional(),
});

export const DefinitionView = z.object({
  kind: z.enum(["component", "trait", "job"]),
  name: z.string(),
  summary: z.string(),
  fields: z.array(FieldView),
  outputs: z.array(z.string()).optional(),
  examples: z.array(z.object({ title: z.string(), value: z.unknown() })),
});

export const VersionView = z.object({ version: z.string(), api: z.literal("v1"), node: z.string() });

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: "pass as `after`; null on the last page" }),
  });
}
