// Runs a random workflow on the real engine in virtual time. The real planner plans it from its document, and a real
// store keeps it. Users act at given moments. A process may die at a given write; then another one takes over
// immediately.
import { z } from "zod";
import { createCatalog } from "../../../src/catalog/catalog.ts";
import { defineJob } from "../../../src/catalog/define.ts";
import { catalogJobTypes } from "../../../src/catalog/jobTypes.ts";
import { openSqlite } from "../../../src/database/open.ts";
import { inProcessDispatch } from "../../../src/dispatch/inProcess.ts";
import type { EngineDependencies } from "../../../src/engine/contract/dependencies.ts";
import { type Engine, startEngine } from "../../../src/engine/engine.ts";
import { createRun } from "../../../src/engine/starting/createRun.ts";
import { cancelRun } from "../../../src/engine/steering/cancel.ts";
import { pauseRun } from "../../../src/engine/steering/pause.ts";
import { sendToJob } from "../../../src/engine/steering/sendToJob.ts";
import { approve } from "../../../src/jobs/approve.ts";
import { join } from "../../../src/jobs/join.ts";
import { wait } from "../../../src/jobs/wait.ts";
import type { WorkflowDocument } from "../../../src/model/document/document.ts";
import type { Problem } from "../../../src/model/problems/problem.ts";
import { reason } from "../../../src/model/reasons/reason.ts";
import { isSettled } from "../../../src/model/run/phase.ts";
import type { Job, Run } from "../../../src/model/run/run.ts";
import { planWorkflow } from "../../../src/plan/planWorkflow.ts";
import type { ChangeResult, RunChange, Store, Token } from "../../../src/ports/store.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtualClock.ts";
import { REQUEST, SILENT, simulatedDependencies } from "../support/simulated.ts";
import { takesOf, type Workflow, written } from "./document.ts";
import type { Act } from "./reference.ts";

export interface Crash {
  readonly at: number;
  /** The number of writes after which the process dies, before or after that write has reached the store. */
  readonly writes: number;
  readonly how: "before" | "after";
}

export interface Played {
  /** The problems with which the planner refuses the document. Nothing was run when there are any. */
  readonly refusals: readonly Problem[];
  readonly run: Run | null;
  readonly jobs: readonly Job[];
  /** Milliseconds since the epoch at which the run began. */
  readonly begun: number;
  /** Broken rules, for example two jobs that held one lock at the same time. */
  readonly broken: readonly string[];
}

const work = (outside: Outside) =>
  defineJob({
    name: "work",
    summary: { en: "a test", zh: "测试" },
    input: z.object({ takes: z.number(), failures: z.number(), ends: z.string(), gives: z.json() }),
    output: z.looseObject({ value: z.json() }),
    step: { examples: [] },
    timeout: 24 * 60 * 60_000,
    async run(job) {
      // Like a pod, the work goes on while no process drives the run. The process that resumes it only waits for the
      // rest.
      const key = `${job.run} ${job.job} ${job.attempt}`;
      const now = job.clock.now().getTime();
      const begun = outside.begun.get(key) ?? now;
      outside.begun.set(key, begun);
      const leave = enter(
        outside,
        job.locks.map((lock) => lock.key),
        key,
      );
      await job.clock.sleep(begun + takesOf(job.input.takes, job.job) - now, job.signal);
      leave();
      const bad = (phase: "failed" | "rejected", retryable: boolean) =>
        ({ phase, reason: reason("TaskFailed", { exitCode: 1 }), evidence: [], retryable }) as const;
      if (job.signal.aborted || job.attempt <= job.input.failures || job.input.ends === "failed")
        return bad("failed", true);
      if (job.input.ends === "rejected") return bad("rejected", false);
      return { phase: "succeeded", reason: reason("Ready"), output: { value: job.input.gives } };
    },
  });

interface Outside {
  readonly begun: Map<string, number>;
  readonly holders: Map<string, Set<string>>;
  readonly limits: ReadonlyMap<string, number>;
  readonly broken: string[];
}

function enter(outside: Outside, locks: readonly string[], key: string): () => void {
  for (const lock of locks) {
    const holders = outside.holders.get(lock) ?? new Set();
    outside.holders.set(lock, holders.add(key));
    const limit = outside.limits.get(lock.slice(lock.lastIndexOf("/") + 1)) ?? 1;
    if (holders.size > limit) outside.broken.push(`${[...holders].join(" and ")} hold ${lock}`);
  }
  return () => {
    for (const lock of locks) outside.holders.get(lock)?.delete(key);
  };
}

/** How many jobs may hold each lock of the generator. */
const LIMITS: ReadonlyMap<string, number> = new Map([
  ["k1", 1],
  ["k2", 2],
]);

interface Life {
  readonly dependencies: EngineDependencies;
  readonly engine: Engine;
  dead: boolean;
  dieAt: { writes: number; how: Crash["how"] } | null;
}

/** Called after each write of a driver, before the engine goes on. */
export type Onlooker = (store: Store, run: string) => Promise<void>;

interface Stage {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly outside: Outside;
  readonly look: Onlooker | undefined;
  life: Life;
}

const HORIZON = 48;
const TURNS = 40;

