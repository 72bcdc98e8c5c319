// An attempt as its pod sees it, and what is taken back when it ends.
import type { JobRun } from "../../../catalog/job.ts";
import { runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import type { RegisteredType } from "../../registration/registeredType.ts";
import { podOrderOf } from "./podOrder.ts";
import { accountOf, takeBack } from "./rights.ts";

/** In the project's own namespace, wherever the application lives. */
export function runPlace<I>(job: JobRun<I>): JobRun<I> {
  return { ...job, namespace: runNamespaceOf(job.project) };
}

export async function leavePlace(job: JobRun<unknown>, type: RegisteredType): Promise<void> {
  const { account } = accountOf(podOrderOf(type, job), job.namespace);
  if (account !== null) await takeBack(job, runPlace(job), account);
}
