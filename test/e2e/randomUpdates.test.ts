// Tests random updates and deletes of small applications, two in each namespace, against the real API server behind a
// proxy that makes requests fail and cuts watches. After every success the cluster contains exactly the objects of the
// model, objects that were to stay have the same uid, and foreign objects are unchanged. Environment variables:
// KUBEMIN_TEST_UPDATES is the number of updates (default 30), KUBEMIN_TEST_LANES the number of applications at the same
// time (default 2), KUBEMIN_TEST_SEED the seed (default: from the clock; a failure prints it). The seed decides the
// documents; which request gets which fault also depends on timing.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "../../src/api/client.ts";
import { contextName, kubeconfig } from "./support/environment.ts";
import { type FaultyApi, startFaultyApi } from "./support/faultyApi.ts";
import { apply, dropNamespace, makeNamespace } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";
import { changeModel, documentOf, type Model, randomOf, wanted } from "./support/randomModel.ts";
import { everythingOf, type Seen } from "./support/seen.ts";

const COUNT = Number(process.env["KUBEMIN_TEST_UPDATES"] ?? 30);
const LANES = Number(process.env["KUBEMIN_TEST_LANES"] ?? 2);
const SEED = Number(process.env["KUBEMIN_TEST_SEED"] ?? Date.now() % 1_000_000);
const PER_NAMESPACE = 2;
/** The time limit for a run that meets one fault after another. */
const PATIENCE = 120_000;

let product: Product;
let api: FaultyApi;
let namespaces: readonly string[] = [];

beforeAll(async () => {
  namespaces = await Promise.all(Array.from({ length: Math.ceil(LANES / PER_NAMESPACE) }, () => makeNamespace()));
  api = await startFaultyApi({
    kubeconfig: kubeconfig(),
    context: contextName(),
    file: join(process.env["TMPDIR"] ?? "/tmp", `${namespaces[0]}.kubeconfig`),
    random: randomOf(SEED + 1),
    share: 0.08,
  });
  product = await startProduct({ kubeconfig: api.kubeconfig });
});

afterAll(async () => {
  await product?.stop();
  await api?.close();
  await Promise.all(namespaces.map(dropNamespace));
});

interface Lane {
  readonly application: string;
  readonly namespace: string;
  readonly names: readonly string[];
  readonly random: () => number;
  readonly model: Model;
  /** Objects that existed after the last success and are in every document since then. */
  readonly uids: Map<string, string>;
  readonly told: string[];
  readonly counts: { updates: number; deletes: number };
  alive: boolean;
}

const laneOf = (index: number): Lane => ({
  application: `random-${index}`,
  namespace: namespaces[Math.floor(index / PER_NAMESPACE)] ?? "",
  names: index % PER_NAMESPACE === 0 ? ["a", "b", "c", "d"] : ["e", "f", "g", "h"],
  random: randomOf(SEED + 7_919 * (index + 1)),
  model: new Map(),
  uids: new Map(),
  told: [],
  counts: { updates: 0, deletes: 0 },
  alive: false,
});

/** Resolves when the run has ended. After a time limit it rejects with the state of the jobs. */
async function ended(run: string, after: number): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE);
  const asked = { params: { project: "default" }, query: { run, after } };
  try {
    for await (const { data } of product.client.stream("streamEvents", asked, signal))
      if (data.type === "run.finished") return;
  } catch (error) {
    if (!signal.aborted) throw error;
    const shown = await product.client.call("getRun", { params: { project: "default", run } });
    const jobs = shown.jobs.map(
      (job) => `${job.name} ${job.phase}: ${job.reason.message} ${JSON.stringify(job.evidence)}`,
    );
    throw new Error(
      `run ${shown.number} of ${shown.application} goes on after ${PATIENCE / 1_000} s: ${jobs.join("\n")}`,
      { cause: error },
    );
  }
}

/** Resolves with the message to the user if it failed, with `undefined` if it succeeded. */
async function tell(
  begin: () => Promise<{ readonly id: string; readonly lastEvent: number }>,
): Promise<string | undefined> {
  try {
    const { id, lastEvent } = await begin();
    await ended(id, lastEvent);
    const run = await product.client.call("getRun", { params: { project: "default", run: id } });
    if (run.phase === "succeeded") return undefined;
    const why = run.jobs.flatMap((job) =>
      job.phase === "failed" || job.phase === "rejected" ? [job.reason.message] : [],
    );
    return `run ${run.number} ${run.phase}: ${why.join("; ")}`;
  } catch (error) {
    if (error instanceof ApiError) return `${error.body.code}: ${error.message} ${JSON.stringify(error.body)}`;
    throw error;
  }
}

