// Compiles a new schema in a thread with a deadline, so that a slow schema does not block the server. Only schemas that
// passed are compiled in the main thread. Threads are reused, because starting one takes longer than compiling most
// schemas. A thread that exceeds the deadline is terminated.
import { once } from "node:events";
import { setTimeout as startTimer } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { JsonObject } from "../../model/data/json.ts";
import { formatDuration } from "../../model/document/duration.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";

/** Milliseconds of processor time of the thread. Elapsed time would also count other work of a busy machine. */
const DEADLINE = 1_500;
/** Milliseconds of elapsed time, regardless of how much processor time the thread got. */
const PATIENCE = 8_000;
const LOOK_EVERY = 250;
/** Milliseconds of processor time for the compilation alone, which the main thread has to repeat. */
const LONGEST_COMPILE = 300;
const MOST_THREADS = 2;
/** The memory of compiled code is never freed, so a thread is replaced after this number of schemas. */
const MOST_SCHEMAS = 200;
const IDLE = 60_000;
const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";

type Said =
  | { readonly ok: true; readonly milliseconds: number }
  | { readonly ok: false; readonly detail: string; readonly pattern?: string };

interface Thread {
  readonly worker: Worker;
  schemas: number;
  idle?: NodeJS.Timeout;
}

const free: Thread[] = [];
const waiting: ((thread: Thread) => void)[] = [];
let threads = 0;

export async function trySchema(schema: JsonObject, pointer: string): Promise<Problem | null> {
  const thread = await take();
  const { said, alive } = await ask(thread.worker, schema);
  giveBack(thread, alive);
  const tooSlow = (limit: number): Problem => problem("SchemaTooSlow", pointer, { limit: formatDuration(limit) });
  if (said === "late") return tooSlow(DEADLINE);
  if (!said.ok && said.pattern !== undefined)
    return problem("SchemaPattern", pointer + said.pattern, { detail: said.detail });
  if (!said.ok) return problem("SchemaInvalid", pointer, { detail: said.detail });
  return said.milliseconds > LONGEST_COMPILE ? tooSlow(LONGEST_COMPILE) : null;
}

interface TrialResult {
  readonly said: Said | "late";
  /** Whether the thread can compile another schema. */
  readonly alive: boolean;
}

async function ask(worker: Worker, schema: JsonObject): Promise<TrialResult> {
  const answered = new AbortController();
  const before = await worker.cpuUsage();
  const said = answerOf(worker);
  worker.postMessage(schema); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread is no window
  try {
    return await Promise.race([said, untilLate(worker, before, answered.signal)]);
  } finally {
    answered.abort();
  }
}

function answerOf(worker: Worker): Promise<TrialResult> {
  return new Promise((resolve) => {
    const settle = (asked: TrialResult): void => {
      worker.off("message", hear).off("error", fail);
      resolve(asked);
    };
    const hear = (said: Said): void => settle({ said, alive: true });
    // The usual cause is that the thread ran out of memory.
    const fail = (error: Error): void =>
      settle({ said: { ok: false, detail: error.message.slice(0, 200) }, alive: false });
    worker.on("message", hear).on("error", fail);
  });
}

async function untilLate(worker: Worker, before: NodeJS.CpuUsage, answered: AbortSignal): Promise<TrialResult> {
  for (let waited = 0; waited < PATIENCE && !answered.aborted; waited += LOOK_EVERY) {
    await setTimeout(LOOK_EVERY, undefined, { signal: answered }).catch(() => undefined);
    // A thread that ended has no processor time to read; its "error" event gives the answer.
    const used = answered.aborted ? undefined : await worker.cpuUsage(before).catch(() => undefined);
    if (used !== undefined && (used.user + used.system) / 1_000 >= DEADLINE) break;
  }
  return { said: "late", alive: false };
}

async function take(): Promise<Thread> {
  const thread = free.pop();
  if (thread !== undefined) {
    clearTimeout(thread.idle);
    return thread;
  }
  return threads < MOST_THREADS ? started() : new Promise((resolve) => void waiting.push(resolve));
}

async function started(): Promise<Thread> {
  threads += 1;
  const file = fileURLToPath(new URL(`./tryThread.${EXTENSION}`, import.meta.url));
  const worker = new Worker(file, { env: {}, resourceLimits: { maxOldGenerationSizeMb: 128 } });
  worker.unref();
  // Without a listener, an error of an idle thread would end the process.
  worker.on("error", () => undefined);
  await once(worker, "message");
  return { worker, schemas: 0 };
}

function giveBack(thread: Thread, alive: boolean): void {
  thread.schemas += 1;
  if (!alive || thread.schemas >= MOST_SCHEMAS) {
    end(thread);
    void replace();
    return;
  }
  const next = waiting.shift();
  if (next !== undefined) return next(thread);
  free.push(thread);
  thread.idle = startTimer(() => {
    free.splice(free.indexOf(thread), 1);
    end(thread);
  }, IDLE).unref();
}

/** Starts a new thread for the schema that has waited longest, if there is one. */
async function replace(): Promise<void> {
  const next = waiting.shift();
  if (next !== undefined) next(await started());
}

function end({ worker }: Thread): void {
  threads -= 1;
  void worker.terminate();
}
