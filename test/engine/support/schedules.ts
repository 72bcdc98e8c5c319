// Plays random schedules in virtual time: several runs of random graphs that share locks. Their jobs fail, throw, hang,
// give wrong outputs or are interrupted; users cancel, pause, resume, answer and retry; the process is killed before or
// after any write and starts again. `playSchedule` returns the rules that were broken. An empty list means that every
// job ended with a reason, none was lost, and none was done twice.
import fc from "fast-check";
import { z } from "zod";
import { defineJob } from "../../../src/catalog/define.ts";
import type { JobOutcome, JobRun } from "../../../src/catalog/job.ts";
import { openSqlite } from "../../../src/database/open.ts";
import type { EngineDependencies } from "../../../src/engine/contract/dependencies.ts";
import { type Engine, startEngine } from "../../../src/engine/engine.ts";
import { createRun } from "../../../src/engine/starting/createRun.ts";
import { retryRun } from "../../../src/engine/starting/retry.ts";
import { cancelRun } from "../../../src/engine/steering/cancel.ts";
import { pauseRun } from "../../../src/engine/steering/pause.ts";
import { sendToJob } from "../../../src/engine/steering/sendToJob.ts";
import { explainReason, reason } from "../../../src/model/reasons/reason.ts";
import { isSettled } from "../../../src/model/run/phase.ts";
import type { PlannedJob } from "../../../src/model/run/plan.ts";
import type { Job, Run } from "../../../src/model/run/run.ts";
import type { ChangeResult, RunChange, Store } from "../../../src/ports/store.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtualClock.ts";
import { anyGraph } from "../jobs.ts";
import { REQUEST, simulatedDependencies } from "./simulated.ts";

const BEHAVIOURS = [
  "succeeds",
  "succeeds",
  "succeeds",
  "fails",
  "fails once",
  "is rejected",
  "is interrupted once",
  "throws",
  "hangs",
  "gives a wrong output",
  "gives too much",
  "waits for an answer",
] as const;
type Behaviour = (typeof BEHAVIOURS)[number];

type Act =
  | { readonly what: "cancel" | "skip final" | "pause" | "resume" | "retry"; readonly run: number }
  | { readonly what: "answer"; readonly run: number; readonly job: number }
  | { readonly what: "kill"; readonly how: "before" | "after"; readonly write: number };

export interface Schedule {
  readonly graphs: readonly (readonly PlannedJob[])[];
  /** What each job does, by the index of its run and its index in the graph. */
  readonly behaviours: readonly (readonly { readonly does: Behaviour; readonly takes: number }[])[];
  /** What users do, each `after` milliseconds after the act before. */
  readonly acts: readonly { readonly after: number; readonly act: Act }[];
}

interface Extras {
  readonly final: boolean;
  readonly lock: number | null;
  readonly queue: number | null;
  readonly attempt: number | null;
  readonly within: number | null;
}

const anyExtras: fc.Arbitrary<Extras> = fc.record({
  final: fc.boolean(),
  lock: fc.option(fc.nat(2), { freq: 2 }),
  queue: fc.option(fc.integer({ min: 100, max: 20_000 }), { freq: 2 }),
  attempt: fc.option(fc.integer({ min: 100, max: 20_000 }), { freq: 2 }),
  within: fc.option(fc.integer({ min: 1_000, max: 60_000 }), { freq: 2 }),
});

/**
 * The graph with random locks and clocks. The jobs of the last third are final jobs, which only other final jobs may
 * need.
 */
function dressed(graph: readonly PlannedJob[], extras: readonly Extras[]): readonly PlannedJob[] {
  const lastOrdinary = Math.ceil((graph.length * 2) / 3);
  return graph.map((job, index) => {
    const extra = extras[index];
    if (extra === undefined) return job;
    const { lock, queue, attempt, within } = extra;
    const clocks = { ...(queue === null ? {} : { queue }), ...(attempt === null ? {} : { attempt }) };
    return {
      ...job,
      component: null,
      step: { path: ["group", job.name], pointer: "" },
      clocks,
      ...(index >= lastOrdinary ? { final: true } : {}),
      ...(lock === null
        ? {}
        : { locks: [{ kind: "key" as const, name: `k${lock}`, limit: 1, onLimit: "queue" as const }] }),
      ...(within === null ? {} : { within: [{ step: `group-${lock ?? "x"}`, timeout: within }] }),
    };
  });
}

