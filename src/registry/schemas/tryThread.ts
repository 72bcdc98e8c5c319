// Runs in a thread of its own: compiles one schema after the other, and says how each went. Whoever asked ends it when one takes too long.
import { parentPort } from "node:worker_threads";
import type { JsonObject } from "../../model/json.ts";
import { compileSchema } from "./ajv.ts";

parentPort?.on("message", (schema: JsonObject) => parentPort?.postMessage(tried(schema))); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread is no window

parentPort?.postMessage("ready"); // oxlint-disable-line unicorn/require-post-message-target-origin -- likewise

function tried(schema: JsonObject) {
  try {
    compileSchema(schema)({});
    const before = process.threadCpuUsage();
    compileSchema(schema, "tried")({});
    // What it costs the main thread later, whoever else is busy now.
    return { ok: true, milliseconds: process.threadCpuUsage(before).user / 1_000 };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const detail = error instanceof RangeError ? "it is too large for the compiler" : words;
    return { ok: false, detail: detail.slice(0, 300) };
  }
}
