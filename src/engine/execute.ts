// One attempt of one job: looks its type up, gives it what it needs, and holds it to its deadline.
// Whatever a job type does, this returns: an outcome, "cancelled", or "left" when the process stops and somebody else shall go on.
// It throws only when the disk of the store is full: that is no outcome of the job.
import type { JobDefinition } from "../catalog/define.ts";
import type { JobInventory, JobOutcome, JobRun } from "../catalog/job.ts";
import { PlatformError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import { toPointer } from "../model/pointer.ts";
import { reason } from "../model/reason.ts";
import type { Job, Run } from "../model/run.ts";
import { isSealed } from "../model/sealed.ts";
import { ClusterError } from "../ports/cluster.ts";
import type { Attempt, AttemptResult, Progress } from "./attempt.ts";
import { holdToClocks, type RunningClock } from "./attemptClocks.ts";
import { callbackOf } from "./callback.ts";
import { eventOf } from "./driver.ts";
import { fenced } from "./fenced.ts";
import { ownedObject } from "./intend.ts";
import { LOCK_LOST } from "./locks.ts";
import { messagesOf } from "./messages.ts";
import { guardedOutput, openedOutput } from "./outputs.ts";
import { gaveUp, type Interruption } from "./settle.ts";
import type { World } from "./world.ts";

/** How long a job type may take to return after its signal aborted. It is then left behind; its later answers change nothing. */
const GRACE = 5_000;
/** The clock went on while nobody was there: what a job may have reached meanwhile has to be looked at before it is given up. */
const RESUMED_LEAST = 60_000;
/** A job that only waits for people or for time needs no longer than this to see what came for it. */
export const PARKED_LEAST = 2_000;
/** How long stopping it on the cluster may take: a pod alone has 30 s to end. */
const CANCEL_LIMIT = 60_000;
/** Of an output as JSON: it is part of every later step's context. What is larger belongs into a volume or a store of objects. */
const OUTPUT_LIMIT = 64 * 1024;

export async function executeAttempt(world: World, attempt: Attempt): Promise<AttemptResult> {
  const { run, job } = attempt;
  const definition = world.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
  const cluster = await world.clusters.find(run.cluster);
  if (definition === undefined) return broken(`there is no job type ${job.plan.type}`);
  if (cluster === undefined)
    return broken(
      `cluster ${run.cluster} is not known to this server: register it, or start the server with its context`,
    );

  const ending = new AbortController();
  const watch = { now: world.clock.now(), pauses: run.pauses };
  const clocks = holdToClocks(attempt, {
    watch,
    least: (left) => leastOf(attempt, definition, left),
    until: ending.signal,
  });
  const stop = AbortSignal.any([attempt.cancelled, attempt.lost, attempt.displaced, clocks.expired]);

  let last: Progress = { reason: job.reason, evidence: job.evidence, phase: isPending(job) };
  const signal = AbortSignal.any([stop, ending.signal]);
  const context: JobRun<unknown> = {
    ...scopeOf(world, attempt),
    cluster: fenced(cluster, attempt.holds, run.revision),
    signal,
    park: (until) => void attempt.wait(until),
    messages: () => messagesOf(world, attempt, { signal, parks: definition.parks === true }),
    conceal: (texts) => attempt.mask.conceal(texts),
    report(why, evidence = [], phase = "running") {
      last = { reason: attempt.mask.reason(why), evidence: attempt.mask.evidence(evidence), phase };
      clocks.note(phase);
      attempt.report(last);
    },
  };
  try {
    const result = await Promise.race([
      runType(world, attempt, { definition, context }),
      afterGrace(world, stop, ending.signal),
    ]);
    if (attempt.lost.aborted || !attempt.holds()) return "left";
    if (attempt.cancelled.aborted) return await cancelType(world, attempt, { definition, context });
    if (attempt.displaced.aborted) return LOCK_LOST(attempt.locks.map((one) => one.key).join(", "));
    const clock = clocks.ended();
    if (clock !== undefined) return await overdue(world, attempt, { definition, context, clock, last });
    if (result === "silent") return broken("it was stopped by no clock");
    return attempt.mask.outcome(settledOutput(world, attempt, { definition, outcome: result }));
  } finally {
    ending.abort();
  }
}

/**
 * Milliseconds that each clock leaves to an attempt that is taken up. A job that waits for people or for time was left alone on purpose and is
 * taken up before its time is over, so it gets more only when no process was there in time.
 */
function leastOf({ resumed }: Attempt, { parks }: JobDefinition, left: number): number {
  if (!resumed) return 0;
  if (parks === true) return left > 0 ? 0 : PARKED_LEAST;
  return RESUMED_LEAST;
}

function isPending(job: Job): "pending" | "running" {
  return job.phase === "pending" ? "pending" : "running";
}

/** What is left of it on the cluster is stopped as at a cancel, so that nothing goes on behind a job that is called ended. */
async function overdue(
  world: World,
  attempt: Attempt,
  type: Stopping & { readonly clock: RunningClock; readonly last: Progress },
): Promise<JobOutcome> {
  if (type.definition.step !== undefined) await stopType(world, attempt, type);
  return gaveUp(type.clock, { ...type.last, pending: type.last.phase === "pending" });
}

/** What it gave, checked as it is and kept as it may be: what its type calls secret as a token, what it was given as a secret not at all. */
function settledOutput(
  world: World,
  attempt: Attempt,
  { definition, outcome }: { readonly definition: JobDefinition; readonly outcome: JobOutcome },
): JobOutcome {
  if (outcome.phase !== "succeeded" || outcome.output === undefined) return checkedOutput(definition, outcome, {});
  const { run, mask } = attempt;
  const kept = guardedOutput(world, { run, definition, mask }, outcome.output);
  const checked = checkedOutput(definition, outcome, openedOutput(world, { run, definition }, outcome.output));
  // Components give addresses and names, and secrets only as what they refer to.
  return checked.phase === "succeeded" && attempt.job.plan.step !== undefined ? { ...checked, output: kept } : checked;
}

function checkedOutput(definition: JobDefinition, outcome: JobOutcome, opened: JsonObject): JobOutcome {
  if (outcome.phase !== "succeeded") return outcome;
  const size = JSON.stringify(opened).length;
  if (size > OUTPUT_LIMIT) return badOutput(`it has ${size} characters, at most ${OUTPUT_LIMIT} are kept`);
  if (definition.output === undefined) return outcome;
  const output = definition.output.safeParse(opened);
  if (output.success) return outcome;
  const detail = output.error.issues.map((issue) => `${toPointer(issue.path.map(String))} ${issue.message}`).join("; ");
  return badOutput(detail.slice(0, 500));
}

function badOutput(detail: string): JobOutcome {
  return { phase: "failed", reason: reason("BadOutput", { detail }), evidence: [], retryable: false };
}

async function runType(world: World, { mask }: Attempt, { definition, context }: Stopping): Promise<JobOutcome> {
  try {
    const input = definition.input.safeParse(context.input);
    if (!input.success) return broken(`the plan's input does not fit job type ${definition.name}`);
    return await definition.run({ ...context, input: input.data });
  } catch (error) {
    if (error instanceof ClusterError)
      return { phase: "failed", reason: error.reason, evidence: [], retryable: error.retryable };
    if (error instanceof PlatformError && error.code === "DatabaseFull") throw error;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.brakes.noteThrow(definition.name, mask.text(stack));
    return broken(error instanceof Error ? error.message : String(error));
  }
}

async function afterGrace(world: World, stop: AbortSignal, ending: AbortSignal): Promise<"silent"> {
  const either = AbortSignal.any([stop, ending]);
  if (!either.aborted)
    await new Promise<void>((resolve) => either.addEventListener("abort", () => resolve(), { once: true }));
  await world.clock.sleep(GRACE, ending);
  return "silent";
}

async function cancelType(world: World, attempt: Attempt, type: Stopping): Promise<Interruption> {
  await stopType(world, attempt, type);
  return { phase: "cancelled", reason: reason("CancelledBy", { actor: String(attempt.cancelled.reason) }) };
}

interface Stopping {
  readonly definition: JobDefinition;
  readonly context: JobRun<unknown>;
}

async function stopType(world: World, attempt: Attempt, type: Stopping): Promise<void> {
  const stopping = new AbortController();
  const work = type.definition.cancel?.({ ...type.context, signal: stopping.signal }).catch((error: unknown) => {
    world.log.write("warn", "a cancelled job could not be stopped on the cluster", {
      job: attempt.job.name,
      run: attempt.run.id,
      error: attempt.mask.text(String(error)),
    });
  });
  await Promise.race([work, world.clock.sleep(CANCEL_LIMIT, attempt.lost)]);
  stopping.abort();
}

function broken(detail: string): JobOutcome {
  return { phase: "failed", reason: reason("InternalError", { detail }), evidence: [], retryable: false };
}

type Scope = Omit<JobRun<unknown>, "cluster" | "signal" | "conceal" | "report" | "park" | "messages">;

function scopeOf(world: World, { run, job, mask, input, locks, runTime }: Attempt): Scope {
  const { project, application } = run;
  const key = (content: string) => ({ project, application, component: job.plan.component, content });
  return {
    project,
    application,
    component: job.plan.component,
    namespace: run.namespace,
    run: run.id,
    job: job.name,
    revision: run.revision,
    attempt: job.attempt,
    locks,
    clocks: job.plan.clocks ?? {},
    onShort: job.plan.onShort ?? "wait",
    waitingSince: waitingSince(job, world.clock.now().getTime()),
    waits: {
      lately: (flavor) => world.store.waits.lately(run.cluster, flavor),
      add: (flavor, milliseconds) => world.store.waits.add({ cluster: run.cluster, flavor, milliseconds }),
    },
    input,
    objects: job.plan.objects,
    clock: world.clock,
    runTime,
    reveal: (text) => (isSealed(text) ? world.vault.open(project, text) : text),
    outgoing: world.outgoing,
    callback: () => callbackOf(world, { run: run.id, job: job.name, attempt: job.attempt }),
    inventory: inventoryOf(world, run, job),
    completions: {
      get: (content) => world.store.completions.get(key(content)),
      put: (content, output) => world.store.completions.put(key(content), output),
    },
    announce: (message, data) =>
      world.store.events.append(eventOf(run, "notification", { job: job.name, message: mask.text(message), data })),
    keepLog: (lines) =>
      world.store.logs.append(
        run.id,
        job.name,
        lines.map((line) => ({ ...line, text: mask.text(line.text) })),
      ),
  };
}

/** The first attempt waits since its needs were there, each further one since it began. */
function waitingSince({ attempt, dueAt, attemptAt }: Job, now: number): number {
  const at = attempt <= 1 ? (dueAt ?? attemptAt) : attemptAt;
  return at === null ? now : Date.parse(at);
}

function inventoryOf(world: World, run: Run, job: Job): JobInventory {
  const { project, application } = run;
  return {
    list: () => world.store.inventory.list(project, application),
    put: (objects) =>
      world.store.inventory.put(
        objects.map(({ object, uid }) => ownedObject(run, job.plan.component, { object, uid })),
      ),
    forget: (objects) => world.store.inventory.remove(objects),
  };
}