const anyRun = anyGraph.chain((graph) =>
  fc.record({
    graph: fc
      .array(anyExtras, { minLength: graph.length, maxLength: graph.length })
      .map((extras) => dressed(graph, extras)),
    behaviours: fc.array(fc.record({ does: fc.constantFrom(...BEHAVIOURS), takes: fc.nat(5_000) }), {
      minLength: graph.length,
      maxLength: graph.length,
    }),
  }),
);

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    what: fc.constantFrom(
      "cancel" as const,
      "skip final" as const,
      "pause" as const,
      "resume" as const,
      "retry" as const,
    ),
    run: fc.nat(3),
  }),
  fc.record({ what: fc.constant("answer" as const), run: fc.nat(3), job: fc.nat(24) }),
  fc.record({
    what: fc.constant("kill" as const),
    how: fc.constantFrom("before" as const, "after" as const),
    write: fc.nat(6),
  }),
);

export const anySchedule: fc.Arbitrary<Schedule> = fc
  .record({
    runs: fc.array(anyRun, { minLength: 1, maxLength: 3 }),
    acts: fc.array(fc.record({ after: fc.nat(8_000), act: anyAct }), { maxLength: 10 }),
  })
  .map(({ runs, acts }) => ({
    graphs: runs.map((run) => run.graph),
    behaviours: runs.map((run) => run.behaviours),
    acts,
  }));

/** What the jobs did outside the engine, and which jobs are working there now. */
interface Outside {
  readonly broken: string[];
  /** How often the work of each job was done, by `run job`. */
  readonly done: Map<string, number>;
  readonly starts: Map<string, number>;
  readonly holding: Map<string, string>;
  life: number;
}

