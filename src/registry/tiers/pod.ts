// T1: a pod for each run, described and not programmed. T3 is the same with a token, by which the program tells of itself.
import type { JobOutcome, JobRun } from "../../catalog/job.ts";
import { reportProgress } from "../../catalog/tiers/httpWorker.ts";
import { runPod, stopPod } from "../../catalog/tiers/podRun.ts";
import { listenTo } from "../../catalog/tiers/told.ts";
import { isObject, type JsonObject } from "../../model/json.ts";
import { explainProblem } from "../../model/problem.ts";
import { type Reason, reason } from "../../model/reason.ts";
import { fillTemplate } from "../fillTemplate.ts";
import { templateOf } from "../templateOf.ts";
import type { Tier, TierOrder } from "./tier.ts";

export const podTier: Tier = { run: (job, order) => run(job, order, "silent"), stop: stopPod };
export const tellingPodTier: Tier = { run: (job, order) => run(job, order, "telling"), stop: stopPod };

async function run(job: JobRun<unknown>, order: TierOrder, way: "silent" | "telling"): Promise<JobOutcome> {
  const { spec, metadata } = order.registration;
  const input = isObject(job.input) ? job.input : {};
  const { run: id, project, job: name, attempt } = job;
  const filled = fillTemplate(templateOf(spec), { input, run: { id, project, job: name, attempt } });
  if (!filled.ok) return rejected(reason("BadInput", { detail: `{{${filled.missing}}} has no value` }));
  const isolated = await order.isolate(isObject(filled.value) ? filled.value : {}, job);
  const [problem] = isolated.problems.filter((one) => one.severity === "error");
  if (problem !== undefined)
    return rejected(reason("PolicyDenied", { detail: `${problem.pointer} ${explainProblem(problem, "en").message}` }));
  return runPod(job, {
    type: metadata.name,
    labels: isolated.labels,
    pod: way === "silent" ? isolated.spec : withCallback(isolated.spec, job),
    alongside: isolated.alongside,
    failureMap: spec.failureMap ?? [],
    ...(way === "silent" ? {} : { listen: (signal: AbortSignal) => outputsTold(job, signal) }),
  });
}

function rejected(why: Reason): JobOutcome {
  return { phase: "rejected", reason: why, evidence: [], retryable: false };
}

/** After isolation: no template may set these, and nothing that a user wrote is in them. */
function withCallback(spec: JsonObject, job: JobRun<unknown>): JsonObject {
  const { url, token } = job.callback();
  const added = [
    { name: "KUBEMIN_CALLBACK", value: url },
    { name: "KUBEMIN_TOKEN", value: token },
  ];
  const containers = Array.isArray(spec["containers"]) ? spec["containers"] : [];
  return {
    ...spec,
    containers: containers.map((container, index) => {
      if (index > 0 || !isObject(container)) return container;
      const env = Array.isArray(container["env"]) ? container["env"] : [];
      return { ...container, env: [...env, ...added] };
    }),
  };
}

/** Null: it ended without having told any. */
async function outputsTold(job: JobRun<unknown>, signal: AbortSignal): Promise<JsonObject | null> {
  const told = listenTo({ ...job, signal });
  const stopped = new Promise<"over">((resolve) =>
    signal.addEventListener("abort", () => resolve("over"), { once: true }),
  );
  let outputs: JsonObject | null = null;
  for (;;) {
    const message = await Promise.race([told.next(0), stopped]);
    if (typeof message === "string") return outputs;
    if (message.kind !== "complete") reportProgress(job, message.data);
    else if (isObject(message.data["outputs"])) outputs = message.data["outputs"];
  }
}
