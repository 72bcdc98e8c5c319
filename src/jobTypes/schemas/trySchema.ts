// Compiles a schema in a thread with a deadline, so that one which takes for ever holds up nobody. Only what passed is compiled here.
// Threads are kept for the next schema, because starting one takes longer than most schemas; one that went over the deadline is ended.
import { once } from "node:events";
import { setTimeout as startTimer } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { JsonObject } from "../../model/data/json.ts";
import { formatDuration } from "../../model/document/duration.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";

/** Of the thread's own time on a processor: on a busy machine, it is not the schema that is slow. */
const DEADLINE = 1_500;
/** However little it got of a processor. */
const PATIENCE = 8_000;
const LOOK_EVERY = 250;
/** Of the compiler alone, once it is done in the thread that answers everybody. */
const LONGEST_COMPILE = 300;
const MOST_THREADS = 2;
/** Compiled code is never given back: a thread does not live for ever. */
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
  /** The thread can take another one. */
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
    // Out of memory, most of all.
    const fail = (error: Error): void =>
      settle({ said: { ok: false, detail: error.message.slice(0, 200) }, alive: false });
    worker.on("message", hear).on("error", fail);
  });
}

async function untilLate(worker: Worker, before: NodeJS.CpuUsage, answered: AbortSignal): Promise<TrialResult> {
  for (let waited = 0; waited < PATIENCE && !answered.aborted; waited += LOOK_EVERY) {
    await setTimeout(LOOK_EVERY, undefined, { signal: answered }).catch(() => undefined);
    // A thread that ended has answered by its error.
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
  // Without a listener, a thread that fails while nobody asks it would end the process.
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

/** For whoever waits longest. */
async function replace(): Promise<void> {
  const next = waiting.shift();
  if (next !== undefined) next(await started());
}

function end({ worker }: Thread): void {
  threads -= 1;
  void worker.terminate();
}
