// Where an attempt of a registered type runs (the job namespace of its project), and the cleanup of its rights after
// the end.
import type { JobRun } from "../../../catalog/job.ts";
import { runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import { NO_GRANTS } from "../../../isolation/policy/capability.ts";
import type { RegisteredType } from "../../registration/registeredType.ts";
import { capabilitiesOf, podOrderOf } from "./podOrder.ts";
import { accountOf, takeBack } from "./rights.ts";

/** The job with the job namespace of its project instead of the namespace of the application. */
export function runPlace<I>(job: JobRun<I>): JobRun<I> {
  return { ...job, namespace: runNamespaceOf(job.project) };
}

export async function leavePlace(job: JobRun<unknown>, type: RegisteredType): Promise<void> {
  // All rights that the attempt may have had are removed, whatever is granted or readable now.
  const { registration } = type;
  const grants = { ...NO_GRANTS, ...capabilitiesOf(registration.spec) };
  const { account } = accountOf(podOrderOf({ registration, grants }, job), job.namespace);
  if (account !== null) await takeBack(job, runPlace(job), account);
}