function testJob(outside: Outside, doing: (job: JobRun<unknown>) => { does: Behaviour; takes: number }) {
  return defineJob({
    name: "test",
    summary: { en: "a test", zh: "测试" },
    input: z.looseObject({}),
    output: z.object({ right: z.boolean().default(true) }),
    timeout: 60_000,
    accepts: { answer: { data: z.object({}), asks: "Approval" } },
    async run(job) {
      const key = `${job.run} ${job.job}`;
      const life = outside.life;
      for (const { key: lock } of job.locks) enter(outside, { lock, key, life });
      try {
        return await behave(job, doing(job), {
          begun: () => count(outside.starts, `${key} ${job.attempt}`),
          done: () => count(outside.done, key),
        });
      } finally {
        for (const { key: lock } of job.locks)
          if (outside.holding.get(lock) === `${key} ${life}`) outside.holding.delete(lock);
      }
    },
  });
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function enter(outside: Outside, { lock, key, life }: { lock: string; key: string; life: number }): void {
  const other = outside.holding.get(lock);
  // The work of an earlier process ended when that process died.
  if (other !== undefined && other.endsWith(` ${life}`))
    outside.broken.push(`${key} and ${other} hold ${lock} at once`);
  outside.holding.set(lock, `${key} ${life}`);
}

async function behave(
  job: JobRun<unknown>,
  { does, takes }: { does: Behaviour; takes: number },
  { begun, done }: { readonly begun: () => void; readonly done: () => void },
): Promise<JobOutcome> {
  const bad = (phase: "failed" | "rejected" | "interrupted", retryable: boolean): JobOutcome => ({
    phase,
    reason: reason("TaskFailed", { exitCode: 1 }),
    evidence: [],
    retryable,
  });
  // A job that only waits may be parked and resumed any number of times. Its work begins with the answer.
  if (does === "waits for an answer") {
    job.report(reason("Approval", { message: "go on?" }));
    for await (const _ of job.messages()) break;
  }
  if (!job.signal.aborted) begun();
  job.report(reason("TaskRunning"));
  await job.clock.sleep(does === "hangs" ? 10 * 60_000 : takes, job.signal);
  if (job.signal.aborted) return bad("interrupted", true);
  if (does === "throws") throw new Error("a mistake");
  if (does === "fails" || (does === "fails once" && job.attempt === 1)) return bad("failed", true);
  if (does === "is rejected") return bad("rejected", false);
  if (does === "is interrupted once" && job.attempt === 1) return bad("interrupted", true);
  if (does === "gives a wrong output") return { phase: "succeeded", reason: reason("Ready"), output: { right: 3 } };
  if (does === "gives too much")
    return { phase: "succeeded", reason: reason("Ready"), output: { right: true, more: "x".repeat(70_000) } };
  done();
  return { phase: "succeeded", reason: reason("Ready") };
}

interface Process {
  readonly dependencies: EngineDependencies;
  readonly engine: Engine;
  dieAt: { readonly how: "before" | "after"; writes: number } | null;
  dead: boolean;
}

interface Stage {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly outside: Outside;
  readonly schedule: Schedule;
  /** Ids of the runs, with retries at the end. */
  readonly runs: string[];
  /** For each run, the index of its graph. */
  readonly graphOf: Map<string, number>;
  process: Process;
  lives: number;
}

async function live(stage: Omit<Stage, "process">): Promise<Process> {
  const { clock, store, outside, schedule, graphOf } = stage;
  outside.life = stage.lives;
  const doing = ({ run, job }: JobRun<unknown>) => {
    const graph = graphOf.get(run) ?? 0;
    const index = (schedule.graphs[graph] ?? []).findIndex((one) => one.name === job);
    return schedule.behaviours[graph]?.[index] ?? { does: "succeeds" as const, takes: 0 };
  };
  const self: { process?: Process } = {};
  const dependencies = simulatedDependencies({
    store: mortalStore(store, () => self.process),
    clock,
    job: testJob(outside, doing),
    newId: () => `run-${stage.runs.length}`,
  });
  const process: Process = { dependencies, engine: await startEngine(dependencies), dieAt: null, dead: false };
  self.process = process;
  return process;
}

/** A store that writes of a dead process do not reach. */
function mortalStore(store: Store, process: () => Process | undefined): Store {
  const change = async (request: RunChange): Promise<ChangeResult> => {
    const self = process();
    if (self?.dead === true) throw new Error("the process is dead");
    const death = self?.dieAt ?? null;
    if (self === undefined || death === null || death.writes-- > 0) return store.runs.change(request);
    if (death.how === "after") await store.runs.change(request);
    self.dead = true;
    // Everything of the process stops, also its dispatch, which would otherwise drive the run again after the error.
    void self.engine.stop();
    throw new Error("the process dies here");
  };
  return { ...store, runs: { ...store.runs, change } };
}

async function restartIfDead(stage: Stage): Promise<void> {
  if (!stage.process.dead) return;
  stage.lives += 1;
  stage.process = await live(stage);
}

async function act(stage: Stage, what: Act): Promise<void> {
  const { dependencies } = stage.process;
  if (what.what === "kill") {
    stage.process.dieAt = { how: what.how, writes: what.write };
    return;
  }
  const run = stage.runs[what.run % stage.runs.length] ?? "";
  const asked = { project: "default", run, actor: "somebody" };
  try {
    if (what.what === "cancel") await cancelRun(dependencies, asked);
    if (what.what === "skip final") await cancelRun(dependencies, { ...asked, skipFinal: true });
    if (what.what === "pause" || what.what === "resume")
      await pauseRun(dependencies, { ...asked, pause: what.what === "pause" });
    if (what.what === "retry") await retry(stage, asked);
    if (what.what === "answer") await answer(stage, run, what.job);
  } catch (error) {
    // The run may have ended, or may not wait for an answer. Such a refusal is no fault.
    if (!(error instanceof Error) || error.name !== "PlatformError") throw error;
  }
}

async function retry(stage: Stage, asked: { project: string; run: string; actor: string }): Promise<void> {
  const [first] = await stage.store.runs.jobs(asked.run);
  const again = await retryRun(stage.process.dependencies, {
    ...asked,
    ...(first === undefined ? {} : { from: first.name }),
  });
  stage.graphOf.set(again.id, stage.graphOf.get(asked.run) ?? 0);
  stage.runs.push(again.id);
}

async function answer(stage: Stage, run: string, index: number): Promise<void> {
  const jobs = await stage.store.runs.jobs(run);
  const job = jobs[index % jobs.length]?.name ?? "";
  const at = stage.process.dependencies.clock.now().toISOString();
  const sender = {
    id: "t",
    name: "ann",
    project: "*",
    role: "write",
    createdAt: at,
    expiresAt: null,
    madeBy: null,
  } as const;
  await sendToJob(stage.process.dependencies, { project: "default", run, job, kind: "answer", data: {}, sender });
}

const STEP = 250;

/** The rules that were broken, as texts. */
export async function playSchedule(schedule: Schedule): Promise<readonly string[]> {
  const clock = createVirtualClock();
  const outside: Outside = { broken: [], done: new Map(), starts: new Map(), holding: new Map(), life: 0 };
  const store = await openSqlite(":memory:", { clock });
  const unborn = { clock, store, outside, schedule, runs: [], graphOf: new Map(), lives: 0 };
  const stage: Stage = { ...unborn, process: await live(unborn) };
  try {
    for (const [index, graph] of schedule.graphs.entries()) await begin(stage, { index, graph });
    for (const { after, act: next } of schedule.acts) {
      await pass(stage, after);
      await act(stage, next);
    }
    await finish(stage);
    for (const run of stage.runs) await judge(stage, run);
    return outside.broken;
  } finally {
    stage.process.dead = true;
    await stage.process.engine.stop();
    await store.close();
  }
}

async function begin(stage: Stage, { index, graph }: { index: number; graph: readonly PlannedJob[] }): Promise<void> {
  const id = `run-${stage.runs.length}`;
  stage.graphOf.set(id, index);
  await createRun(stage.process.dependencies, { ...REQUEST, jobs: graph });
  stage.runs.push(id);
}

async function pass(stage: Stage, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= STEP) {
    await stage.clock.advance(Math.min(STEP, left));
    await restartIfDead(stage);
  }
}

