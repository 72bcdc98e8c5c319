// The routes about runs, a part of the table in routes.ts: start, read and steer runs, send messages to jobs, report
// the end of a worker's attempt, and follow events.
import { z } from "zod";
import * as plans from "./planViews.ts";
import { jsonObject, P, page, priority, project, type Route, run, wait, write } from "./routeParts.ts";
import * as view from "./views.ts";

export const scheduledRun = z.strictObject({
  type: z.string().optional().meta({ description: "a job type; either this or `document` is required" }),
  version: z.string().optional().meta({ description: "version of the type; default: the newest active one" }),
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
  startAt: z.iso.datetime({ offset: true }).optional().meta({ description: "time before which no job starts" }),
});

const startedRun = view.RunView.extend({
  warnings: z.array(view.ProblemItem).meta({ description: "warnings of its planning; empty for a repeated request" }),
});

const startWait = wait.meta({
  description: `${wait.description}; default: 60s for a type of mode sync without \`startAt\`, else 0s`,
});

export const RUN_ROUTES = {
  listRuns: {
    method: "GET",
    path: `${P}/runs`,
    summary: "List runs, newest first",
    access: "read",
    params: project,
    query: page.extend({
      application: z.string().optional().meta({ description: "empty: only runs without an application" }),
      phase: view.RunSummary.shape.phase.optional(),
      state: view.RunSummary.shape.state.optional(),
      workflow: z
        .string()
        .optional()
        .meta({ description: "only runs without an application, of the job type or workflow of this name" }),
    }),
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
    summary: "Plan a run of a job type or of a workflow: its whole graph, without starting anything",
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
    summary: "Get a run with its jobs",
    access: "read",
    params: run,
    status: 200,
    response: view.RunView,
  },
  explainRun: {
    method: "GET",
    path: `${P}/runs/:run/why`,
    summary:
      "Explain the state of a run or of one of its jobs, now or at an earlier moment, from the symptom to the root cause",
    access: "read",
    params: run,
    query: z.object({
      job: z.string().optional().meta({ description: "name of a job or of a step" }),
      at: z.iso
        .datetime({ offset: true })
        .optional()
        .meta({ description: "a moment after the creation of the run; its state then is read from its events" }),
    }),
    status: 200,
    response: view.WhyView,
  },
  getJobLog: {
    method: "GET",
    path: `${P}/runs/:run/jobs/:job/log`,
    summary: "Get the stored log of a job of type task",
    access: "read",
    params: run.extend({ job: z.string() }),
    query: z.object({ limit: z.coerce.number().int().min(1).max(10_000).default(1_000) }),
    status: 200,
    response: view
      .pageOf(view.LogLineView)
      .extend({ total: z.int().meta({ description: "number of stored lines; the answer has the last ones" }) }),
  },
  cancelRun: {
    method: "POST",
    path: `${P}/runs/:run/cancel`,
    summary:
      "Cancel a run: running jobs are stopped, waiting jobs do not start; final steps run, unless they are skipped. Of a run that has ended, removes what it still holds on the cluster",
    access: "write",
    params: run,
    body: z
      .strictObject({
        finally: z.enum(["run", "skip"]).default("run").meta({ description: "skip: final steps do not run either" }),
      })
      .default({ finally: "run" }),
    status: 202,
    response: view.RunView.extend({
      removed: z
        .array(z.string())
        .optional()
        .meta({ description: "for a run that had ended: the objects that it still held, which were removed" }),
    }),
  },
  pauseRun: {
    method: "POST",
    path: `${P}/runs/:run/pause`,
    summary: "Pause a run: no further jobs start, running jobs continue",
    access: "write",
    params: run,
    status: 202,
    response: view.RunView,
  },
  resumeRun: {
    method: "POST",
    path: `${P}/runs/:run/resume`,
    summary: "Resume a paused run",
    access: "write",
    params: run,
    status: 202,
    response: view.RunView,
  },
  retryRun: {
    method: "POST",
    path: `${P}/runs/:run/retry`,
    summary: "Retry: a new run of the same revision or workflow; jobs that succeeded and did not change end quickly",
    access: "write",
    params: run,
    query: z.object({ wait }),
    headers: write,
    body: z
      .strictObject({
        from: z
          .string()
          .optional()
          .meta({ description: "name of a step or a job: only this and everything after it runs again" }),
      })
      .default({}),
    status: 202,
    response: view.RunView,
  },
  tellJob: {
    method: "POST",
    path: `${P}/runs/:run/jobs/:job/messages`,
    summary: "Send a message to a running job, such as an approval; its job type decides which kinds it accepts",
    access: "write",
    params: run.extend({ job: z.string() }),
    body: z.strictObject({
      kind: z.string().min(1).max(60),
      data: jsonObject.default({}),
      attempt: z.int().min(1).optional().meta({
        description: "attempt that the sender saw waiting; the message is refused if another attempt waits now",
      }),
    }),
    status: 202,
    response: view.RunView,
  },
  beat: {
    method: "POST",
    path: "/api/v1/callback/heartbeat",
    summary: "Send the heartbeat of a worker for its attempt, with its progress",
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
    summary: "Report the end of a worker's attempt; accepted once, and refused when the attempt is over",
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
    summary: "Follow the events of a project; Last-Event-ID or `after` resumes; also by WebSocket",
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
