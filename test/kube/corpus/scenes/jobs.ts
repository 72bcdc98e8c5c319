// Scenes with Jobs and CronJobs.
import { all, condition, exists, field, runsFor, some, waitingFor, warned } from "../judges.ts";
import { cronJob, idle, job, NO_IMAGE, runs } from "../manifests.ts";
import type { Scene } from "../scene.ts";

const subject = { apiVersion: "batch/v1", kind: "Job", name: "web" };
const of = (name: string, scene: Omit<Scene, "name" | "subject">): Scene => ({
  name: `job-${name}`,
  subject,
  ...scene,
});
const failed = (reason?: string) => condition("Job", "Failed", "True", reason);
const BAD_EXIT = { action: "FailJob", onExitCodes: { operator: "In", values: [42] } };

const JOBS_ONLY: readonly Scene[] = [
  of("complete", {
    objects: [job()],
    until: condition("Job", "Complete", "True"),
    expected: { state: "ready", code: "Completed" },
  }),
  of("running", { objects: [job(idle())], until: runsFor(2), expected: { state: "progressing", code: "TaskRunning" } }),
  of("suspended", {
    objects: [job(idle(), { suspend: true })],
    until: condition("Job", "Suspended", "True"),
    expected: { state: "suspended", code: "Suspended" },
  }),
  // The condition stays on the Job with status False, which must not count as its end.
  of("resumed", {
    objects: [job(idle(), { suspend: true })],
    afterwards: [
      { wait: condition("Job", "Suspended", "True") },
      { kubectl: ["patch", "job", "web", "--patch", '{"spec":{"suspend":false}}'] },
    ],
    until: all(condition("Job", "Suspended", "False"), runsFor(2)),
    expected: { state: "progressing", code: "TaskRunning" },
  }),
  of("failed", {
    objects: [job(runs("exit 3"))],
    until: failed("BackoffLimitExceeded"),
    expected: { state: "failed", code: "TaskFailed" },
  }),
  of("failed-out-of-memory", {
    objects: [
      job(runs("x=0123456789abcdef; while true; do x=$x$x; done", { resources: { limits: { memory: "16Mi" } } })),
    ],
    until: failed(),
    expected: { state: "failed", code: "OutOfMemory" },
  }),
  of("failed-in-init", {
    objects: [job(runs("exit 0"), {}, { initContainers: [{ ...runs("exit 9"), name: "prepare" }] })],
    until: failed(),
    expected: { state: "failed", code: "InitFailed" },
  }),
  of("failed-with-a-sidecar", {
    objects: [job(runs("exit 3"), {}, { initContainers: [{ ...idle(), name: "helper", restartPolicy: "Always" }] })],
    until: failed(),
    expected: { state: "failed", code: "TaskFailed" },
  }),
  of("failed-by-policy", {
    objects: [job(runs("exit 42"), { backoffLimit: 5, podFailurePolicy: { rules: [BAD_EXIT] } })],
    until: failed("PodFailurePolicy"),
    expected: { state: "failed", code: "TaskFailed" },
  }),
  of("failed-in-an-index", {
    objects: [
      job(runs("exit $JOB_COMPLETION_INDEX"), {
        completionMode: "Indexed",
        completions: 2,
        parallelism: 2,
        backoffLimit: 6,
        backoffLimitPerIndex: 0,
      }),
    ],
    until: failed("FailedIndexes"),
    expected: { state: "failed", code: "TaskFailed" },
  }),
  of("failed-once-and-tried-again", {
    objects: [job(runs("exit 3"), { backoffLimit: 4 })],
    until: all(field("Job", "status.failed", 1), field("Job", "status.active", 1)),
    expected: { state: "progressing", code: "TaskRunning" },
  }),
  of("deadline-exceeded", {
    objects: [job(idle(), { activeDeadlineSeconds: 3 })],
    until: failed("DeadlineExceeded"),
    expected: { state: "failed", code: "Deadline" },
  }),
  of("image-missing", {
    objects: [job(idle({ image: NO_IMAGE }))],
    until: waitingFor("ErrImagePull", "ImagePullBackOff"),
    expected: { state: "blocked", code: "ImageRegistryUnreachable", turns: ["failed", 120] },
  }),
  of("no-node", {
    objects: [job(idle({ resources: { requests: { cpu: "500" } } }))],
    until: condition("Pod", "PodScheduled", "False"),
    expected: { state: "blocked", code: "Unschedulable" },
  }),
  of("pod-refused", {
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    objects: [job()],
    until: warned("FailedCreate"),
    expected: { state: "rejected", code: "PodSecurity" },
  }),
  of("disk-full", {
    objects: [
      job(
        runs("dd if=/dev/zero of=/export/all bs=1M count=24; sleep infinity", {
          volumeMounts: [{ name: "export", mountPath: "/export" }],
        }),
        {},
        { volumes: [{ name: "export", emptyDir: { sizeLimit: "8Mi" } }] },
      ),
    ],
    until: failed(),
    expected: { state: "failed", code: "DiskLimit" },
  }),
];

const cron = { apiVersion: "batch/v1", kind: "CronJob", name: "web" };
const RUN_NOW = { kubectl: ["create", "job", "--from=cronjob/web", "run"] };

const CRON: readonly Scene[] = [
  {
    name: "cronjob-never-ran",
    subject: cron,
    objects: [cronJob(runs("exit 0"))],
    until: exists("CronJob"),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "cronjob-suspended",
    subject: cron,
    objects: [cronJob(runs("exit 0"), { suspend: true })],
    until: exists("CronJob"),
    expected: { state: "suspended", code: "Suspended" },
  },
  {
    name: "cronjob-suspended-as-written",
    subject: cron,
    objects: [cronJob(runs("exit 0"), { suspend: true })],
    until: exists("CronJob"),
    asked: "writer",
    expected: { state: "ready", code: "Suspended" },
  },
  {
    name: "cronjob-last-run-succeeded",
    subject: cron,
    objects: [cronJob(runs("exit 0"))],
    afterwards: [RUN_NOW],
    until: condition("Job", "Complete", "True"),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "cronjob-last-run-failed",
    subject: cron,
    objects: [cronJob(runs("exit 3"))],
    afterwards: [RUN_NOW],
    until: failed(),
    expected: { state: "degraded", code: "LastRunFailed" },
  },
  {
    name: "cronjob-runs",
    subject: cron,
    objects: [cronJob(idle())],
    afterwards: [RUN_NOW],
    until: some("Pod", (one) => Object(one["status"])["phase"] === "Running"),
    expected: { state: "ready", code: "Ready" },
  },
];

export const JOBS: readonly Scene[] = [...JOBS_ONLY, ...CRON];
