// A store and virtual time for tests, with one process of the engine that can be killed, frozen (it then renews no
// leases), and joined by another one.
import { z } from "zod";
import { defineJob } from "../../../src/catalog/define.ts";
import { openSqlite } from "../../../src/database/open.ts";
import type { EngineDependencies } from "../../../src/engine/contract/dependencies.ts";
import { driveRun } from "../../../src/engine/driving/driveRun.ts";
import { type Engine, startEngine } from "../../../src/engine/engine.ts";
import { createRun, type NewRunRequest } from "../../../src/engine/starting/createRun.ts";
import { PlatformError } from "../../../src/model/errors/errors.ts";
import { reason } from "../../../src/model/reasons/reason.ts";
import type { PlannedJob } from "../../../src/model/run/plan.ts";
import type { ClusterRegistry } from "../../../src/ports/clusterRegistry.ts";
import type { Dispatch } from "../../../src/ports/dispatch.ts";
import type { Events, Runs, Store } from "../../../src/ports/store.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtualClock.ts";
import { REQUEST, simulatedDependencies } from "./simulated.ts";

export interface Stage extends AsyncDisposable {
  readonly clock: VirtualClock;
  /**
   * Sets the clock of the computer forward or back by so many milliseconds. Timers that are running go on as before.
   */
  setClock(by: number): void;
  readonly store: Store;
  readonly dependencies: EngineDependencies;
  /** The fences of the locks that jobs got, in the order in which the jobs began. */
  readonly fences: readonly number[];
  /** Creates a run and returns its id. */
  begin(jobs: readonly PlannedJob[], more?: Partial<NewRunRequest>): Promise<string>;
  /** Stops the process in the middle of its work, as kill -9 does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Lets all renewals of leases fail, until the returned function is called. The process goes on. */
  freeze(): () => void;
  /** Lets the store refuse events with DatabaseFull, until the returned function is called. */
  fillDisk(): () => void;
  /** Starts a second process on the same store, which drives only the runs that are created there. */
  beside(): Promise<Pick<Stage, "begin">>;
}

export interface StageOptions {
  /** Whether the process knows the cluster of its runs. */
  readonly knows?: () => boolean;
  /** Whether the process is one of several. Default: it is the only one. */
  readonly shared?: boolean;
}

export async function openStage({ knows = () => true, shared = false }: StageOptions = {}): Promise<Stage> {
  const steady = createVirtualClock();
  let off = 0;
  const clock: VirtualClock = { ...steady, now: () => new Date(steady.now().getTime() + off) };
  const store = await openSqlite(":memory:", { clock, steady: () => steady.now().getTime() });
  const fences: number[] = [];
  const job = testJob(fences);
  const frozen = { now: false };
  const full = { now: false };
  const append: Events["append"] = async (event) => {
    if (full.now) throw new PlatformError("DatabaseFull", { file: "kubemin.db" });
    await store.events.append(event);
  };
  const renew: Runs["renewLocks"] = (id) =>
    frozen.now ? Promise.reject(new Error("cut off")) : store.runs.renewLocks(id);
  let count = 0;
  const dependenciesOn = (own: Store): EngineDependencies => {
    const dependencies = simulatedDependencies({ store: own, clock, job, newId: () => `run-${count++}` });
    return {
      ...dependencies,
      clusters: known(knows, dependencies.clusters),
      dispatch: oneOfMany(shared, dependencies.dispatch),
    };
  };
  let dependencies = dependenciesOn(store);
  let engine: Engine | null = null;
  const others: Engine[] = [];
  const start = async (): Promise<void> => {
    dependencies = dependenciesOn({
      ...store,
      runs: { ...store.runs, renewLocks: renew },
      events: { ...store.events, append },
    });
    engine = await startEngine(dependencies);
  };
  await start();
  return {
    clock,
    setClock: (by) => {
      off += by;
    },
    store,
    fences,
    get dependencies() {
      return dependencies;
    },
    begin: async (jobs, more) => (await createRun(dependencies, { ...REQUEST, jobs, ...more })).id,
    kill: async () => {
      await engine?.stop();
      engine = null;
    },
    start,
    freeze: () => {
      frozen.now = true;
      return () => {
        frozen.now = false;
      };
    },
    fillDisk: () => {
      full.now = true;
      return () => {
        full.now = false;
      };
    },
    async beside() {
      const other = dependenciesOn(store);
      await other.dispatch.start(async (duty, lease) => driveRun(other, duty.slice("run/".length), lease));
      others.push({ stop: () => other.dispatch.stop() });
      return { begin: async (jobs, more) => (await createRun(other, { ...REQUEST, jobs, ...more })).id };
    },
    async [Symbol.asyncDispose]() {
      await engine?.stop();
      for (const other of others) await other.stop();
      await store.close();
    },
  };
}

function known(knows: () => boolean, clusters: ClusterRegistry): ClusterRegistry {
  return { ...clusters, find: async (name) => (knows() ? clusters.find(name) : undefined) };
}

/** The dispatch with another value of `shared`. It works the same way. */
function oneOfMany(shared: boolean, dispatch: Dispatch): Dispatch {
  return {
    shared,
    start: (drive, giveUp) => dispatch.start(drive, giveUp),
    wake: (duty, terms) => dispatch.wake(duty, terms),
    ensure: (duties) => dispatch.ensure(duties),
    state: () => dispatch.state(),
    queued: (duties) => dispatch.queued(duties),
    stop: () => dispatch.stop(),
  };
}

function testJob(fences: number[]) {
  return defineJob({
    name: "test",
    summary: { en: "a test", zh: "测试" },
    input: z.looseObject({
      /** Milliseconds for which the job is pending before it runs. */
      waits: z.number().default(0),
      takes: z.number().default(0),
      fails: z.number().default(0),
      announces: z.boolean().default(false),
      output: z.record(z.string(), z.json()).default({}),
    }),
    output: z.looseObject({ right: z.boolean().optional() }),
    step: { examples: [] },
    timeout: 60_000,
    async run(job) {
      fences.push(...job.locks.map((lock) => lock.fence));
      if (job.input.waits > 0) job.report(reason("NoNodes"), [], "pending");
      await job.clock.sleep(job.input.waits, job.signal);
      if (!job.signal.aborted) job.report(reason("TaskRunning"));
      await job.clock.sleep(job.input.takes, job.signal);
      if (job.input.announces) await job.announce("done", {});
      if (job.signal.aborted || job.attempt <= job.input.fails)
        return { phase: "failed", reason: reason("TaskFailed", { exitCode: 1 }), evidence: [], retryable: true };
      return { phase: "succeeded", reason: reason("Ready"), output: job.input.output };
    },
  });
}
