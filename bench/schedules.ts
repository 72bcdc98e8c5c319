// Runs ten thousand random schedules of faults, cancels, pauses, retries and killed processes in virtual time. The
// schedules are made in test/engine/support/schedules.ts. `node bench/schedules.ts 500` runs another number; `node
// bench/schedules.ts 500 SEED` repeats a run.
import fc from "fast-check";
import { anySchedule, playSchedule } from "../test/engine/support/schedules.ts";
import { printTable } from "./support/table.ts";

const DEFAULT = 10_000;

export async function benchSchedules(count = DEFAULT, seed = Date.now() % 2 ** 31): Promise<void> {
  const began = performance.now();
  const broken = new Map<string, number>();
  const sample = fc.sample(anySchedule, { numRuns: count, seed });
  const tally = { jobs: 0, acts: 0, kills: 0 };
  for (const [index, schedule] of sample.entries()) {
    tally.jobs += schedule.graphs.flat().length;
    tally.acts += schedule.acts.length;
    tally.kills += schedule.acts.filter(({ act }) => act.what === "kill").length;
    for (const text of await playSchedule(schedule)) broken.set(`${index}: ${text}`, index);
  }
  for (const text of [...broken.keys()].slice(0, 20)) process.stdout.write(`  BROKEN ${text}\n`);
  const faults = new Set(broken.values()).size;
  printTable(`Random schedules in virtual time, seed ${seed}`, [
    { what: "schedules", measured: String(count) },
    { what: "jobs", measured: String(tally.jobs) },
    { what: "cancels, pauses, answers, retries, kills", measured: String(tally.acts) },
    { what: "of them kills of the process", measured: String(tally.kills) },
    { what: "took", measured: `${Math.round((performance.now() - began) / 1000)} s` },
    { what: "broke a rule", measured: String(faults), limit: "0", kept: faults === 0 },
  ]);
  if (faults > 0) process.exitCode = 1;
}

if (import.meta.main) {
  const [count, seed] = process.argv.slice(2).map(Number);
  await benchSchedules(count ?? DEFAULT, ...(seed === undefined ? [] : [seed]));
}
