// Turns the filled template of a registered type into the isolated pod. Everything that can be refused is refused
// before anything is created. Then the namespace, the service account and its rights are created, and the pod and its
// network policy are returned to the caller, which creates them (src/jobs/pods/podRun.ts).
import type { JobRun } from "../../../catalog/job.ts";
import { renderNetworkPolicy } from "../../../isolation/cluster/networkPolicy.ts";
import { renderJobPod } from "../../../isolation/pod/renderPod.ts";
import { withRetries } from "../../../jobs/waiting/retryCluster.ts";
import { hasErrors, type Problem, problem } from "../../../model/problems/problem.ts";
import type { RegisteredType } from "../../registration/registeredType.ts";
import type { IsolatedPod, PodDraft } from "../tiers/tier.ts";
import type { TypeDependencies } from "../typeDependencies.ts";
import { ensureRunNamespace } from "./namespace.ts";
import { callbackPlace, reachOf } from "./network.ts";
import { podOrderOf } from "./podOrder.ts";
import { accountOf, giveRights } from "./rights.ts";

interface Means {
  readonly type: RegisteredType;
  readonly context: TypeDependencies;
}

/** Throws a `ClusterError` when the cluster refuses the namespace, the account or its rights. */
export async function isolate(draft: PodDraft, job: JobRun<unknown>, means: Means): Promise<IsolatedPod> {
  const { attempt } = job.clocks;
  const place = { ...job, ...(attempt === undefined ? {} : { attemptLimit: attempt }) };
  const { registration } = means.type;
  const granted = means.type.grants(job.project);
  if (!granted.ok) return refusedPod([unreadableGrants(registration.metadata.name, job.project, granted.fields)]);
  const { grants } = granted;
  const order = podOrderOf({ registration, grants }, place, means.context.runtime);
  const { pod, problems } = renderJobPod(draft.template, order);
  const { account, problems: rightless } = accountOf(order, job.namespace);
  const refused = [...problems, ...rightless];
  if (pod === null || hasErrors(refused)) return refusedPod(refused);

  const told = await callbackOf(draft, job, means.context);
  if (!told.ok) return refusedPod([told.problem]);
  const reach = await reachOf(job, order, told.callback);
  const { targets } = draft;
  const peers = draft.pods > 1;
  const callback = told.callback === undefined ? {} : { callback: told.callback };
  const { policy, problems: unreachable } = renderNetworkPolicy({ ...order, ...reach, targets, peers, ...callback });
  if (policy === null || hasErrors(unreachable)) return refusedPod(unreachable);

  const { cluster, signal, project } = job;
  const { devices } = grants;
  await withRetries(job, () => ensureRunNamespace({ cluster, project, devices, network: reach.cluster, signal }));
  if (account !== null) await giveRights(job, account);
  return {
    problems: [],
    labels: pod.metadata.labels ?? {},
    annotations: pod.metadata.annotations ?? {},
    spec: pod.spec,
    alongside: [policy, ...(account === null ? [] : [account.account])],
  };
}

function unreadableGrants(type: string, project: string, fields: string): Problem {
  return problem("GrantUnreadable", "/capabilities", { type, project, fields });
}

type Told = { readonly ok: true; readonly callback?: string } | { readonly ok: false; readonly problem: Problem };

/**
 * A program that cannot reach the server could never report its end, so it is refused. In a sandbox nothing runs, so it
 * is not checked.
 */
async function callbackOf(draft: PodDraft, { cluster }: JobRun<unknown>, { resolve }: TypeDependencies): Promise<Told> {
  if (draft.callback === undefined || cluster.kind === "sandbox") return { ok: true };
  const place = await callbackPlace(draft.callback, resolve);
  if (place.ok) return { ok: true, callback: place.destination };
  const { origin } = new URL(draft.callback);
  return { ok: false, problem: problem("CallbackUnreachable", ["runtime"], { url: origin, detail: place.detail }) };
}

function refusedPod(problems: readonly Problem[]): IsolatedPod {
  return { problems, labels: {}, annotations: {}, spec: {}, alongside: [] };
}
