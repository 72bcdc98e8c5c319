// The command line of the torture test: npm run torture -- --minutes 5 [--seed N] [--store sqlite|postgres]
// [--sandbox]. It causes real faults and checks the result: first with many processes on PostgreSQL and the cluster of
// KUBEMIN_TEST_KUBECONFIG (or one that is built and started, as for the tests), then with one process on SQLite. With
// --sandbox, clusters are simulated and users only run workflows. With --every-write, a process on each database is
// killed at each write of a run. The exit code is 1 when anything was lost, done twice, or reported wrongly.
import { parseArgs } from "node:util";
import cluster from "../../test/cluster.ts";
import { startPostgres } from "../postgres/postgres.ts";
import { dieAtEveryWrite } from "./everyWrite.ts";
import { type Tortured, type TortureOptions, torture } from "./run.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    "every-write": { type: "boolean", default: false },
    store: { type: "string" },
    sandbox: { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const say = (line: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

function report(told: Tortured): void {
  const table = (of: Iterable<readonly [string, unknown]>): string =>
    [...of].map(([name, count]) => `${name} ${String(count)}`).join(", ") || "none";
  say(`runs acknowledged: ${told.runs} (${table(Object.entries(told.phases))}); events: ${told.events}`);
  say(`correct refusals: ${table(told.refused)}`);
  say(`holds of shared machines: ${told.held}`);
  say(`acts: ${told.acts.length}; faults of the API server: ${table(told.faults)}`);
  say(`all runs had ended ${(told.settled / 1_000).toFixed(1)} s after the last act`);
  for (const line of told.broken) say(`BROKEN ${line}`);
  say(told.broken.length === 0 ? "0 lost, 0 done twice" : `${told.broken.length} rules broken; seed ${seed}`);
}

async function killAtEveryWrite(): Promise<void> {
  const postgres = await startPostgres({ durable: true });
  try {
    const broken = [...(await dieAtEveryWrite({ log: say }))];
    say("now on PostgreSQL");
    broken.push(...(await dieAtEveryWrite({ database: postgres.url, log: say })));
    for (const line of broken) say(`BROKEN ${line}`);
    say(broken.length === 0 ? "0 lost, 0 done twice" : `${broken.length} rules broken`);
    process.exitCode = broken.length === 0 ? 0 : 1;
  } finally {
    await postgres.stop();
  }
}

const STORES: readonly TortureOptions["store"][] = ["postgres", "sqlite"];

async function tortureAll(stores: typeof STORES): Promise<void> {
  const onCluster = stores.includes("postgres") && !values.sandbox;
  const stop = onCluster ? await cluster() : undefined;
  try {
    for (const store of stores) {
      say(`${store}, seed ${seed}`);
      const where = store === "postgres" && onCluster ? "kubernetes" : "sandbox";
      const options = { store, cluster: where, seconds: minutes * 60, seed, apis: 2, workers: 3, users: 8 } as const;
      const told = await torture({ ...options, log: say });
      report(told);
      if (told.broken.length > 0) process.exitCode = 1;
    }
  } finally {
    await stop?.();
  }
}

const chosen = STORES.filter((store) => values.store === undefined || values.store === store);
if (values["every-write"]) await killAtEveryWrite();
else if (!(minutes > 0) || !Number.isInteger(seed) || chosen.length === 0) {
  process.stderr.write(
    "usage: npm run torture -- --minutes 5 [--seed 1] [--store sqlite|postgres] [--sandbox], or --every-write\n",
  );
  process.exitCode = 2;
} else await tortureAll(chosen);
