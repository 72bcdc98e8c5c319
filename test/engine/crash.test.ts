// Random graphs, random outcomes, and a crash at any write: before it, so that the write is lost, or right after it, so
// that its caller gets no answer. Whatever happens, the run ends, no job starts before the jobs that it needs, and the
// work of each job is recorded once.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineJob } from "../../src/catalog/define.ts";
import { openSqlite } from "../../src/database/open.ts";
import type { EngineDependencies } from "../../src/engine/contract/dependencies.ts";
import { driveRun } from "../../src/engine/driving/driveRun.ts";
import { createRun } from "../../src/engine/starting/createRun.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import { isSettled } from "../../src/model/run/phase.ts";
import type { PlannedJob } from "../../src/model/run/plan.ts";
import type { ChangeResult, RunChange, Store } from "../../src/ports/store.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtualClock.ts";
import { anyGraph } from "./jobs.ts";
import { REQUEST, simulatedDependencies } from "./support/simulated.ts";

type Crash = "never" | "before" | "after";

/** What the jobs did outside the engine. Each name is the name of a thing that exists or does not. */
interface Outside {
  readonly made: Set<string>;
  readonly starts: string[];
}

function testJob(outside: Outside, outcomes: ReadonlyMap<string, "succeeded" | "failed" | "rejected">) {
  return defineJob({
    name: "test",
    summary: { en: "a test", zh: "测试" },
    input: z.looseObject({}),
    timeout: 60_000,
    async run(job) {
      outside.starts.push(job.job);
      if (job.job.length % 2 === 0) await job.clock.sleep(10, job.signal);
      job.report(reason("TaskRunning"));
      const phase = outcomes.get(job.job) ?? "succeeded";
      if (phase === "succeeded") {
        outside.made.add(job.job);
        return { phase, reason: reason("Ready") };
      }
      return { phase, reason: reason("TaskFailed", { exitCode: 1 }), evidence: [], retryable: true };
    },
  });
}

/** A store in which the n-th change ends the process: `lost` is aborted, and no later write reaches the store. */
function crashingStore(
  store: Store,
  crashes: readonly { readonly at: number; readonly how: Crash }[],
  die: () => void,
): Store {
  let writes = 0;
  let dead = false;
  const change = async (request: RunChange): Promise<ChangeResult> => {
    if (dead) throw new Error("the process is dead");
    const crash = crashes.find((one) => one.at === writes);
    // A commit takes some turns of the event loop, in which attempts may end and report.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    writes += 1;
    if (crash === undefined || crash.how === "never") return store.runs.change(request);
    if (crash.how === "after") await store.runs.change(request);
    dead = true;
    die();
    throw new Error("the process dies here");
  };
  return { ...store, runs: { ...store.runs, change } };
}

interface Scenario {
  readonly graph: readonly PlannedJob[];
  readonly outcomes: ReadonlyMap<string, "succeeded" | "failed" | "rejected">;
  /** One list per life of the process. */
  readonly lives: readonly { readonly at: number; readonly how: Crash }[];
}

async function play({ graph, outcomes, lives }: Scenario) {
  const clock = createVirtualClock();
  const outside: Outside = { made: new Set(), starts: [] };
  const store = await openSqlite(":memory:", { clock });
  const dependencies = simulatedDependencies({ store, clock, job: testJob(outside, outcomes), newId: () => "run" });
  const request = { ...REQUEST, application: "app", workflow: "", kind: "deploy", revision: 1 } as const;
  await createRun(dependencies, {
    ...request,
    jobs: graph,
    newRevision: { ...emptyRevision, createdAt: clock.now().toISOString() },
  });
  for (const life of [...lives, { at: -1, how: "never" as const }]) await live(dependencies, life, clock);
  const [run, jobs] = [await store.runs.get("run"), await store.runs.jobs("run")];
  const events = await store.events.after({ project: "default", run: "run" }, 0, 10_000);
  await store.close();
  return { run, jobs, events, outside };
}

const emptyRevision = {
  project: "default",
  application: "app",
  number: 1,
  document: { name: "app", components: [] },
  plan: {
    application: "app",
    namespace: "default",
    cluster: "sandbox",
    jobs: [],
    layers: [],
    changes: [],
    warnings: [],
    hash: "",
  },
  cluster: "sandbox",
  namespace: "default",
  actor: "test",
  message: "",
};

/** One life of the process: it drives the run until the run ends or the process dies. */
async function live(
  dependencies: EngineDependencies,
  life: { readonly at: number; readonly how: Crash },
  clock: VirtualClock,
): Promise<void> {
  const process = new AbortController();
  const mortal = { ...dependencies, store: crashingStore(dependencies.store, [life], () => process.abort()) };
  const ended = new AbortController();
  const driving = driveRun(mortal, "run", {
    signal: process.signal,
    holds: () => !process.signal.aborted,
    onWake: () => {},
    rest: () => {},
  })
    .catch(() => {})
    .finally(() => ended.abort());
  for (let turn = 0; !ended.signal.aborted && turn < 5_000; turn++) await clock.advance(50);
  process.abort();
  await driving;
}

const anyScenario: fc.Arbitrary<Scenario> = anyGraph.chain((graph) =>
  fc.record({
    graph: fc.constant(graph),
    outcomes: fc
      .array(
        fc.constantFrom(
          "succeeded" as const,
          "succeeded" as const,
          "succeeded" as const,
          "failed" as const,
          "rejected" as const,
        ),
        { minLength: graph.length, maxLength: graph.length },
      )
      .map((list) => new Map(graph.map((job, index) => [job.name, list[index] ?? "succeeded"]))),
    lives: fc.array(fc.record({ at: fc.nat(12), how: fc.constantFrom<Crash>("before", "after") }), { maxLength: 5 }),
  }),
);

describe("a run, whatever happens to its process", () => {
  it("ends, starts no job before the jobs that it needs, and records the work of each job once", async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario, async (scenario) => {
        const { run, jobs, events, outside } = await play(scenario);
        expect(run?.phase).not.toBe("running");
        expect(jobs.every((job) => isSettled(job.phase))).toBe(true);
        const phases = new Map(jobs.map((job) => [job.name, job.phase]));
        for (const job of jobs) {
          if (job.phase === "succeeded") expect(outside.made.has(job.name)).toBe(true);
          if (outside.starts.includes(job.name))
            expect(job.plan.needs.every((need) => phases.get(need.job) === "succeeded")).toBe(true);
          expect(job.attempt).toBeLessThanOrEqual(job.plan.retry.attempts);
          // Every attempt is run once, and once more for each process that died in the middle of it.
          expect(outside.starts.filter((name) => name === job.name).length).toBeLessThanOrEqual(
            job.attempt + scenario.lives.length,
          );
        }
        const successes = events
          .filter((event) => event.type === "job.changed" && event.data["phase"] === "succeeded")
          .map((event) => event.data["job"]);
        expect(new Set(successes).size).toBe(successes.length);
        expect(events.filter((event) => event.type === "run.finished")).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