async function step(lane: Lane, label: string, deleting: boolean): Promise<void> {
  const { application, model, namespace, uids } = lane;
  const params = { project: "default", application };
  if (!deleting) changeModel(lane);
  const keys = new Set(deleting ? [] : wanted(model).map((one) => one.split(" ")[0] ?? ""));
  for (const key of uids.keys()) if (!keys.has(key)) uids.delete(key);
  lane.counts[deleting ? "deletes" : "updates"] += 1;
  const failure = await tell(() =>
    deleting
      ? product.client.call("deleteApplication", { params, query: {} })
      : product.client.call("deployApplication", { params, body: JSON.stringify(documentOf(lane)) }),
  );
  const { ours, foreign } = await look(namespace, application);
  expect(foreign, `${label}: what belongs to others`).toEqual(foreigners.get(namespace));
  const objects = new Map(ours.map((one) => [one.key, one.uid]));
  // Even after a failure, no object that every document contained may have been deleted or created again.
  for (const [key, uid] of uids)
    expect(`${key} ${objects.get(key)}`, `${label}: ${failure ?? "succeeded"}`).toBe(`${key} ${uid}`);
  if (failure !== undefined) {
    lane.alive = true;
    return void lane.told.push(`${label} ${deleting ? "delete" : "deploy"}: ${failure}`);
  }
  expect(
    ours.map((one) => one.text),
    label,
  ).toEqual(deleting ? [] : wanted(model));
  lane.alive = !deleting;
  if (!deleting) for (const [key, uid] of objects) uids.set(key, uid);
}

const foreigners = new Map<string, readonly string[]>();

async function look(
  namespace: string,
  application: string,
): Promise<{ readonly ours: readonly Seen[]; readonly foreign: readonly string[] }> {
  const all = await everythingOf(api, namespace);
  return {
    ours: all.filter((one) => one.labels["kubemin.dev/application"] === application),
    foreign: all.filter((one) => one.labels["foreign"] === "yes").map((one) => `${one.key} ${one.uid} ${one.version}`),
  };
}

/** One foreign object of each kind; only the labels differ by which kubemin recognizes its own objects. */
async function makeForeigners(namespace: string): Promise<void> {
  const labels = {
    foreign: "yes",
    "app.kubernetes.io/part-of": "random-0",
    "app.kubernetes.io/instance": "random-0",
    "app.kubernetes.io/name": "a",
  };
  const template = {
    metadata: { labels: { foreign: "pod" } },
    spec: { containers: [{ name: "a", image: "busybox:1.36" }] },
  };
  const spec = { replicas: 0, selector: { matchLabels: { foreign: "pod" } }, template, serviceName: "c-other" };
  const { serviceName: _serviceName, ...deployment } = spec;
  await apply(
    namespace,
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a-pods", labels }, data: { value: "0" } },
    { apiVersion: "v1", kind: "Secret", metadata: { name: "b-other", labels } },
    { apiVersion: "v1", kind: "Service", metadata: { name: "c-other", labels }, spec: { ports: [{ port: 80 }] } },
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a-other", labels }, spec: deployment },
    { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "b-pods", labels }, spec },
  );
}

/** Reads until two readings agree, because Kubernetes writes the status again after it creates an object. */
async function foreignersOf(namespace: string): Promise<readonly string[]> {
  for (;;) {
    const all = await everythingOf(api, namespace);
    if (all.filter((one) => one.labels["foreign"] === "yes").every((one) => one.observed))
      return (await look(namespace, "")).foreign;
  }
}

async function work(lane: Lane, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const label = `seed ${SEED}, ${lane.application}, step ${index}`;
    await step(lane, label, lane.alive && lane.random() < 0.1);
  }
}

describe(`${COUNT} random updates behind a faulty API server (seed ${SEED})`, () => {
  it(
    "end as the model says, and never touch what belongs to others",
    async () => {
      const lanes = Array.from({ length: LANES }, (_, index) => laneOf(index));
      for (const namespace of namespaces) {
        await makeForeigners(namespace);
        foreigners.set(namespace, await foreignersOf(namespace));
      }
      await Promise.all(lanes.map((lane) => work(lane, Math.ceil(COUNT / LANES))));
      api.calm();
      const told = lanes.flatMap((lane) => lane.told);
      for (const lane of lanes) {
        const before = lane.told.length;
        await step(lane, `seed ${SEED}, ${lane.application}, at last`, false);
        expect(lane.told.slice(before), "what the last deploy was told").toEqual([]);
      }
      report(lanes, told);
      const kinds = new Set([...api.faults.keys()].map((one) => one.replace(/^\S+( \(dry run\))? /, "")));
      expect(kinds.size).toBeGreaterThanOrEqual(COUNT >= 30 ? 5 : 1);
      if (COUNT >= 500)
        for (const fault of ["409", "429", "500", "500 afterwards", "hung up", "hung up afterwards"])
          for (const method of ["PATCH", "DELETE"])
            expect(api.faults.get(`${method} ${fault}`) ?? 0).toBeGreaterThan(0);
      expect(told.length, told.join("\n\n")).toBeLessThan(Math.max(3, COUNT / 10));
    },
    60_000 + COUNT * 20_000,
  );
});

function report(lanes: readonly Lane[], told: readonly string[]): void {
  if (process.env["KUBEMIN_TEST_VERBOSE"]) process.stderr.write(`${told.join("\n\n")}\n`);
  const sum = (what: "updates" | "deletes"): number => lanes.reduce((total, lane) => total + lane.counts[what], 0);
  const spoilt = [...api.faults].toSorted(([a], [b]) => a.localeCompare(b)).map(([kind, count]) => `${kind}: ${count}`);
  process.stderr.write(
    `seed ${SEED}: ${sum("updates")} updates, ${sum("deletes")} deletes of everything, ${told.length} told failures; spoilt requests: ${spoilt.join(", ")}\n`,
  );
}
