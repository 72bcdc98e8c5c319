// The examples about GPUs in the sandbox, in virtual time: what a reader of the guide sees with `npm start`.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { startDeployRun } from "../../src/engine/starting/deploy.ts";
import { openPlace, type WorkflowPlace } from "../workflow/support/place.ts";

const SECOND = 1_000;

async function start(place: WorkflowPlace, text: string): Promise<string> {
  const asked = {
    project: "default",
    text,
    format: "yaml",
    actor: "ada",
    message: "",
    createNamespace: false,
  } as const;
  return (await startDeployRun(place.dependencies, asked, new AbortController().signal)).id;
}

function deploy(place: WorkflowPlace, file: string): Promise<string> {
  return start(place, readFileSync(new URL(`../../examples/${file}`, import.meta.url), "utf8"));
}

/** `name phase REASON` of each job. */
async function jobsOf({ dependencies }: WorkflowPlace, run: string): Promise<readonly string[]> {
  const jobs = await dependencies.store.runs.jobs(run);
  return jobs.map(({ name, phase, reason }) => `${name} ${phase} ${reason?.code ?? ""}`);
}

it("some tasks run, one waits and starts by itself, one gives up, two are refused, one fails by itself", async () => {
  await using place = await openPlace();
  const run = await deploy(place, "gpus.yaml");
  await place.clock.advance(5 * SECOND);
  expect(await jobsOf(place, run)).toEqual([
    "first running TaskRunning",
    "second running TaskRunning",
    "waits pending CapacityShort",
    "gives-up pending CapacityShort",
    "too-large rejected NoneLarge",
    "wrong-model rejected NoSuchModel",
    "fails failed TaskFailed",
    "share running TaskRunning",
    "partition running TaskRunning",
  ]);
  const { signal } = new AbortController();
  const overview = await place.sandbox.capacity?.overview("default", signal);
  expect(overview?.flavors.find(({ flavor }) => flavor.includes("A100-SXM4-80GB"))).toMatchObject({
    total: "16",
    free: "0",
    holders: { own: ["gpus/first", "gpus/second"], others: 0 },
  });
  expect(overview?.waiting.map(({ name }) => name).toSorted()).toEqual(["gpus/gives-up", "gpus/waits"]);
  await place.clock.advance(17 * SECOND);
  expect(await jobsOf(place, run)).toMatchObject({
    0: "first succeeded Completed",
    2: "waits running TaskRunning",
    3: "gives-up expired GaveUpWaiting",
  });
  await place.clock.advance(30 * SECOND);
  expect((await jobsOf(place, run)).filter((one) => one.includes("succeeded"))).toHaveLength(5);
});

it("the queue admits a task, holds one back while GPUs are free, and refuses one", async () => {
  await using place = await openPlace();
  const run = await deploy(place, "gpu-queue.yaml");
  await place.clock.advance(5 * SECOND);
  expect(await jobsOf(place, run)).toEqual([
    "admitted running TaskRunning",
    "held-back pending QueueQuotaBusy",
    "over-quota rejected QueueTooSmall",
  ]);
  await place.clock.advance(30 * SECOND);
  expect(await jobsOf(place, run)).toMatchObject({
    0: "admitted succeeded Completed",
    1: "held-back succeeded Completed",
  });
});

it("`onShort: fail` answers at once, and starts where there is room", async () => {
  await using place = await openPlace();
  const holder = await start(place, documentOf("holder", 4));
  await place.clock.advance(2 * SECOND);
  expect(await jobsOf(place, holder)).toEqual(["run running TaskRunning"]);
  const late = await start(place, documentOf("late", 1));
  await place.clock.advance(100);
  expect(await jobsOf(place, late)).toEqual(["run expired DidNotWait"]);
});

function documentOf(name: string, count: number): string {
  const gpu = { count, product: "NVIDIA-H100-80GB-HBM3" };
  const properties = { image: "busybox:1.36", command: ["sleep", "30"] };
  return JSON.stringify({
    name,
    components: [{ name: "run", type: "task", properties, traits: { gpu }, onShort: "fail" }],
  });
}
