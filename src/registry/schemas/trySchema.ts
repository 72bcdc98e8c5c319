// Compiles a schema in a thread with a deadline, so that one which takes for ever holds up nobody. Only what passed is compiled here.
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { formatDuration } from "../../model/duration.ts";
import type { JsonObject } from "../../model/json.ts";
import { type Problem, problem } from "../../model/problem.ts";

/** The thread's own start is a part of it. */
const DEADLINE = 1_800;
/** Of the compiler alone, once it is done in the thread that answers everybody. */
const LONGEST_COMPILE = 300;
const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";

type Said = { readonly ok: true; readonly milliseconds: number } | { readonly ok: false; readonly detail: string };

export function trySchema(schema: JsonObject, pointer: string): Promise<Problem | null> {
  const file = fileURLToPath(new URL(`./tryThread.${EXTENSION}`, import.meta.url));
  const thread = new Worker(file, { workerData: schema, env: {}, resourceLimits: { maxOldGenerationSizeMb: 128 } });
  return new Promise((resolve) => {
    const settle = (result: Problem | null): void => {
      clearTimeout(timer);
      void thread.terminate();
      resolve(result);
    };
    const tooSlow = (limit: number): void =>
      settle(problem("SchemaTooSlow", pointer, { limit: formatDuration(limit) }));
    const timer = setTimeout(() => tooSlow(DEADLINE), DEADLINE);
    thread.once("message", (said: Said) => {
      if (!said.ok) settle(problem("SchemaInvalid", pointer, { detail: said.detail }));
      else if (said.milliseconds > LONGEST_COMPILE) tooSlow(LONGEST_COMPILE);
      else settle(null);
    });
    // Out of memory, most of all.
    thread.once("error", (error) => settle(problem("SchemaInvalid", pointer, { detail: error.message.slice(0, 200) })));
  });
}
