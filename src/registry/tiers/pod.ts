// T1: a pod for each run, described and not programmed. T3 is the same with a token, by which the program tells of itself.
import type { JobOutcome, JobRun } from "../../catalog/job.ts";
import { refusal } from "../../catalog/jobs/patience.ts";
import { objectName, type PodWish, runPod, stopPod } from "../../catalog/tiers/podRun.ts";
import { isObject, type Json, type JsonObject } from "../../model/json.ts";
import { explainProblem } from "../../model/problem.ts";
import { type Reason, reason } from "../../model/reason.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { fillTemplate } from "../fillTemplate.ts";
import { runPlace } from "../place/attempt.ts";
import {
  inputSecret,
  type SecretInputs,
  secretInputsOf,
  showsSecret,
  withSecretVariables,
} from "../place/secretInputs.ts";
import type { RegistrationSpec } from "../registration.ts";
import { templateOf } from "../templateOf.ts";
import { runTelling } from "./telling.ts";
import type { IsolatedPod, PodDraft, Tier, TierOrder } from "./tier.ts";

export const podTier: Tier = {
  run: (job, order) => run(job, order, { run: runPod }),
  stop: stopPod,
};
export const tellingPodTier: Tier = {
  run: (job, order) => run(job, order, { run: runTelling, callback: job.callback().url }),
  stop: stopPod,
};

interface Way {
  readonly run: (job: JobRun<unknown>, wish: PodWish) => Promise<JobOutcome>;
  readonly callback?: string;
}

async function run(job: JobRun<unknown>, order: TierOrder, { run: carryOut, callback }: Way): Promise<JobOutcome> {
  const { spec, metadata } = order.type.registration;
  const input = isObject(job.input) ? job.input : {};
  const secrets = secretInputsOf(input);
  const draft = draftOf(job, spec, { input, secrets });
  if ("wrong" in draft) return rejected(reason("BadInput", { detail: draft.wrong }));
  const isolated = await isolatedOf(job, order, { ...draft, ...(callback === undefined ? {} : { callback }) });
  if ("phase" in isolated) return isolated;
  const [problem] = isolated.problems.filter((one) => one.severity === "error");
  if (problem !== undefined)
    return rejected(reason("PolicyDenied", { detail: `${problem.pointer} ${explainProblem(problem, "en").message}` }));
  const inside = runPlace(job);
  const owner = { name: objectName(job), namespace: inside.namespace, project: job.project, type: metadata.name };
  return carryOut(inside, {
    type: metadata.name,
    labels: isolated.labels,
    annotations: isolated.annotations,
    pod: isolated.spec,
    alongside: [...isolated.alongside, ...inputSecret(secrets, owner)],
    failureMap: spec.failureMap ?? [],
  });
}

function draftOf(
  job: JobRun<unknown>,
  spec: RegistrationSpec,
  { input, secrets }: { readonly input: JsonObject; readonly secrets: SecretInputs },
): PodDraft | { readonly wrong: string } {
  const { run: id, project, namespace, job: name, attempt } = job;
  const secret = objectName(job);
  const values = { input, run: { id, project, namespace, job: name, attempt, secret } };
  const targets: Json = spec.runtime.tier === "T2" ? [] : (spec.runtime.targets ?? []);
  const template = withSecretVariables(templateOf(spec), secrets, secret);
  const filled = fillTemplate({ template, targets }, values);
  if (!filled.ok) return { wrong: `{{${filled.missing}}} has no value` };
  if (showsSecret(filled.value))
    return {
      wrong: "the template shows a secret: take it as the whole value of a variable, or as a file of {{run.secret}}",
    };
  return draftFrom(filled.value);
}

function draftFrom(filled: Json): PodDraft {
  const { template, targets: named } = isObject(filled) ? filled : {};
  return {
    template: isObject(template) ? template : {},
    targets: Array.isArray(named) ? named.map((one) => String(one)) : [],
  };
}

async function isolatedOf(
  job: JobRun<unknown>,
  order: TierOrder,
  draft: PodDraft,
): Promise<IsolatedPod | Extract<JobOutcome, { readonly evidence: unknown }>> {
  try {
    return await order.isolate(draft, job);
  } catch (error) {
    if (error instanceof ClusterError) return refusal(error);
    throw error;
  }
}

function rejected(why: Reason): JobOutcome {
  return { phase: "rejected", reason: why, evidence: [], retryable: false };
}
