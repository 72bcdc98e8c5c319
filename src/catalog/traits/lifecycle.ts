// How a pod ends: what runs before the signal, and how long it may take in total. The grace period includes the time of
// preStop. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
import { z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";
import { parseDuration } from "../../model/document/duration.ts";
import { brokenRule, type Problem, problem } from "../../model/problems/problem.ts";
import { defineTrait, type TraitTarget } from "../define.ts";
import { commandLine, described, duration, port } from "../sharedFields.ts";

const ACTIONS = ["sleep", "exec", "http"] as const;

const preStop = z
  .strictObject({
    sleep: described(
      duration().optional(),
      "Keeps serving for this time, until requests are no longer sent to the pod",
      "继续服务一段时间，等待流量摘除",
    ),
    exec: described(commandLine().min(1).optional(), "A command in the container", "在容器内执行命令"),
    http: described(
      z
        .strictObject({
          path: described(z.string().startsWith("/").default("/"), "Path", "路径"),
          port: described(
            port().optional(),
            "Port; default: the component's first port",
            "端口，默认为组件的第一个端口",
          ),
        })
        .optional(),
      "A GET request to the container",
      "向容器发送 GET 请求",
    ),
  })
  .refine((value) => ACTIONS.filter((action) => value[action] !== undefined).length === 1, {
    error: "give exactly one of sleep, exec and http",
    params: { zh: "sleep、exec、http 必须且只能选一个" },
  });

const schema = z.strictObject({
  grace: described(
    duration().optional(),
    "Time that the pod has to end, preStop included, before it is killed; default: 30s",
    "Pod 结束的时限，含 preStop，超过后强制结束；默认 30s",
  ),
  preStop: described(
    preStop.optional(),
    "Runs before the signal; default of a webservice: sleep 5s",
    "终止信号之前执行；webservice 默认休眠 5s",
  ),
});
type Lifecycle = z.output<typeof schema>;

const GRACE = 30_000;
/** The sleep of a webservice when the user sets no `preStop`; see components/webservice.ts. */
const GOODBYE = 5_000;

export const lifecycle = defineTrait({
  name: "lifecycle",
  summary: { en: "How a pod ends", zh: "Pod 如何结束" },
  schema,
  examples: [
    {
      title: { en: "Finish long requests", zh: "等待长请求完成" },
      value: { grace: "2m", preStop: { sleep: "10s" } },
    },
  ],
  appliesTo: "pods",
  check: (data, target) => [...checkSleep(data, target), ...checkPort(data, target)],
  render: ({ grace, preStop: before }, target) => ({
    ...(grace === undefined ? {} : { pod: { terminationGracePeriodSeconds: seconds(grace) } }),
    ...(before === undefined ? {} : { container: { lifecycle: { preStop: action(before, target) } } }),
  }),
});

/**
 * The API server refuses a sleep that is longer than the grace period. A sleep of the same length leaves the program no
 * time to end.
 */
function checkSleep(data: Lifecycle, target: TraitTarget): readonly Problem[] {
  const usual = target.type === "webservice" && target.port !== undefined && data.preStop === undefined;
  const sleep = usual ? GOODBYE : (parseDuration(data.preStop?.sleep ?? 0) ?? 0);
  const grace = data.grace === undefined ? GRACE : (parseDuration(data.grace) ?? 0);
  if (sleep === 0 || sleep < grace) return [];
  const text = {
    en: "preStop sleeps {sleep}s, so the grace period of {grace}s is over before the program can end",
    zh: "preStop 休眠 {sleep}s，而宽限期只有 {grace}s，程序来不及结束",
  };
  const at = data.preStop?.sleep === undefined ? ["grace"] : ["preStop", "sleep"];
  return [brokenRule(at, text, { sleep: sleep / 1000, grace: grace / 1000 })];
}

function checkPort({ preStop: before }: Lifecycle, target: TraitTarget): readonly Problem[] {
  if (before?.http === undefined || before.http.port !== undefined || target.port !== undefined) return [];
  return [problem("Required", ["preStop", "http"], { field: "port" })];
}

function action(before: NonNullable<Lifecycle["preStop"]>, target: TraitTarget): JsonObject {
  if (before.sleep !== undefined) return { sleep: { seconds: seconds(before.sleep) } };
  if (before.exec !== undefined) return { exec: { command: before.exec } };
  const { path = "/", port: number = target.port ?? 0 } = before.http ?? {};
  return { httpGet: { path, port: number, scheme: "HTTP" } };
}

function seconds(text: string | number): number {
  return Math.max(1, Math.ceil((parseDuration(text) ?? 0) / 1000));
}