/** Resumes all paused runs, and gives all runs enough time to end. */
async function finish(stage: Stage): Promise<void> {
  for (const run of stage.runs) await act(stage, { what: "resume", run: stage.runs.indexOf(run) });
  for (let turn = 0; turn < 200; turn++) {
    if ((await stage.store.runs.unfinished()).length === 0) return;
    await stage.clock.advance(20_000);
    await restartIfDead(stage);
  }
}

async function judge(stage: Stage, id: string): Promise<void> {
  const { store, outside } = stage;
  const run = await store.runs.get(id);
  const jobs = await store.runs.jobs(id);
  const say = (text: string): void => void outside.broken.push(`${id}: ${text}`);
  if (run === null || run.phase === "running") return say("it never ended");
  if (jobs.length !== stage.schedule.graphs[stage.graphOf.get(id) ?? 0]?.length) say("a job was lost");
  for (const job of jobs) for (const text of faultsOf(stage, job)) say(`${job.name}: ${text}`);
  for (const text of orderFaults(run, jobs)) say(text);
  const events = await store.events.after({ project: "default", run: id }, 0, 100_000);
  const ends = events.filter((one) => one.type === "run.finished").length;
  if (ends !== 1) say(`it ended ${ends} times`);
  const successes = events.filter((one) => one.type === "job.changed" && one.data["phase"] === "succeeded");
  const names = new Set(successes.map((one) => one.data["job"]));
  if (names.size !== successes.length) say("a success was told twice");
}

function faultsOf({ outside, lives }: Stage, job: Job): readonly string[] {
  const faults: string[] = [];
  const key = `${job.run} ${job.name}`;
  if (!isSettled(job.phase) || job.finishedAt === null) faults.push(`it stands at ${job.phase}`);
  if (explainReason(job.reason, "en") === "" || explainReason(job.reason, "zh") === "") faults.push("it has no reason");
  if (job.attempt - job.interruptions > job.plan.retry.attempts) faults.push(`it had ${job.attempt} attempts`);
  const fresh = job.attempt > 0 && outside.starts.has(`${key} ${job.attempt}`);
  if (job.phase === "succeeded" && fresh && !outside.done.has(key)) faults.push("it succeeded without being done");
  for (let attempt = 1; attempt <= job.attempt; attempt++) {
    const starts = outside.starts.get(`${key} ${attempt}`) ?? 0;
    if (starts > 1 + lives) faults.push(`attempt ${attempt} began ${starts} times in ${lives + 1} lives`);
  }
  return faults;
}

function orderFaults(run: Run, jobs: readonly Job[]): readonly string[] {
  const byName = new Map(jobs.map((job) => [job.name, job] as const));
  return jobs.flatMap((job) => {
    if (job.startedAt === null) return [];
    const early = job.plan.needs.filter(({ job: name, on }) => {
      const needed = byName.get(name);
      if (needed === undefined) return true;
      return on === "end" ? !isSettled(needed.phase) : needed.phase !== "succeeded";
    });
    const before = job.plan.final === true ? jobs.filter((one) => one.plan.final !== true) : [];
    const late = before.filter((one) => (one.finishedAt ?? "") > (job.startedAt ?? ""));
    return [
      ...early.map((need) => `${job.name} began, but ${need.job} did not succeed`),
      ...late.map((one) => `final ${job.name} began before ${one.name} had ended (${run.phase})`),
    ];
  });
}
