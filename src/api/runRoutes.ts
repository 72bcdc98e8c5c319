// Runs: start, look at, steer, tell; and what happens, as it happens.
import { z } from "zod";
import * as plans from "./planViews.ts";
import { jsonObject, P, page, priority, project, type Route, run, wait, write } from "./routeParts.ts";
import * as view from "./views.ts";

export const scheduledRun = z.strictObject({
  type: z.string().optional().meta({ description: "a job type; or `document`" }),
  version: z.string().optional().meta({ description: "of the type; default: the newest that is active" }),
  input: jsonObject.optional(),
  document: jsonObject.optional().meta({ description: "`{name, workflow}`, without components" }),
  inputs: jsonObject.optional().meta({ description: "values for the workflow's inputs" }),
  cluster: z.string().optional(),
  namespace: z.string().optional(),
  timeout: z.string().optional(),
  priority,
});
const newRun = scheduledRun.extend({
  message: z.string().max(500).optional(),
  startAt: z.iso.datetime({ offset: true }).optional().meta({ description: "nothing of it is begun before" }),
});

const startedRun = view.RunView.extend({
  warnings: z
    .array(view.ProblemItem)
    .meta({ description: "what its planning warned of; empty for a request that was repeated" }),
});

const startWait = wait.meta({
  description: `${wait.description}; default: 60s for a type of mode sync that begins at once, else 0s`,
});

export const RUN_ROUTES = {
  listRuns: {
    method: "GET",
    path: `${P}/runs`,
    summary: "Runs, newest first",
    access: "read",
    params: project,
    query: page.extend({ application: z.string().optional(), phase: view.RunSummary.shape.phase.optional() }),
    status: 200,
    response: view.pageOf(view.RunSummary),
  },
  startRun: {
    method: "POST",
    path: `${P}/runs`,
    summary: "Run a job type, or the steps of a workflow, without an application",
    access: "write",
    params: project,
    query: z.object({ wait: startWait }),
    headers: write,
    body: newRun,
    holds: "document",
    status: 202,
    response: startedRun,
  },
  planRun: {
    method: "POST",
    path: `${P}/runs/plan`,
    summary: "What such a run would do: its whole graph, with nothing started",
    access: "read",
    params: project,
    body: newRun,
    holds: "document",
    status: 200,
    response: plans.PlanView,
  },
  getRun: {
    method: "GET",
    path: `${P}/runs/:run`,
    summary: "A run with its jobs",
    access: "read",
    params: run,
    status: 200,
    response: view.RunView,
  },
  explainRun: {
    method: "GET",
    path: `${P}/runs/:run/why`,
    summary:
      "Why a run, or one of its jobs, stands as it does, or stood at a moment: from what is seen to the root cause",
    access: "read",
    params: run,
    query: z.object({
      job: z.string().optional().meta({ description: "a job, or a step by its name" }),
      at: z.iso
        .datetime({ offset: true })
        .optional()
        .meta({ description: "a moment since the run was made: how it stood then, by the record of its events" }),
    }),
    status: 200,
    response: view.WhyView,
  },
  getJobLog: {
    method: "GET",
    path: `${P}/runs/:run/jobs/:job/log`,
    summary: "The kept log of a task",
    access: "read",
    params: run.extend({ job: z.string() }),
    query: z.object({ limit: z.coerce.number().int().min(1).max(10_000).default(1_000) }),
    status: 200,
    response: view
      .pageOf(view.LogLineView)
      .extend({ total: z.int().meta({ description: "lines that are kept; the answer has the last ones" }) }),
  },
  cancelRun: {
    method: "POST",
    path: `${P}/runs/:run/cancel`,
    summary: "Cancel a run: what runs is stopped, what waits is not started; final steps run, unless they are skipped",
    access: "write",
    params: run,
    body: z
      .strictObject({
        finally: z.enum(["run", "skip"]).default("run").meta({ description: "skip: final steps are stopped as well" }),
      })
      .default({ finally: "run" }),
    status: 202,
    response: view.RunView,
  },
  pauseRun: {
    method: "POST",
    path: `${P}/runs/:run/pause`,
    summary: "Start nothing new of a run; what runs goes on",
    access: "write",
    params: run,
    status: 202,
    response: view.RunView,
  },
  resumeRun: {
    method: "POST",
    path: `${P}/runs/:run/resume`,
    summary: "Go on with a paused run",
    access: "write",
    params: run,
    status: 202,
    response: view.RunView,
  },
  retryRun: {
    method: "POST",
    path: `${P}/runs/:run/retry`,
    summary: "A new run of the same revision or workflow; what succeeded converges at once",
    access: "write",
    params: run,
    query: z.object({ wait }),
    headers: write,
    body: z
      .strictObject({
        from: z.string().optional().meta({ description: "a step or a job: this and all that comes after it" }),
      })
      .default({}),
    status: 202,
    response: view.RunView,
  },
  tellJob: {
    method: "POST",
    path: `${P}/runs/:run/jobs/:job/messages`,
    summary: "Tell a running job something that its type takes: an approval, most of all",
    access: "write",
    params: run.extend({ job: z.string() }),
    body: z.strictObject({
      kind: z.string().min(1).max(60),
      data: jsonObject.default({}),
      attempt: z
        .int()
        .min(1)
        .optional()
        .meta({ description: "the attempt that the sender saw asking; refused when another one asks now" }),
    }),
    status: 202,
    response: view.RunView,
  },
  beat: {
    method: "POST",
    path: "/api/v1/callback/heartbeat",
    summary: "A worker's sign of life for its attempt, with its progress",
    access: "attempt",
    body: z.strictObject({
      progress: z.number().min(0).max(100).optional(),
      detail: z.string().max(200).optional(),
    }),
    status: 200,
    response: view.BeatView,
  },
  complete: {
    method: "POST",
    path: "/api/v1/callback/complete",
    summary: "The end of a worker's attempt; taken once, and refused when the attempt is over",
    access: "attempt",
    body: z.strictObject({
      outputs: jsonObject.optional(),
      error: z
        .strictObject({
          code: z.string().max(60),
          message: z.string().max(2_000),
          retryable: z.boolean().default(false),
          nextRetryDelay: z.number().min(0).optional().meta({ description: "seconds" }),
        })
        .optional(),
    }),
    status: 200,
    response: view.BeatView,
  },
  streamEvents: {
    method: "GET",
    path: `${P}/events`,
    summary: "Everything that happens, as it happens; Last-Event-ID or after resumes; also by WebSocket",
    socket: true,
    access: "read",
    params: project,
    query: z.object({
      application: z.string().optional(),
      run: z.string().optional(),
      after: z.coerce.number().int().min(0).optional(),
    }),
    headers: z.object({ "last-event-id": z.coerce.number().int().min(0).optional() }),
    status: 200,
    response: { events: view.EventView },
  },
} as const satisfies Record<string, Route>;
