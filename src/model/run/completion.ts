// What is kept of something that runs once for its content: what it gave, and in which run of its application that was.
import type { JsonObject } from "../data/json.ts";

const RUN = "run";

export function completionOf(output: JsonObject, run: number): JsonObject {
  return { ...output, [RUN]: run };
}

/** `run` is undefined for what an earlier version of kubemin kept. */
export function readCompletion(kept: JsonObject): { readonly output: JsonObject; readonly run: number | undefined } {
  const { [RUN]: run, ...output } = kept;
  return { output, run: typeof run === "number" ? run : undefined };
}
