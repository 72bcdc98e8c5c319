// Fixtures for the tests of the command line: an application named shop in the API's format.
import type { ApiJob, ApiRun } from "../../../src/cli/follow/progress/progress.ts";
import type { Phase } from "../../../src/model/run/phase.ts";

export const reason = (code: string, message: string, who: "you" | "operator" | "nobody" = "nobody") => ({
  code,
  params: {},
  message,
  who,
});

export function job(name: string, phase: Phase, more: Partial<ApiJob> = {}): ApiJob {
  return {
    name,
    type: "deploy",
    component: name.split(":")[0] ?? name,
    needs: [],
    phase,
    reason: phase === "succeeded" ? reason("Ready", "ready") : reason("Dependencies", "waits for redis"),
    evidence: [],
    attempt: phase === "waiting" ? 0 : 1,
    attempts: 1,
    interruptions: 0,
    earlier: [],
    activeSince: null,
    startedAt: phase === "waiting" ? null : "2026-03-04T14:01:02Z",
    finishedAt: phase === "succeeded" || phase === "failed" ? "2026-03-04T14:01:24Z" : null,
    output: {},
    dueAt: null,
    final: false,
    ...more,
  };
}

export function run(more: Partial<ApiRun> = {}): ApiRun {
  return {
    id: "01run",
    application: "shop",
    workflow: "",
    number: 3,
    revision: 2,
    kind: "deploy",
    cluster: "prod",
    clusterKind: "kubernetes",
    namespace: "default",
    phase: "running",
    state: more.phase ?? "running",
    actor: "lin",
    message: "new image",
    createdAt: "2026-03-04T14:01:00Z",
    finishedAt: null,
    cancelledBy: null,
    inputs: {},
    pausedBy: null,
    priority: "normal",
    startAt: null,
    jobs: [
      job("redis", "running", { reason: reason("Progressing", "0 of 1 replicas ready") }),
      job("migrate", "waiting"),
    ],
    lastEvent: 10,
    ...more,
  };
}

export const ended = (phase: ApiRun["phase"], jobs: ApiRun["jobs"]): ApiRun =>
  run({ phase, jobs, finishedAt: "2026-03-04T14:01:41Z", lastEvent: 20 });

export const changed = (sequence: number, jobName: string, phase: Phase, why = reason("Ready", "ready")) => ({
  sequence,
  data: {
    sequence,
    at: "2026-03-04T14:01:24Z",
    type: "job.changed",
    application: "shop",
    run: "01run",
    data: { job: jobName, phase, reason: why, attempt: 1 },
  },
});

export const finished = (sequence: number, phase: string) => ({
  sequence,
  data: {
    sequence,
    at: "2026-03-04T14:01:41Z",
    type: "run.finished",
    application: "shop",
    run: "01run",
    data: { phase },
  },
});

export const logged = (sequence: number, jobName: string, text: string) => ({
  sequence,
  data: {
    sequence,
    at: "2026-03-04T14:01:30Z",
    type: "log",
    application: "shop",
    run: "01run",
    data: { job: jobName, at: "2026-03-04T14:01:30Z", pod: "p", container: "c", text },
  },
});

export const plan = (more: object = {}) => ({
  application: "shop",
  namespace: "default",
  cluster: "prod",
  clusterKind: "kubernetes",
  jobs: [
    { name: "redis", type: "deploy", component: "redis", needs: [], objects: [], timeout: 600_000, attempts: 1 },
    {
      name: "web",
      type: "deploy",
      component: "web",
      needs: [{ job: "redis", because: "reference" }],
      objects: [],
      timeout: 600_000,
      attempts: 1,
    },
  ],
  layers: [["redis"], ["web"]],
  changes: [
    {
      component: "web",
      object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: "web" },
      action: "update",
      class: "rolling",
      fields: [{ path: "spec.template.spec.containers[web].image", before: "nginx:1.27", after: "nginx:1.28" }],
    },
    {
      component: "redis",
      object: { apiVersion: "apps/v1", kind: "StatefulSet", namespace: "default", name: "redis" },
      action: "unchanged",
      class: "none",
      fields: [],
    },
  ],
  warnings: [],
  hash: "h",
  ...more,
});

export const summary = (more: object = {}) => ({
  project: "default",
  name: "shop",
  cluster: "prod",
  clusterKind: "kubernetes",
  namespace: "default",
  revision: 2,
  updatedAt: "2026-03-04T12:02:00Z",
  lastRun: {
    id: "01run",
    number: 3,
    kind: "deploy",
    phase: "succeeded",
    state: "succeeded",
    finishedAt: "2026-03-04T13:02:00Z",
  },
  ...more,
});

export const status = (more: object = {}) => ({
  ...summary(),
  health: "degraded",
  addresses: ["http://shop.example.com/"],
  components: [
    {
      name: "redis",
      type: "store",
      health: "healthy",
      state: "ready",
      reason: reason("Ready", "ready"),
      evidence: [],
      ready: 1,
      wanted: 1,
      objects: [],
    },
    {
      name: "web",
      type: "webservice",
      health: "degraded",
      state: "failed",
      reason: reason("ImageNotFound", "image nginx:9 does not exist", "you"),
      evidence: [],
      ready: 0,
      wanted: 2,
      objects: [],
    },
  ],
  ...more,
});
