// A run that has ended holds nothing: random jobs of all kinds that run a program to its end, with random ends, a cancel
// at any time, and a process that dies at any write to the store or the cluster. Afterwards all objects of the cluster
// are listed. Without a crash, they are listed at the moment at which the end is stored.
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createCatalog } from "../../../src/catalog/catalog.ts";
import { defineJob } from "../../../src/catalog/define.ts";
import { catalogJobTypes } from "../../../src/catalog/jobTypes.ts";
import { openSqlite } from "../../../src/database/open.ts";
import type { EngineDependencies } from "../../../src/engine/contract/dependencies.ts";
import { driveRun } from "../../../src/engine/driving/driveRun.ts";
import { giveUpRun } from "../../../src/engine/driving/giveUp.ts";
import { createRun } from "../../../src/engine/starting/createRun.ts";
import { cancelEnded, cancelRun, knownRun } from "../../../src/engine/steering/cancel.ts";
import { releaseAll } from "../../../src/engine/upkeep/endedRuns.ts";
import { check } from "../../../src/jobs/check.ts";
import { releasePod, runPod } from "../../../src/jobs/pods/podRun.ts";
import { task } from "../../../src/jobs/task.ts";
import { hasFinished } from "../../../src/model/kubernetes/finishedJob.ts";
import { LABELS, type Manifest } from "../../../src/model/kubernetes/manifest.ts";
import type { PlannedJob } from "../../../src/model/run/plan.ts";
import type { Cluster } from "../../../src/ports/cluster.ts";
import type { Store } from "../../../src/ports/store.ts";
import type { SandboxControls } from "../../../src/sandbox/faults/controls.ts";
import { createSandbox } from "../../../src/sandbox/sandbox.ts";
import { onlyCluster } from "../../support/clusters.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtualClock.ts";
import { REQUEST, simulatedDependencies } from "../support/simulated.ts";

const ENDS = ["ok", "task-fails", "does-not-exist", "policy", "quota", "unschedulable", "out-of-memory"] as const;

interface Wanted {
  readonly type: "task" | "check" | "pods";
  /** The tag of the image, which names the fault that its pods have in the sandbox. */
  readonly end: (typeof ENDS)[number];
  readonly pods: number;
  readonly attempts: number;
  readonly timeout: number;
}

interface Crash {
  readonly at: number;
  readonly how: "before" | "after";
}

interface Scenario {
  readonly jobs: readonly Wanted[];
  readonly cancelAt: number | null;
  /** One for each life of the process but the last. */
  readonly lives: readonly Crash[];
  readonly last: "drives" | "gives up";
}

const labels = (component: string) => ({
  [LABELS.managedBy]: "kubemin",
  [LABELS.project]: "default",
  [LABELS.application]: "app",
  [LABELS.kubeminComponent]: component,
});

const podOf = ({ end }: Wanted) => ({
  restartPolicy: "Never",
  containers: [{ name: "main", image: `busybox:${end}` }],
});

function plannedJob(wanted: Wanted, index: number): PlannedJob {
  const name = `job${index}`;
  const metadata = { name, namespace: "default", labels: labels(name) };
  const spec = { backoffLimit: 0, template: { metadata: { labels: labels(name) }, spec: podOf(wanted) } };
  const job: Manifest = { apiVersion: "batch/v1", kind: "Job", metadata, spec };
  const service: Manifest = { apiVersion: "v1", kind: "Service", metadata, spec: { clusterIP: "None" } };
  const claim: Manifest = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec: {} };
  const objects =
    wanted.type === "task" && wanted.pods > 1 ? [claim, service, job] : wanted.type === "pods" ? [] : [job];
  return {
    name,
    type: wanted.type,
    component: wanted.type === "pods" ? null : name,
    needs: [],
    objects: objects.map((manifest) => ({ manifest, keep: false })),
    input: { content: name, end: wanted.end, pods: wanted.pods },
    timeout: wanted.timeout,
    retry: { attempts: wanted.attempts, backoff: 1_000 },
    clocks: { schedule: 4_000 },
  };
}

