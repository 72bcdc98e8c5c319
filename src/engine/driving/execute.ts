// Runs one attempt of one job: finds its type, gives it what it needs, and enforces its clocks. Whatever a job type
// does, `executeAttempt` returns: an outcome, "cancelled", or "left" when this process lost the run and the next driver
// resumes the attempt. It throws only when the disk of the store is full, because that is no outcome of the job.
import type { JobDefinition } from "../../catalog/define.ts";
import type { JobInventory, JobOutcome, JobRun } from "../../catalog/job.ts";
import type { Json } from "../../model/data/json.ts";
import { isSealed } from "../../model/document/sealed.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { explainProblem, type Problem } from "../../model/problems/problem.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { parseData } from "../../plan/fields/zodProblems.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { expiredOutcome, type Interruption } from "../deciding/attemptOutcome.ts";
import type { Attempt, AttemptDependencies, AttemptProgress, AttemptResult } from "./attempt.ts";
import { type RunningClock, startAttemptClocks } from "./attemptClocks.ts";
import { callbackOf } from "./callback.ts";
import { eventOf } from "./driver.ts";
import { fenced } from "./fencedCluster.ts";
import { LOCK_LOST } from "./heldLocks.ts";
import { messagesOf } from "./jobMessages.ts";
import { settledOutput } from "./outputs.ts";
import { ownedObject } from "./recordRunIntents.ts";

/**
 * Milliseconds that a job type may take to return after its signal aborted. After that, the result of the type is
 * ignored.
 */
const GRACE = 5_000;
/**
 * The least time, in milliseconds, of a resumed attempt. Its clocks went on without a driver, and it may have reached
 * its goal meanwhile.
 */
const RESUMED_LEAST = 60_000;
/** Milliseconds that a resumed job needs to read its messages, when it only waits for people or for a time. */
export const PARKED_LEAST = 2_000;
/** Milliseconds that stopping a job on the cluster may take. A single pod already has 30 s to end. */
const CANCEL_LIMIT = 60_000;

export async function executeAttempt(dependencies: AttemptDependencies, attempt: Attempt): Promise<AttemptResult> {
  const { run, job } = attempt;
  const definition = dependencies.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
  const cluster = await dependencies.clusters.find(run.cluster);
  if (definition === undefined) return failed(reason("TypeUnknown", { type: job.plan.type }));
  if (cluster === undefined) return failed(reason("ClusterUnknown", { cluster: run.cluster }));

  const ending = new AbortController();
  const watch = { now: dependencies.clock.now(), pauses: run.pauses };
  const clocks = startAttemptClocks(attempt, {
    watch,
    least: (left) => leastOf(attempt, definition, left),
    until: ending.signal,
  });
  const stop = AbortSignal.any([attempt.cancelled, attempt.lost, attempt.displaced, clocks.expired]);

  let last: AttemptProgress = { reason: job.reason, evidence: job.evidence, phase: openPhase(job) };
  const signal = AbortSignal.any([stop, ending.signal]);
  const context: JobRun<unknown> = {
    ...scopeOf(dependencies, attempt),
    cluster: fenced(cluster, attempt.holds, run.revision),
    signal,
    park: (until) => void attempt.wait(until),
    messages: () => messagesOf(dependencies, attempt, { signal, parks: definition.parks === true }),
    conceal: (texts) => attempt.mask.conceal(texts),
    report(why, evidence = [], phase = "running") {
      last = { reason: attempt.mask.reason(why), evidence: attempt.mask.evidence(evidence), phase };
      clocks.note(phase);
      attempt.report(last);
    },
  };
  try {
    const result = await Promise.race([
      runType(attempt, { definition, context }),
      afterGrace(dependencies, stop, ending.signal),
    ]);
    if (attempt.lost.aborted || !attempt.holds()) return "left";
    if (attempt.cancelled.aborted) return await cancelType(dependencies, attempt, { definition, context });
    if (attempt.displaced.aborted) return LOCK_LOST(attempt.locks.map((one) => one.key).join(", "));
    const clock = clocks.ended();
    if (clock !== undefined) return await overdue(dependencies, attempt, { definition, context, clock, last });
    if (result === "silent") return broken("the attempt was stopped, but none of its clocks had ended");
    return attempt.mask.outcome(settledOutput(dependencies, attempt, { definition, outcome: result }));
  } finally {
    ending.abort();
  }
}

/**
 * Milliseconds that a clock leaves at least to a resumed attempt. A job that waits for people or for a time was parked
 * on purpose and is resumed before its time is over, so it gets extra time only when no process was there in time.
 */
function leastOf({ resumed }: Attempt, { parks }: JobDefinition, left: number): number {
  if (!resumed) return 0;
  if (parks === true) return left > 0 ? 0 : PARKED_LEAST;
  return RESUMED_LEAST;
}

/** A resumed attempt keeps its phase; a new one is running. */
function openPhase(job: Job): "pending" | "running" {
  return job.phase === "pending" ? "pending" : "running";
}

/**
 * Stops the objects of the job on the cluster, as a cancel does, so that nothing still runs there after the job has
 * ended.
 */
async function overdue(
  dependencies: Dependencies<"clock" | "log">,
  attempt: Attempt,
  type: TypeCall & { readonly clock: RunningClock; readonly last: AttemptProgress },
): Promise<JobOutcome> {
  if (type.definition.step !== undefined) await stopType(dependencies, attempt, type);
  return expiredOutcome(type.clock, { ...type.last, pending: type.last.phase === "pending" });
}

