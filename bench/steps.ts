// Runs a workflow of a thousand steps on a store on disk. Measures the time that the engine needs between the end of a
// step and the beginning of the next one, in a chain and in layers of fifty. The steps do nothing. PostgreSQL is
// measured too if KUBEMIN_BENCH_POSTGRES names a database.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createCatalog } from "../src/catalog/catalog.ts";
import { defineJob } from "../src/catalog/define.ts";
import { catalogJobTypes } from "../src/catalog/jobTypes.ts";
import { openPostgres, openSqlite } from "../src/database/open.ts";
import { inProcessDispatch } from "../src/dispatch/inProcess.ts";
import type { EngineDependencies } from "../src/engine/contract/dependencies.ts";
import { createBreakers } from "../src/engine/deciding/breakers.ts";
import { startEngine } from "../src/engine/engine.ts";
import { startWorkflowRun } from "../src/engine/starting/startWorkflowRun.ts";
import { systemClock } from "../src/engine/systemClock.ts";
import type { JsonObject } from "../src/model/data/json.ts";
import { reason } from "../src/model/reasons/reason.ts";
import { createOutgoing } from "../src/outgoing/outgoing.ts";
import type { Store } from "../src/ports/store.ts";
import { createSandbox } from "../src/sandbox/sandbox.ts";
import { aesVault } from "../src/vault/aesVault.ts";
import { onlyCluster } from "../test/support/clusters.ts";
import { milliseconds, printTable, quantile } from "./support/table.ts";

const STEPS = 1_000;
/** Steps of a layer: fewer than the jobs that a run may execute at the same time, so that no step waits for a slot. */
const WIDTH = 50;
const LIMIT = 20;

interface Times {
  readonly began: Map<string, number>;
  readonly ended: Map<string, number>;
}

function nothing({ began, ended }: Times) {
  return defineJob({
    name: "nothing",
    summary: { en: "does nothing", zh: "不做任何事" },
    input: z.looseObject({}),
    output: z.object({ n: z.int() }),
    step: { examples: [] },
    timeout: 60_000,
    async run({ job }) {
      began.set(job, performance.now());
      await Promise.resolve();
      ended.set(job, performance.now());
      return { phase: "succeeded", reason: reason("Completed"), output: { n: 1 } };
    },
  });
}

const stepName = (index: number): string => `s${String(index).padStart(4, "0")}`;

/** A chain of steps, each of which reads an output of the previous one. */
const chain = (): JsonObject => ({
  steps: Array.from({ length: STEPS }, (_, index) => ({
    name: stepName(index),
    type: "nothing",
    properties: index === 0 ? {} : { before: { $from: `/steps/${stepName(index - 1)}/outputs/n` } },
  })),
});

/** Layers of steps. Each step needs three steps of the previous layer. */
const layers = (): JsonObject => ({
  mode: "DAG",
  steps: Array.from({ length: STEPS }, (_, index) => ({
    name: stepName(index),
    type: "nothing",
    dependsOn:
      index < WIDTH
        ? []
        : [0, 7, 31].map((more) => stepName(index - WIDTH - (index % WIDTH) + ((index + more) % WIDTH))),
  })),
});

async function measure(
  store: Store,
  document: JsonObject,
): Promise<{ edges: readonly number[]; total: number; computing: number }> {
  const times: Times = { began: new Map(), ended: new Map() };
  const catalog = createCatalog({ name: "bench", jobs: [nothing(times)] });
  const log = { write: () => {} };
  const dependencies: EngineDependencies = {
    store,
    clusters: onlyCluster(() => createSandbox({ name: "sandbox", clock: systemClock }), "sandbox"),
    catalog,
    jobTypes: catalogJobTypes(catalog),
    breakers: createBreakers(systemClock),
    publicUrl: () => "http://localhost",
    vault: aesVault(randomBytes(32)),
    outgoing: createOutgoing({ allow: [], clock: systemClock }),
    dispatch: inProcessDispatch(log, systemClock),
    clock: systemClock,
    log,
    newId: () => randomBytes(8).toString("hex"),
  };
  const engine = await startEngine(dependencies);
  const { promise: committed, resolve } = Promise.withResolvers<void>();
  const began = performance.now();
  const before = process.cpuUsage();
  const { run } = await startWorkflowRun(dependencies, {
    project: "bench",
    actor: "bench",
    document: { name: "bench", workflow: document },
  });
  const unsubscribe = store.events.subscribe(() => {
    void store.runs.get(run.id).then((now) => (now?.phase === "running" ? undefined : resolve()));
  });
  await committed;
  unsubscribe();
  const total = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  const computing = (user + system) / 1_000;
  const jobs = await store.runs.jobs(run.id);
  await engine.stop();
  if (jobs.some((job) => job.phase !== "succeeded")) throw new Error("a step did not succeed");
  const edges = jobs.flatMap(({ name, plan: { needs } }) => {
    const ready = Math.max(...needs.map((need) => times.ended.get(need.job) ?? Number.NaN));
    return needs.length === 0 ? [] : [(times.began.get(name) ?? Number.NaN) - ready];
  });
  return { edges, total, computing };
}

export async function benchSteps(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "kubemin-bench-"));
  const postgres = process.env["KUBEMIN_BENCH_POSTGRES"];
  const stores: readonly (readonly [string, () => Promise<Store>])[] = [
    ["SQLite", () => openSqlite(join(folder, "kubemin.db"))],
    ...(postgres === undefined ? [] : [["PostgreSQL", () => openPostgres(postgres)] as const]),
  ];
  const rows = [];
  try {
    for (const [name, open] of stores) {
      const store = await open();
      for (const [shape, document] of [["a chain", chain()] as const, [`layers of ${WIDTH}`, layers()] as const]) {
        const { edges, total, computing } = await measure(store, document);
        const [p50, p99] = [quantile(edges, 0.5), quantile(edges, 0.99)];
        const what = `${name}, ${shape}`;
        rows.push(
          {
            what: `${what}: end -> beginning of the next, p50`,
            measured: milliseconds(p50),
            limit: `< ${LIMIT} ms`,
            kept: p50 < LIMIT,
          },
          { what: `${what}: p99`, measured: milliseconds(p99) },
          { what: `${what}: planning and all steps`, measured: milliseconds(total) },
          { what: `${what}: of that computing, per step`, measured: milliseconds(computing / STEPS) },
        );
      }
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  printTable(`A workflow of ${STEPS} steps`, rows);
}

if (import.meta.main) await benchSteps();