/** A job type as teams register them, without its isolation. */
const pods = defineJob({
  name: "pods",
  summary: { en: "pods", zh: "pods" },
  input: z.looseObject({ end: z.enum(ENDS), pods: z.number() }),
  step: { examples: [] },
  timeout: 60_000,
  run: (job) => {
    const name = `${job.run}-${job.job}-${job.attempt}`;
    const secret: Manifest = { apiVersion: "v1", kind: "Secret", metadata: { name }, type: "Opaque", stringData: {} };
    const pod = podOf({ ...job.input, type: "pods", attempts: 1, timeout: 0 });
    return runPod(job, { type: "pods", labels: {}, pod, pods: job.input.pods, alongside: [secret], failureMap: [] });
  },
  release: releasePod,
});

interface World {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly sandbox: Cluster & SandboxControls;
  readonly dependencies: EngineDependencies;
}

async function openWorld(): Promise<World> {
  const clock = createVirtualClock();
  const store = await openSqlite(":memory:", { clock });
  opened.push(store);
  const sandbox = createSandbox({ name: "sandbox", clock });
  const catalog = createCatalog({ name: "test", jobs: [task, check, pods] });
  let runs = 0;
  const simulated = simulatedDependencies({ store, clock, job: pods, newId: () => `run${runs++}` });
  const clusters = onlyCluster(() => sandbox, "sandbox");
  return {
    clock,
    store,
    sandbox,
    dependencies: { ...simulated, clusters, catalog, jobTypes: catalogJobTypes(catalog) },
  };
}

const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function begin({ dependencies, clock }: World, jobs: readonly Wanted[], revision = 1): Promise<string> {
  const plan = {
    application: "app",
    namespace: "default",
    cluster: "sandbox",
    jobs: [],
    layers: [],
    changes: [],
    warnings: [],
    hash: "",
  };
  const whole = {
    project: "default",
    application: "app",
    number: revision,
    document: { name: "app", components: [] },
    plan,
  };
  const request = { ...REQUEST, application: "app", workflow: "", kind: "deploy", revision } as const;
  const place = { cluster: "sandbox", namespace: "default", actor: "test", message: "" };
  const run = await createRun(dependencies, {
    ...request,
    seenRevision: revision - 1,
    jobs: jobs.map(plannedJob),
    newRevision: { ...whole, ...place, createdAt: clock.now().toISOString() },
  });
  return run.id;
}

/** What the run holds: Jobs that have not finished, and objects that were made for a Job that does not exist. */
function heldBy(objects: readonly Manifest[]): readonly string[] {
  const live = new Map(objects.map((one) => [one.metadata.uid, one]));
  const named = new Set(objects.filter(({ kind }) => kind === "Job").map(({ metadata }) => metadata.name));
  return objects
    .filter((one) => one.metadata.deletionTimestamp === undefined)
    .filter((one) => {
      if (one.kind === "PersistentVolumeClaim") return false;
      if (one.kind === "Job") return !hasFinished(one);
      const [owner] = (one.metadata["ownerReferences"] ?? []) as { uid: string }[]; // as podRun.ts writes them
      // The cluster removes an object together with its owner; the sandbox does not.
      return owner === undefined
        ? !named.has(one.metadata.name)
        : live.has(owner.uid) && !hasFinished(live.get(owner.uid) as Manifest);
    })
    .map((one) => `${one.kind}/${one.metadata.name}`);
}

