// A Job among plain objects runs to its end and may then be removed, by its own ttlSecondsAfterFinished or by a person.
// It still counts as done: kubemin stores the content of a Job that completed, and neither reports it missing nor
// creates it again. This file computes the key of that content; src/jobs/objects/finished.ts stores it.
import { createHash } from "node:crypto";
import { listAt } from "../data/fieldReaders.ts";
import { canonicalJson } from "../data/json.ts";
import type { Manifest } from "./manifest.ts";

/** Conditions with which the Job controller ends a Job. With the last two it still waits for pods that are ending. */
const ENDS: ReadonlySet<unknown> = new Set(["Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"]);

/**
 * Whether the Job has ended, so that it creates no pod and keeps none running. A Job whose pods only try to start (they
 * wait in a queue, or their image cannot be pulled) has not ended.
 */
export function hasFinished(job: Manifest): boolean {
  return listAt(job, "status", "conditions").some((one) => ENDS.has(one["type"]) && one["status"] === "True");
}

/** Undefined when the object is not a Job. */
export function finishedContent({ kind, metadata, ...rest }: Manifest): string | undefined {
  if (kind !== "Job") return undefined;
  const what = canonicalJson({ name: metadata.name, namespace: metadata.namespace ?? "", spec: rest["spec"] ?? null });
  return `job/${createHash("sha256").update(what).digest("hex")}`;
}
