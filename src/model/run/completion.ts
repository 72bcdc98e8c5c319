// The stored record of work that runs once for its content (a task, a Job): its output, and the number of the run of
// its application that did it. src/jobs/task.ts and src/jobs/objects/finished.ts write and read it.
import type { JsonObject } from "../data/json.ts";

const RUN = "run";

export function completionOf(output: JsonObject, run: number): JsonObject {
  return { ...output, [RUN]: run };
}

/** `run` is undefined when an earlier version of kubemin wrote the record. */
export function readCompletion(kept: JsonObject): { readonly output: JsonObject; readonly run: number | undefined } {
  const { [RUN]: run, ...output } = kept;
  return { output, run: typeof run === "number" ? run : undefined };
}