/** One life of the process: it drives the run until the run has ended, or until it dies at a write. */
async function live(world: World, run: string, { crash, cancelAt }: { crash: Crash | null; cancelAt: number | null }) {
  const { clock, store, sandbox, dependencies } = world;
  const process = new AbortController();
  let writes = 0;
  const shown: string[] = [];
  const mortal = async <T>(write: () => Promise<T>): Promise<T> => {
    if (process.signal.aborted) throw new Error("the process is dead");
    const dies = crash !== null && writes++ === crash.at;
    if (dies && crash.how === "before") process.abort();
    const answer = dies && crash.how === "before" ? undefined : await write();
    if (dies) process.abort();
    if (dies || answer === undefined) throw new Error("the process dies here");
    return answer;
  };
  const change: Store["runs"]["change"] = (request) => {
    if (request.finish !== undefined) shown.push(...heldBy(sandbox.objects()));
    return mortal(() => store.runs.change(request));
  };
  const cluster: Cluster = {
    ...sandbox,
    apply: (object, options) => mortal(() => sandbox.apply(object, options)),
    remove: (ref, options) => mortal(() => sandbox.remove(ref, options)),
  };
  const own = {
    ...dependencies,
    store: { ...store, runs: { ...store.runs, change } },
    clusters: onlyCluster(() => cluster, "sandbox"),
  };
  const wake = new Set<() => void>();
  const ended = new AbortController();
  const lease = {
    signal: process.signal,
    holds: () => !process.signal.aborted,
    onWake: (listener: () => void) => void wake.add(listener),
    rest: () => {},
  };
  const driving = driveRun(own, run, lease)
    .catch(() => {})
    .finally(() => ended.abort());
  for (let time = 0; !ended.signal.aborted && time < 600_000; time += 500) {
    await clock.advance(500);
    if (cancelAt !== null && time <= cancelAt && cancelAt < time + 500) {
      await cancelRun(dependencies, { project: "default", run, actor: "ann" }).catch(() => {});
      for (const listener of wake) listener();
    }
  }
  const died = process.signal.aborted;
  process.abort();
  await driving;
  return { died, shown };
}

async function play({ jobs, cancelAt, lives, last }: Scenario) {
  const world = await openWorld();
  const run = await begin(world, jobs);
  const { dependencies, store, sandbox, clock } = world;
  let died = false;
  for (const crash of lives) died = (await live(world, run, { crash, cancelAt })).died || died;
  const whole = last === "drives" ? await live(world, run, { crash: null, cancelAt }) : null;
  if (whole === null) await passing(clock, giveUpRun(dependencies, run));
  const atEnd = whole === null || died ? [] : whole.shown;
  if (died) await passing(clock, releaseAll(dependencies, new AbortController().signal));
  const found = await store.runs.get(run);
  return { phase: found?.phase, atEnd, held: heldBy(sandbox.objects()) };
}

/** Advances the clock until the work is done. */
async function passing<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  void work.catch(() => {}).finally(() => done.abort());
  while (!done.signal.aborted) await clock.advance(500);
  return work;
}

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  jobs: fc.array(
    fc.record({
      type: fc.constantFrom<Wanted["type"]>("task", "task", "check", "pods"),
      end: fc.constantFrom(...ENDS),
      pods: fc.constantFrom(1, 1, 3),
      attempts: fc.integer({ min: 1, max: 2 }),
      timeout: fc.constantFrom(1_500, 8_000, 60_000),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  cancelAt: fc.option(fc.integer({ min: 0, max: 12_000 }), { freq: 2 }),
  lives: fc.oneof(
    fc.constant([]),
    fc.array(fc.record({ at: fc.nat(16), how: fc.constantFrom<Crash["how"]>("before", "after") }), { maxLength: 3 }),
  ),
  last: fc.constantFrom<Scenario["last"]>("drives", "drives", "drives", "gives up"),
});

const one = (wanted: Partial<Wanted>): Wanted => ({
  type: "task",
  end: "does-not-exist",
  pods: 1,
  attempts: 1,
  timeout: 60_000,
  ...wanted,
});

describe("a run that has ended", () => {
  it("holds nothing, whatever ended it", async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario, async (scenario) => {
        const { phase, atEnd, held } = await play(scenario);
        expect(phase).not.toBe("running");
        expect({ atEnd, held }).toEqual({ atEnd: [], held: [] });
      }),
      { numRuns: 80 },
    );
  }, 120_000);

  it("leaves the names of a refused gang free", async () => {
    const world = await openWorld();
    const run = await begin(world, [one({ end: "policy", pods: 3 })]);
    await live(world, run, { crash: null, cancelAt: null });
    expect(kindsOn(world)).toEqual(["PersistentVolumeClaim"]);
    const rows = await world.store.inventory.list("default", "app");
    expect(rows.map(({ kind }) => kind)).toEqual(["PersistentVolumeClaim"]);
  });

  it("keeps what it found there, also when it is refused", async () => {
    const world = await openWorld();
    const wanted = one({ end: "policy", pods: 3 });
    const [, service] = plannedJob(wanted, 0).objects;
    if (service !== undefined) world.sandbox.place(service.manifest);
    await live(world, await begin(world, [wanted]), { crash: null, cancelAt: null });
    expect(kindsOn(world)).toEqual(["PersistentVolumeClaim", "Service"]);
  });

  it("keeps the Job of a program that ran to its own end, and the Service of its pods", async () => {
    const world = await openWorld();
    const run = await begin(world, [one({ end: "task-fails", pods: 3 })]);
    await live(world, run, { crash: null, cancelAt: null });
    expect(kindsOn(world)).toEqual(["Job", "PersistentVolumeClaim", "Service"]);
  });
});