async function runType({ mask, threw }: Attempt, { definition, context }: TypeCall): Promise<JobOutcome> {
  try {
    const input = parseData(definition.input, context.input as Json, ""); // what a plan holds is JSON
    if (!input.ok) return misfit(input.problems);
    return await definition.run({ ...context, input: input.data });
  } catch (error) {
    if (error instanceof ClusterError)
      return { phase: "failed", reason: error.reason, evidence: [], retryable: error.retryable };
    if (error instanceof PlatformError && error.code === "DatabaseFull") throw error;
    if (error instanceof SecretUnreadable) return failed(reason("SecretUnreadable"));
    threw(mask.text(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    return broken(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A wrong input is a mistake of the user, because references brought its values. Nothing was begun, so the job is
 * rejected.
 */
function misfit(problems: readonly Problem[]): JobOutcome {
  const [first] = problems;
  const problemText = problems.map((one) => `${one.pointer} ${explainProblem(one, "en").message}`.trim()).join("; ");
  const why =
    first?.code === "Type" && problems.length === 1
      ? reason("WrongInput", { ...first.params, pointer: first.pointer })
      : reason("BadInput", { detail: problemText.slice(0, 500), pointer: first?.pointer ?? "" });
  return { phase: "rejected", reason: why, evidence: [], retryable: false };
}

/** A sealed value cannot be opened. Users can write a text that only looks like a sealed value. */
class SecretUnreadable extends Error {}

function opened({ vault }: Dependencies<"vault">, project: string, token: string): string {
  try {
    return vault.open(project, token);
  } catch {
    throw new SecretUnreadable();
  }
}

async function afterGrace({ clock }: Dependencies<"clock">, stop: AbortSignal, ending: AbortSignal): Promise<"silent"> {
  const either = AbortSignal.any([stop, ending]);
  if (!either.aborted)
    await new Promise<void>((resolve) => either.addEventListener("abort", () => resolve(), { once: true }));
  await clock.sleep(GRACE, ending);
  return "silent";
}

async function cancelType(
  dependencies: Dependencies<"clock" | "log">,
  attempt: Attempt,
  type: TypeCall,
): Promise<Interruption> {
  await stopType(dependencies, attempt, type);
  return { phase: "cancelled", reason: reason("CancelledBy", { actor: String(attempt.cancelled.reason) }) };
}

/** A job type together with the context that its functions are called with. */
interface TypeCall {
  readonly definition: JobDefinition;
  readonly context: JobRun<unknown>;
}

async function stopType(
  { clock, log }: Dependencies<"clock" | "log">,
  attempt: Attempt,
  type: TypeCall,
): Promise<void> {
  const stopping = new AbortController();
  const work = type.definition.cancel?.({ ...type.context, signal: stopping.signal }).catch((error: unknown) => {
    log.write("warn", "a cancelled job could not be stopped on the cluster", {
      job: attempt.job.name,
      run: attempt.run.id,
      error: attempt.mask.text(String(error)),
    });
  });
  await Promise.race([work, clock.sleep(CANCEL_LIMIT, attempt.lost)]);
  stopping.abort();
}

function broken(detail: string): JobOutcome {
  return failed(reason("InternalError", { detail }));
}

function failed(why: Reason): JobOutcome {
  return { phase: "failed", reason: why, evidence: [], retryable: false };
}

type JobRunParts = Omit<JobRun<unknown>, "cluster" | "signal" | "conceal" | "report" | "park" | "messages">;

function scopeOf(
  dependencies: Dependencies<"store" | "vault" | "clock" | "outgoing" | "publicUrl">,
  { run, job, mask, input, locks, runTime }: Attempt,
): JobRunParts {
  const { project, application } = run;
  const key = (content: string) => ({ project, application, component: job.plan.component, content });
  return {
    project,
    application,
    component: job.plan.component,
    namespace: run.namespace,
    run: run.id,
    runNumber: run.number,
    job: job.name,
    revision: run.revision,
    attempt: job.attempt,
    locks,
    clocks: job.plan.clocks ?? {},
    onShort: job.plan.onShort ?? "wait",
    waitingSince: waitingSince(job, dependencies.clock.now().getTime()),
    waits: {
      lately: (flavor) => dependencies.store.waits.lately(run.cluster, flavor),
      add: (flavor, milliseconds) => dependencies.store.waits.add({ cluster: run.cluster, flavor, milliseconds }),
    },
    input,
    objects: job.plan.objects,
    clock: dependencies.clock,
    runTime,
    reveal: (text) => (isSealed(text) ? opened(dependencies, project, text) : text),
    outgoing: dependencies.outgoing,
    callback: () => callbackOf(dependencies, { run: run.id, job: job.name, attempt: job.attempt }),
    inventory: inventoryOf(dependencies, run, job),
    completions: {
      get: (content) => dependencies.store.completions.get(key(content)),
      put: (content, output) => dependencies.store.completions.put(key(content), output),
    },
    announce: (message, data) =>
      dependencies.store.events.append(
        eventOf(run, "notification", { job: job.name, message: mask.text(message), data }),
      ),
    keepLog: (lines) =>
      dependencies.store.logs.append(
        run.id,
        job.name,
        lines.map((line) => ({ ...line, text: mask.text(line.text) })),
      ),
  };
}

/**
 * Milliseconds since the epoch. The first attempt has waited since the needs of the job were met, each further one
 * since it began.
 */
function waitingSince({ attempt, dueAt, attemptAt }: Job, now: number): number {
  const at = attempt <= 1 ? (dueAt ?? attemptAt) : attemptAt;
  return at === null ? now : Date.parse(at);
}

function inventoryOf({ store }: Dependencies<"store">, run: Run, job: Job): JobInventory {
  const { project, application } = run;
  return {
    list: () => store.inventory.list(project, application),
    put: (objects) =>
      store.inventory.put(objects.map(({ object, uid }) => ownedObject(run, job.plan.component, { object, uid }))),
    forget: (objects) => store.inventory.remove(objects),
  };
}
