// Runs in a thread of its own: compiles one schema, says how it went, ends. Whoever started it ends it when it takes too long.
import { parentPort, workerData } from "node:worker_threads";
import { compileSchema } from "./ajv.ts";

try {
  compileSchema(workerData)({});
  const before = process.threadCpuUsage();
  compileSchema(workerData, "tried")({});
  // What it costs the main thread later, whoever else is busy now.
  const { user } = process.threadCpuUsage(before);
  parentPort?.postMessage({ ok: true, milliseconds: user / 1_000 }); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread is no window
} catch (error) {
  const detail =
    error instanceof RangeError
      ? "it is too large for the compiler"
      : String(error instanceof Error ? error.message : error);
  parentPort?.postMessage({ ok: false, detail: detail.slice(0, 300) }); // oxlint-disable-line unicorn/require-post-message-target-origin -- likewise
}
