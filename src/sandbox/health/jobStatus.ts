// The status of a Job, as far as kubemin reads it: the condition with which the Job controller says that the Job has
// ended. It is computed when the Job is read. Other kinds have no status in the sandbox.
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { refOf } from "../../model/kubernetes/manifest.ts";
import { groupKind } from "../objects/kinds.ts";
import type { StoredObject } from "../objects/sandboxObjects.ts";
import type { SandboxView } from "./healthRule.ts";
import { endOfJob } from "./job.ts";

export function withStatus(object: StoredObject, view: SandboxView): Manifest {
  const { manifest } = object;
  const end = groupKind(refOf(manifest)) === "batch/Job" ? endOfJob(object, view) : undefined;
  return end === undefined ? manifest : { ...manifest, status: { conditions: [{ type: end, status: "True" }] } };
}
