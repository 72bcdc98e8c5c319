// Failing cases in which the program ran and did not do what was expected.
import { dig } from "../../../src/model/data/json.ts";
import { idle, script, task, worker } from "../support/documents.ts";
import { list } from "../support/kubectl.ts";
import { type Case, knownAt, says } from "../support/verdicts.ts";

const told = (name: string, reason: string, words: RegExp) => (namespace: string) =>
  knownAt(namespace, new RegExp(`^${name}-`), says(reason, words));

/** Matches the condition of the Job. */
const jobFailed = (component: string) => async (namespace: string) => {
  const [job] = await list(namespace, "jobs", "--selector", `kubemin.dev/component=${component}`);
  const conditions = dig(job, "status", "conditions");
  const failed = Array.isArray(conditions) ? conditions.find((one) => dig(one, "type") === "Failed") : undefined;
  return Date.parse(String(dig(failed, "lastTransitionTime")));
};

const never = { exec: { command: ["cat", "/alive"] }, every: "1s", failures: 1 };

const SERVICES: readonly Case[] = [
  {
    name: { en: "crash loop", zh: "反复崩溃" },
    job: "crasher",
    components: [worker("crasher", { properties: script("echo cannot find the tables; exit 3") })],
    expected: {
      phase: "failed",
      code: "CrashLoop",
      who: "you",
      en: /crasher keeps exiting, code 3/,
      zh: /crasher 反复退出，退出码 3/,
      evidence: /exit code 3/,
      log: /cannot find the tables/,
    },
    known: told("crasher", "BackOff", /restarting failed container/),
  },
  {
    name: { en: "out of memory", zh: "内存超限" },
    job: "hungry",
    components: [
      worker("hungry", {
        properties: script("echo reading everything; x=0123456789abcdef; while true; do x=$x$x; done"),
        traits: { resources: { memory: "8Mi", limits: { memory: "16Mi" } } },
      }),
    ],
    expected: {
      phase: "failed",
      code: "OutOfMemory",
      who: "you",
      en: /hungry was killed: it used more memory than its limit 16Mi/,
      zh: /hungry 因内存超限（16Mi）被终止/,
      evidence: /OOMKilled/,
      log: /reading everything/,
    },
    known: told("hungry", "BackOff", /restarting failed container/),
  },
  {
    name: { en: "command not in the image", zh: "启动命令不存在" },
    job: "misspelt",
    components: [worker("misspelt", { properties: { image: "busybox:1.36", command: ["servr"] } })],
    expected: {
      phase: "start-failed",
      code: "CannotStart",
      who: "you",
      en: /misspelt cannot start: .*servr/,
      zh: /misspelt 无法启动：.*servr/,
      evidence: /servr/,
    },
    known: told("misspelt", "Failed", /servr/),
  },
  {
    name: { en: "readiness probe never passes", zh: "就绪探针始终失败" },
    job: "unready",
    components: [
      // With a Service, whose missing endpoints are no reason of their own.
      {
        name: "unready",
        type: "webservice",
        properties: { ...idle(), port: 8080 },
        timeout: "20s",
        traits: {
          probes: {
            readiness: { exec: { command: ["cat", "/tables-loaded"] }, every: "1s", failures: 1 },
          },
        },
      },
    ],
    expected: {
      phase: "timed-out",
      code: "NotReady",
      end: "Deadline",
      who: "you",
      en: /unready runs but is not ready: Readiness probe failed: .*tables-loaded/,
      zh: /unready 已运行但未就绪：.*tables-loaded/,
      evidence: /Unhealthy/,
    },
    known: told("unready", "Unhealthy", /Readiness/),
  },
  {
    name: { en: "liveness probe kills it", zh: "存活探针失败被重启" },
    job: "lifeless",
    components: [
      worker("lifeless", {
        properties: script("trap 'exit 143' TERM; echo still loading; sleep infinity & wait"),
        // The pod also becomes unready, because a deployment that is done is no longer watched.
        traits: { probes: { liveness: never, readiness: never } },
      }),
    ],
    expected: {
      phase: "failed",
      code: "ProbeKilled",
      who: "you",
      en: /lifeless is restarted again and again, because its probe fails: Liveness probe failed: .*alive/,
      zh: /lifeless 因探针失败被反复重启：.*alive/,
      evidence: /Liveness probe failed/,
      log: /still loading/,
    },
    known: told("lifeless", "Unhealthy", /Liveness/),
  },
  {
    name: { en: "init container fails", zh: "初始化容器失败" },
    job: "prepared",
    components: [
      worker("prepared", { traits: { init: [{ name: "prepare", ...script("echo disk is full; exit 9") }] } }),
    ],
    expected: {
      phase: "failed",
      code: "InitFailed",
      who: "you",
      en: /init container prepare failed with code 9/,
      zh: /初始化容器 prepare 失败，退出码 9/,
      evidence: /exit code 9/,
      log: /disk is full/,
    },
    known: told("prepared", "BackOff", /restarting failed container/),
  },
];

