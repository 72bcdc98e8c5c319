// Counts how often the capacity check and the real scheduler differ, in both directions, on more random clusters than
// the test uses. `node bench/precision.ts [clusters] [nodes] [questions] [first seed]`
import { measurePrecision, sentence } from "../test/capacity/precision.ts";
import { startCluster, stopCluster } from "../tools/cluster/instance.ts";
import { printTable } from "./support/table.ts";

const anySeed = (): number => Math.floor(Math.random() * 1_000_000);

export async function benchPrecision(clusters = 5, nodes = 300, questions = 200, first = anySeed()): Promise<void> {
  const { kubeconfig } = await startCluster({ name: "capacity", controlPlaneOnly: true, simulatedNodes: 1 });
  const sums = {
    questions: 0,
    fits: 0,
    waits: 0,
    rejected: 0,
    unknown: 0,
    falseFits: 0,
    falseWaits: 0,
    falseRejections: 0,
    hopeless: 0,
  };
  for (let seed = first; seed < first + clusters; seed += 1) {
    const found = await measurePrecision({ kubeconfig, seed, nodes, load: nodes * 2, questions });
    sums.questions += found.cases.length;
    for (const one of found.cases) sums[one.verdict.class] += 1;
    for (const kind of ["falseFits", "falseWaits", "falseRejections", "hopeless"] as const) {
      sums[kind] += found[kind].length;
      for (const one of found[kind]) process.stderr.write(`seed ${seed} ${kind}: ${sentence(one)}\n`);
    }
  }
  await stopCluster("capacity");
  const told = (what: string, measured: number) => ({ what, measured: String(measured) });
  const bound = (what: string, measured: number) => ({ ...told(what, measured), limit: "0", kept: measured === 0 });
  printTable(
    `The check beside kube-scheduler, ${clusters} clusters of ${nodes} nodes, ${sums.questions} questions, seeds from ${first}`,
    [
      told("said fits", sums.fits),
      told("said waits", sums.waits),
      told("said rejected", sums.rejected),
      told("said unknown", sums.unknown),
      told("fits, and was not placed", sums.falseFits),
      told("waits or rejected, and was placed at once", sums.falseWaits),
      bound("rejected, and was placed when all was empty", sums.falseRejections),
      told("waits, and was not placed even when all was empty", sums.hopeless),
    ],
  );
}

if (import.meta.main) await benchPrecision(...process.argv.slice(2).map(Number));
