// The account of one attempt and what it may do with the API of the cluster: there before its pod, gone with it. The account is owned by
// the Job; the rights may lie in another namespace, where nothing can own them, so they are taken back when the attempt ends.
import type { JobRun } from "../../../catalog/job.ts";
import { jobAccount } from "../../../isolation/cluster/projectNamespace.ts";
import { jobRights } from "../../../isolation/cluster/rights.ts";
import type { PodOrder } from "../../../isolation/policy/order.ts";
import { removeUnowned } from "../../../jobs/pods/podRun.ts";
import { patiently } from "../../../jobs/waiting/retryCluster.ts";
import { type Manifest, refOf } from "../../../model/kubernetes/manifest.ts";
import type { Problem } from "../../../model/problems/problem.ts";

interface AttemptAccount {
  readonly account: Manifest;
  readonly rights: readonly Manifest[];
}

/** Null: the type asks for none. `target`: the namespace that the user named. */
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
    await patiently(job, () => job.cluster.apply(object, { signal: job.signal, reveal: (text) => text }));
}

/** `inside`: the attempt as its pod sees it. The account goes with the Job, where there ever was one. */
export async function takeBack(
  job: JobRun<unknown>,
  inside: JobRun<unknown>,
  { account, rights }: AttemptAccount,
): Promise<void> {
  await removeUnowned(inside, account);
  for (const object of [...rights].reverse()) {
    const live = await job.cluster.read(refOf(object), job.signal);
    const uid = live?.metadata.uid;
    if (uid !== undefined) await job.cluster.remove(refOf(object), { signal: job.signal, uid });
  }
}