function kindsOn({ sandbox }: World): readonly string[] {
  return sandbox
    .objects()
    .map(({ kind }) => kind)
    .toSorted();
}

/** A Job that never starts, as an attempt of the run left it. */
function leftJob(run: string, name: string, more: Readonly<Record<string, string>> = {}): Manifest {
  const { objects } = plannedJob(one({}), 0);
  const [{ manifest } = { manifest: undefined }] = objects;
  if (manifest === undefined) throw new Error("a task has a Job");
  const { metadata } = manifest;
  const annotations = { "kubemin.dev/attempt": `${run}/1` };
  return { ...manifest, metadata: { ...metadata, name, annotations, labels: { ...metadata.labels, ...more } } };
}

const never = new AbortController().signal;

describe("the search for what ended runs still hold", () => {
  it("removes a Job of an ended run, and a cancel of that run does it as well and says what", async () => {
    const world = await openWorld();
    const run = await begin(world, [one({ end: "ok" })]);
    await live(world, run, { crash: null, cancelAt: null });
    const ended = await knownRun(world.dependencies, "default", run);
    const jobs = () => world.sandbox.objects().map(({ metadata }) => metadata.name);
    world.sandbox.place(leftJob(run, "left"));
    expect(jobs()).toEqual(["job0", "left"]);
    await passing(world.clock, releaseAll(world.dependencies, never));
    expect(jobs()).toEqual(["job0"]);
    world.sandbox.place(leftJob(run, "left"));
    expect(await passing(world.clock, cancelEnded(world.dependencies, ended, never))).toEqual(["Job/left"]);
    expect(jobs()).toEqual(["job0"]);
    await expect(passing(world.clock, cancelEnded(world.dependencies, ended, never))).rejects.toThrow("ended already");
  });

  it("leaves a Job that a newer run of the application may follow, until that run has ended", async () => {
    const world = await openWorld();
    const first = await begin(world, [one({ end: "ok" })]);
    await live(world, first, { crash: null, cancelAt: null });
    const second = await begin(world, [one({ end: "ok" })], 2);
    world.sandbox.place(leftJob(first, "followed"));
    await passing(world.clock, releaseAll(world.dependencies, never));
    expect(kindsOn(world)).toEqual(["Job", "Job"]);
    await live(world, second, { crash: null, cancelAt: null });
    await passing(world.clock, releaseAll(world.dependencies, never));
    expect(world.sandbox.objects().map(({ metadata }) => metadata.name)).toEqual(["job0"]);
  });

  it("leaves the Jobs of other installations of kubemin on the same cluster", async () => {
    const world = await openWorld();
    world.sandbox.place(leftJob("run-of-another-store", "theirs"));
    await passing(world.clock, releaseAll(world.dependencies, never));
    expect(kindsOn(world)).toEqual(["Job"]);
  });

  it("removes the Job of an earlier attempt while its run goes on", async () => {
    const world = await openWorld();
    const run = await begin(world, [one({ end: "ok" })]);
    world.sandbox.place(leftJob(run, `${run}-job0-1`, { "kubemin.dev/job-type": "pods" }));
    await passing(world.clock, releaseAll(world.dependencies, never));
    expect(kindsOn(world)).toEqual([]);
  });
});
