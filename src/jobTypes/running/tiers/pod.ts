// The tiers T1 and T3. T1 runs a pod from a template for each job. T3 does the same, and its program reports to the API
// with a token (reportingPod.ts).
import type { JobOutcome, JobRun } from "../../../catalog/job.ts";
import { objectName, type PodRequest, releasePod, runPod } from "../../../jobs/pods/podRun.ts";
import { refusal } from "../../../jobs/waiting/retryCluster.ts";
import { isObject } from "../../../model/data/json.ts";
import { toPointer } from "../../../model/data/pointer.ts";
import { type Params } from "../../../model/data/text.ts";
import { explainProblem } from "../../../model/problems/problem.ts";
import { type Reason, reason } from "../../../model/reasons/reason.ts";
import { lookUp } from "../../../plan/workflow/steps/lookUp.ts";
import { ClusterError } from "../../../ports/cluster.ts";
import { MOST_PODS, type RegistrationSpec } from "../../registration/registration.ts";
import { hasSecrets, secretPaths } from "../../schemas/secretPaths.ts";
import { type Drafted, draftOf } from "../filledTemplate.ts";
import { runPlace } from "../isolated/attempt.ts";
import { inputSecret } from "../isolated/secretInputs.ts";
import { runTelling } from "./reportingPod.ts";
import type { IsolatedPod, PodDraft, Tier, TierOrder } from "./tier.ts";

export const podTier: Tier = {
  run: (job, order) => run(job, order, { run: runPod }),
  release: releasePod,
};
export const tellingPodTier: Tier = {
  run: (job, order) => run(job, order, { run: runTelling, callback: job.callback().url }),
  release: releasePod,
};

interface Way {
  readonly run: (job: JobRun<unknown>, wish: PodRequest) => Promise<JobOutcome>;
  readonly callback?: string;
}

async function run(job: JobRun<unknown>, order: TierOrder, { run: carryOut, callback }: Way): Promise<JobOutcome> {
  const { spec, metadata } = order.type.registration;
  const drafted = draftFor(job, spec);
  if (drafted.kind !== "draft") return rejected(reason("BadInput", detailOf(drafted)));
  const { secrets, pods, ...draft } = drafted.draft;
  const found = await isolatedOf(job, order, {
    ...draft,
    pods,
    ...(callback === undefined ? {} : { callback }),
  });
  if (!found.ok) return found.outcome;
  const isolated = found.pod;
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
    pods,
    alongside: [...isolated.alongside, ...inputSecret(secrets, owner)],
    failureMap: spec.failureMap ?? [],
    ...secretsOf(spec),
  });
}

/** Empty when the output of the type has no secret fields: the log then keeps the output as the program printed it. */
function secretsOf({ output = {} }: RegistrationSpec): Pick<PodRequest, "secretsOf"> {
  if (!hasSecrets(output)) return {};
  return {
    secretsOf: (given) =>
      secretPaths(output, given).flatMap((path) => {
        const value = lookUp(given, toPointer(path));
        return typeof value === "string" ? [value] : [];
      }),
  };
}

function draftFor(job: JobRun<unknown>, spec: RegistrationSpec): Drafted {
  const { run: id, project, namespace, job: name, attempt, input } = job;
  const secret = objectName(job);
  return draftOf(spec, isObject(input) ? input : {}, { id, project, namespace, job: name, attempt, secret });
}

function detailOf(drafted: Exclude<Drafted, { readonly kind: "draft" }>): Params {
  if (drafted.kind === "missing") return { detail: "PlaceEmpty", place: drafted.path };
  if (drafted.kind === "pods") return { detail: "PodsOutside", pods: drafted.given, most: MOST_PODS };
  return { detail: "SecretInTemplate" };
}

async function isolatedOf(
  job: JobRun<unknown>,
  order: TierOrder,
  draft: PodDraft,
): Promise<{ readonly ok: true; readonly pod: IsolatedPod } | { readonly ok: false; readonly outcome: JobOutcome }> {
  try {
    return { ok: true, pod: await order.isolate(draft, job) };
  } catch (error) {
    if (error instanceof ClusterError) return { ok: false, outcome: refusal(error) };
    throw error;
  }
}

function rejected(why: Reason): JobOutcome {
  return { phase: "rejected", reason: why, evidence: [], retryable: false };
}
