// The service account of one attempt and its rights at the API of the cluster. Both are created before the pod. The Job
// owns the account, so the cluster removes it with the Job. The rights may be in another namespace, where the Job
// cannot own them, so they are removed here when the attempt ends.
import type { JobRun } from "../../../catalog/job.ts";
import { jobAccount } from "../../../isolation/cluster/projectNamespace.ts";
import { jobRights } from "../../../isolation/cluster/rights.ts";
import type { PodOrder } from "../../../isolation/policy/order.ts";
import { removeUnowned } from "../../../jobs/pods/podRun.ts";
import { withRetries } from "../../../jobs/waiting/retryCluster.ts";
import { type Manifest, refOf } from "../../../model/kubernetes/manifest.ts";
import type { Problem } from "../../../model/problems/problem.ts";

interface AttemptAccount {
  readonly account: Manifest;
  readonly rights: readonly Manifest[];
}

/** `account` is `null` when the type asks for no rights. `target`: the namespace that the user named. */
export function accountOf(
  order: PodOrder,
  target: string,
): { readonly account: AttemptAccount | null; readonly problems: readonly Problem[] } {
  if (order.identity.account === undefined) return { account: null, problems: [] };
  const { objects, problems } = jobRights({ ...order, target });
  return { account: { account: jobAccount(order.identity), rights: objects }, problems };
}

export async function giveRights(job: JobRun<unknown>, { account, rights }: AttemptAccount): Promise<void> {
  for (const object of [account, ...rights])
    await withRetries(job, () => job.cluster.apply(object, { signal: job.signal, reveal: (text) => text }));
}

/** `inside`: the job in its job namespace. The account is removed here only if no Job owns it. */
export async function takeBack(
  job: JobRun<unknown>,
  inside: JobRun<unknown>,
  { account, rights }: AttemptAccount,
): Promise<void> {
  await removeUnowned(inside, { ...refOf(account), namespace: inside.namespace });
  for (const object of [...rights].reverse()) {
    const live = await job.cluster.read(refOf(object), job.signal);
    const uid = live?.metadata.uid;
    if (uid !== undefined) await job.cluster.remove(refOf(object), { signal: job.signal, uid });
  }
}
