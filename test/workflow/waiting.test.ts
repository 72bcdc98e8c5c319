// Whatever a run waits for and whatever is done to it: after a cancel it settles immediately, its final steps run once
// and last, and a pause takes no time from it. Every situation is tested with every act, and then with random acts at
// random moments.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startWorkflowRun } from "../../src/engine/starting/startWorkflowRun.ts";
import { cancelRun } from "../../src/engine/steering/cancel.ts";
import { pauseRun } from "../../src/engine/steering/pause.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { PlatformError } from "../../src/model/errors/errors.ts";
import { openPlace, type WorkflowPlace } from "./support/place.ts";
import { SITUATIONS, type Situation } from "./support/situations.ts";
import { untruths } from "./support/truths.ts";

const SECOND = 1_000;
/** Longer than every clock of the situations. */
const LONG = 3_000 * SECOND;
/** Virtual time in which a cancelled run must settle: it may still write, and make one call at its end. */
const AT_ONCE = SECOND;
const TIDY = "/tidied";

interface Waiting extends AsyncDisposable {
  readonly place: WorkflowPlace;
  readonly run: string;
}

async function waiting(situation: Situation): Promise<Waiting> {
  const { steps, mode = "StepByStep", holders = [], types = [], disabled, startAt, projectLimit, after } = situation;
  const place = await openPlace(projectLimit === undefined ? {} : { projectLimit });
  for (const type of types) await place.register(type);
  for (const holder of holders) await begin(place, { steps: holder });
  await place.clock.advance(SECOND);
  const tidy = { name: "tidy", type: "http", properties: { url: `http://other${TIDY}` } };
  const run = await begin(place, { mode, steps, finally: [tidy] }, startAt);
  await place.clock.advance(SECOND);
  if (disabled !== undefined) await place.disable(disabled);
  await place.clock.advance(after ?? 30 * SECOND);
  return { place, run, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

async function begin({ dependencies }: WorkflowPlace, workflow: JsonObject, startAt?: string): Promise<string> {
  const when = startAt === undefined ? {} : { startAt };
  return (
    await startWorkflowRun(dependencies, {
      project: "default",
      actor: "ann",
      document: { name: "waits", workflow },
      ...when,
    })
  ).run.id;
}

const asked = (run: string) => ({ project: "default", run, actor: "ann" });
const cancel = ({ place, run }: Waiting) => cancelRun(place.dependencies, asked(run));
const cancelAll = ({ place, run }: Waiting) => cancelRun(place.dependencies, { ...asked(run), skipFinal: true });
const pause = ({ place, run }: Waiting, on: boolean) => pauseRun(place.dependencies, { ...asked(run), pause: on });

async function found({ place, run }: Waiting, name: string): Promise<readonly string[]> {
  const job = (await place.dependencies.store.runs.jobs(run)).find((one) => one.name === name);
  return job === undefined ? [] : [job.phase, job.reason.code];
}

interface After {
  /** True when the final steps run. */
  readonly tidied: boolean;
  /**
   * The least and the most calls of the final step. A call that is in progress when the process is killed is made
   * again.
   */
  readonly calls?: readonly [number, number];
}

/** What is wrong with a run that was cancelled and has settled; empty when it is right. */
async function wrongAfterCancel(
  { place, run: id }: Waiting,
  { tidied, calls: [least, most] = tidied ? [1, 1] : [0, 0] }: After,
): Promise<readonly string[]> {
  const run = await place.dependencies.store.runs.get(id);
  const jobs = await place.dependencies.store.runs.jobs(id);
  if (run === null) return ["the run is lost"];
  const calls = place.target.calls.filter((call) => call.path === TIDY).length;
  const right = (job: (typeof jobs)[number]): string => (job.plan.final === true && tidied ? "succeeded" : "cancelled");
  return [
    ...(run.phase === "cancelled" ? [] : [`the run is ${run.phase}`]),
    ...jobs
      .filter((job) => job.phase !== right(job) && (job.phase !== "succeeded" || job.plan.final === true))
      .map((job) => `${job.name} is ${job.phase} (${job.reason.code}), and should be ${right(job)}`),
    ...(calls >= least && calls <= most ? [] : [`the final step was called ${calls} times`]),
    ...untruths({ run, jobs }),
  ];
}

interface Way extends After {
  readonly name: string;
  readonly act: (waiting: Waiting) => Promise<unknown>;
  /** True when the process was restarted before the cancel. */
  readonly restarted?: true;
}

const WAYS: readonly Way[] = [
  { name: "a cancel", act: cancel, tidied: true },
  { name: "a cancel that skips the final steps", act: cancelAll, tidied: false },
  {
    name: "two cancels in one moment",
    act: (it) => Promise.all([cancel(it), cancel(it)]),
    tidied: true,
  },
  {
    name: "a cancel of a paused run",
    async act(it) {
      await pause(it, true);
      await it.place.clock.advance(10 * SECOND);
      await cancel(it);
    },
    tidied: true,
  },
  {
    name: "a cancel after kill -9 and a restart",
    async act(it) {
      await it.place.kill();
      await it.place.clock.advance(5 * SECOND);
      await it.place.start();
      await it.place.clock.advance(30 * SECOND);
      await cancel(it);
    },
    tidied: true,
    restarted: true,
  },
  {
    name: "a cancel that is asked for right before kill -9",
    async act(it) {
      await cancel(it);
      await it.place.kill();
      await it.place.start();
    },
    tidied: true,
  },
];

const LASTING = SITUATIONS.filter((one) => one.forgotten !== true);
const EVERY = SITUATIONS.flatMap((situation) => WAYS.map((way) => ({ situation, way }))).filter(
  ({ situation, way }) => way.restarted !== true || LASTING.includes(situation),
);

describe("a run that waits", () => {
  it.each(EVERY.map(({ situation, way }) => [situation.waitsFor, way.name, situation, way] as const))(
    "for %s settles immediately after %s",
    async (_waitsFor, _way, situation, way) => {
      await using it = await waiting(situation);
      expect(await found(it, situation.job)).toEqual(situation.found);
      await way.act(it);
      await it.place.clock.advance(AT_ONCE + (situation.grace ?? 0));
      expect(await wrongAfterCancel(it, way)).toEqual([]);
    },
  );

  it.each(SITUATIONS.map((situation) => [situation.waitsFor, situation] as const))(
    "for %s ends by itself, and an earlier long pause shortens none of its waiting",
    async (_waitsFor, situation) => {
      await using plain = await waiting(situation);
      await plain.place.clock.advance(situation.endsBy ?? 0);
      const undisturbed = await ending(plain);
      expect(undisturbed.run).not.toBe("running");
      await using paused = await waiting(situation);
      await pause(paused, true);
      await paused.place.clock.advance(LONG);
      await pause(paused, false);
      expect((await ending(paused)).jobs.filter((job) => /expired|timed-out/.test(job))).toEqual([]);
      await paused.place.clock.advance(situation.endsBy ?? 0);
      expect(await ending(paused)).toEqual(undisturbed);
    },
  );

  it.each(LASTING.map((situation) => [situation.waitsFor, situation] as const))(
    "for %s is found waiting for the same after kill -9 and a restart",
    async (_waitsFor, situation) => {
      await using it = await waiting(situation);
      await it.place.kill();
      await it.place.start();
      await it.place.clock.advance(10 * SECOND);
      expect(await found(it, situation.job)).toEqual(situation.found);
    },
  );

  it("settles after a cancel, whatever was done to it before, and when", async () => {
    await fc.assert(
      fc.asyncProperty(anySituation, anyActs, async (situation, acts) => {
        await using it = await waiting(situation);
        let tidied = true;
        for (const { act, after } of acts) {
          await it.place.clock.advance(after);
          tidied &&= act !== "cancelAll";
          await ACTS[act](it).catch(ignoreEnded);
        }
        const ran = (await it.place.dependencies.store.runs.get(it.run))?.phase !== "running";
        if (!ran) await cancel(it).catch(ignoreEnded);
        await it.place.clock.advance(AT_ONCE + (situation.grace ?? 0));
        const restarts = acts.filter(({ act }) => act === "restart").length;
        const calls = [tidied ? 1 : 0, 1 + restarts] as const;
        // The run may have ended by itself before the cancel: then only what is true of every run is checked.
        expect(ran ? await generalWrongs(it) : await wrongAfterCancel(it, { tidied, calls })).toEqual([]);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

const ACTS = {
  pause: (it: Waiting) => pause(it, true),
  resume: (it: Waiting) => pause(it, false),
  cancel,
  cancelAll,
  async restart({ place }: Waiting) {
    await place.kill();
    await place.start();
  },
} as const satisfies Record<string, (it: Waiting) => Promise<unknown>>;

const anySituation = fc.constantFrom(...LASTING.filter((one) => one.types === undefined));
const anyActs = fc.array(
  fc.record({
    act: fc.constantFrom(...(Object.keys(ACTS) as (keyof typeof ACTS)[])), // keys of a const object: the cast only narrows
    after: fc.constantFrom(0, 1, 5, 40, 3 * SECOND, 6 * SECOND, 70 * SECOND),
  }),
  { maxLength: 5 },
);

function ignoreEnded(error: unknown): void {
  const ended = ["RunAlreadyEnded", "RunBeingCancelled"];
  if (!(error instanceof PlatformError) || !ended.includes(error.code)) throw error;
}

async function generalWrongs({ place, run: id }: Waiting): Promise<readonly string[]> {
  const run = await place.dependencies.store.runs.get(id);
  return run === null ? ["the run is lost"] : untruths({ run, jobs: await place.dependencies.store.runs.jobs(id) });
}

async function ending({
  place,
  run: id,
}: Waiting): Promise<{ readonly run: string; readonly jobs: readonly string[] }> {
  const run = await place.dependencies.store.runs.get(id);
  const jobs = await place.dependencies.store.runs.jobs(id);
  return { run: run?.phase ?? "lost", jobs: jobs.map((job) => `${job.name} ${job.phase} ${job.reason.code}`) };
}
