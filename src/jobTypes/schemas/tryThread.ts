// Runs in a worker thread: it compiles one schema after the other and reports the result of each. trySchema.ts
// terminates the thread when a schema takes too long.
import { parentPort } from "node:worker_threads";
import type { JsonObject } from "../../model/data/json.ts";
import { compileSchema } from "./ajv.ts";
import { schemaCompiler } from "./compiler.ts";
import { patternsOf } from "./schemaTraps.ts";

parentPort?.on("message", (schema: JsonObject) => parentPort?.postMessage(tried(schema))); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread is no window

parentPort?.postMessage("ready"); // oxlint-disable-line unicorn/require-post-message-target-origin -- likewise

function tried(schema: JsonObject) {
  try {
    const wrong = wrongPattern(schema);
    if (wrong !== undefined) return { ok: false, ...wrong };
    compileSchema(schema)({});
    const before = process.threadCpuUsage();
    compileSchema(schema, "tried")({});
    // The processor time that the main thread will need, independent of the load of the machine.
    return { ok: true, milliseconds: process.threadCpuUsage(before).user / 1_000 };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const detail = error instanceof RangeError ? "it is too large for the compiler" : words;
    return { ok: false, detail: detail.slice(0, 300) };
  }
}

/** The first pattern that RE2 does not accept. */
function wrongPattern(schema: JsonObject): { readonly detail: string; readonly pattern: string } | undefined {
  for (const { pattern, pointer } of patternsOf(schema)) {
    try {
      schemaCompiler().RE2JS.compile(pattern);
    } catch (error) {
      return { detail: error instanceof Error ? error.message.slice(0, 200) : "unreadable", pattern: pointer };
    }
  }
  return undefined;
}
