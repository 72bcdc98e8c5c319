// Where an attempt of a registered type runs (the job namespace of its project), and the cleanup of its rights after
// the end.
import type { JobRun } from "../../../catalog/job.ts";
import { runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import { NO_GRANTS } from "../../../isolation/policy/capability.ts";
import type { RegisteredType } from "../../registration/registeredType.ts";
import { podOrderOf } from "./podOrder.ts";
import { accountOf, takeBack } from "./rights.ts";

/** The job with the job namespace of its project instead of the namespace of the application. */
export function runPlace<I>(job: JobRun<I>): JobRun<I> {
  return { ...job, namespace: runNamespaceOf(job.project) };
}

export async function leavePlace(job: JobRun<unknown>, type: RegisteredType): Promise<void> {
  // The rights follow from the registration. Grants that cannot be read do not keep them from being removed.
  const { registration } = type;
  const { account } = accountOf(podOrderOf({ registration, grants: NO_GRANTS }, job), job.namespace);
  if (account !== null) await takeBack(job, runPlace(job), account);
}