export async function play(
  workflow: Workflow,
  {
    acts,
    crashes = [],
    look,
  }: {
    readonly acts: readonly Act[];
    readonly crashes?: readonly Crash[];
    readonly look?: Onlooker;
  },
): Promise<Played> {
  const outside: Outside = { begun: new Map(), holders: new Map(), limits: LIMITS, broken: [] };
  const { document, called } = written(workflow);
  const catalog = createCatalog({ name: "test", jobs: [work(outside), wait, approve, join] });
  const asked = new Map([...called] as unknown as [string, WorkflowDocument][]); // `written` makes what a document holds
  const { jobs, problems } = planWorkflow({ document, catalog, inputs: {}, called: asked, name: "test" });
  const refusals = problems.filter((one) => one.severity === "error");
  if (refusals.length > 0) return { refusals, run: null, jobs: [], begun: 0, broken: [] };
  const clock = createVirtualClock();
  const store = await openSqlite(":memory:", { clock });
  const stage: Omit<Stage, "life"> & { life?: Life } = { clock, store, outside, look };
  const living: Stage = Object.assign(stage, { life: await live(stage) });
  try {
    const begun = clock.now().getTime();
    const { id } = await createRun(living.life.dependencies, { ...REQUEST, jobs });
    await pass(living, id, { acts, crashes });
    return { refusals, run: await store.runs.get(id), jobs: await store.runs.jobs(id), begun, broken: outside.broken };
  } finally {
    living.life.dead = true;
    await living.life.engine.stop();
    await store.close();
  }
}

async function pass(
  stage: Stage,
  run: string,
  { acts, crashes }: { readonly acts: readonly Act[]; readonly crashes: readonly Crash[] },
): Promise<void> {
  const begun = stage.clock.now().getTime();
  const events = [...acts, ...crashes].toSorted((a, b) => a.at - b.at);
  for (const event of events) {
    await stage.clock.advance(Math.max(0, begun + event.at - stage.clock.now().getTime()));
    if ("how" in event) stage.life.dieAt = { writes: event.writes, how: event.how };
    else await act(stage.life.dependencies, run, event);
    // What follows takes no virtual time, but some turns of the event loop.
    for (let turn = 0; turn < TURNS; turn++) await stage.clock.advance(0);
  }
  for (let hour = 0; hour < HORIZON; hour++) {
    if ((await stage.store.runs.get(run))?.phase !== "running") return;
    await stage.clock.advance(60 * 60_000);
  }
}

const PERSON: Token = {
  id: "t",
  name: "test",
  project: "*",
  role: "write",
  createdAt: new Date(0).toISOString(),
  expiresAt: null,
  madeBy: null,
};

async function act(dependencies: EngineDependencies, run: string, one: Act): Promise<void> {
  const asked = { project: "default", run, actor: "test" };
  try {
    if (one.what === "cancel") await cancelRun(dependencies, { ...asked, skipFinal: one.skipFinal });
    if (one.what === "pause" || one.what === "resume")
      await pauseRun(dependencies, { ...asked, pause: one.what === "pause" });
    if (one.what !== "answer") return;
    const data = { decision: one.decision, comment: "" };
    const job = (await dependencies.store.runs.jobs(run)).find((each) => each.name === one.step);
    if (job === undefined || isSettled(job.phase) || job.attempt === 0) return;
    await sendToJob(dependencies, { project: "default", run, job: one.step, kind: "approval", data, sender: PERSON });
  } catch (error) {
    // The run may have ended, or no job asks. Such a refusal is no fault.
    if (!(error instanceof Error) || error.name !== "PlatformError") throw error;
  }
}

/** Starts a process of the engine. When it dies at a write, the next one starts immediately. */
async function live(stage: Omit<Stage, "life"> & { life?: Life }): Promise<Life> {
  const { clock, store, outside } = stage;
  const own: { life?: Life } = {};
  const job = work(outside);
  const dependencies = simulatedDependencies({
    store: mortalStore(store, stage, () => own.life),
    clock,
    job,
    newId: () => "run",
  });
  const catalog = createCatalog({ name: "test", jobs: [job, wait, approve, join] });
  const whole: EngineDependencies = {
    ...dependencies,
    catalog,
    jobTypes: catalogJobTypes(catalog),
    dispatch: inProcessDispatch(SILENT, clock),
  };
  own.life = { dependencies: whole, engine: await startEngine(whole), dead: false, dieAt: null };
  return own.life;
}

function mortalStore(store: Store, stage: Omit<Stage, "life"> & { life?: Life }, life: () => Life | undefined): Store {
  const change = async (request: RunChange): Promise<ChangeResult> => {
    const self = life();
    if (self?.dead === true) throw new Error("the process is dead");
    if (self === undefined || self.dieAt === null || self.dieAt.writes-- > 0) {
      const result = await store.runs.change(request);
      await stage.look?.(store, request.run);
      return result;
    }
    if (self.dieAt.how === "after") {
      await store.runs.change(request);
      await stage.look?.(store, request.run);
    }
    self.dead = true;
    stage.outside.holders.clear();
    void self.engine.stop();
    void live(stage).then((next) => Object.assign(stage, { life: next }));
    throw new Error("the process dies here");
  };
  return { ...store, runs: { ...store.runs, change } };
}