const UNENDING: readonly Case[] = [
  {
    name: { en: "init container never ends", zh: "初始化容器一直不结束" },
    job: "waiter",
    components: [
      worker("waiter", {
        timeout: "25s",
        traits: {
          init: [
            { name: "wait-for-db", ...script("echo no answer from db; trap 'exit 0' TERM; sleep infinity & wait") },
          ],
        },
      }),
    ],
    expected: {
      phase: "timed-out",
      code: "InitRunning",
      end: "Deadline",
      who: "you",
      en: /init container wait-for-db has been running for 10s: the program starts once it has ended/,
      zh: /初始化容器 wait-for-db 已运行 10s/,
      evidence: /wait-for-db: running since/,
    },
  },
  {
    name: { en: "service that ends by itself", zh: "服务自行结束" },
    job: "brief",
    components: [worker("brief", { properties: script("echo all done") })],
    expected: {
      phase: "failed",
      code: "EndsByItself",
      who: "you",
      en: /brief ends by itself with code 0.*a program that ends is a task/,
      zh: /brief 自行结束，退出码 0/,
      evidence: /Completed exit code 0/,
      log: /all done/,
    },
    known: told("brief", "BackOff", /restarting failed container/),
  },
];

const TASKS: readonly Case[] = [
  {
    name: { en: "task exits with an error", zh: "任务退出码非零" },
    job: "migrate",
    components: [task("migrate", "echo connecting; echo 'no such table users' >&2; exit 7")],
    expected: {
      phase: "failed",
      code: "TaskFailed",
      who: "you",
      en: /the task exited with code 7/,
      zh: /任务失败，退出码 7/,
      evidence: /BackoffLimitExceeded/,
      log: /no such table users/,
    },
    known: jobFailed("migrate"),
  },
  {
    name: { en: "task takes longer than it may", zh: "任务超过时限" },
    job: "endless",
    components: [
      task("endless", "echo working on 1 of 1000000; trap 'exit 1' TERM; sleep infinity & wait", { timeout: "8s" }),
    ],
    expected: {
      phase: "timed-out",
      code: "Deadline",
      who: "you",
      en: /gave up after 8s/,
      zh: /8s 后放弃/,
    },
  },
  {
    name: { en: "task fills its disk", zh: "任务写满磁盘" },
    job: "writer",
    components: [
      task("writer", "echo exporting; dd if=/dev/zero of=/export/all bs=1M count=24; sleep infinity", {
        traits: { storage: [{ type: "ephemeral", mountPath: "/export", sizeLimit: "8Mi" }] },
      }),
    ],
    expected: {
      phase: "failed",
      code: "DiskLimit",
      who: "you",
      en: /it wrote more to its disk than it is allowed to \(.*8Mi/,
      zh: /写入磁盘超过上限（.*8Mi/,
      evidence: /Evicted/,
    },
    known: jobFailed("writer"),
  },
];

export const PROGRAMS: readonly Case[] = [...SERVICES, ...UNENDING, ...TASKS];
