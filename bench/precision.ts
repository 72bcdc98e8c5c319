// Counts how often the capacity check and the program that really decides differ, in both directions, on more random
// clusters than the tests use: kube-scheduler alone, with devices of drivers (DRA), and HAMi with its webhook.
// `node bench/precision.ts [plain|dra|hami] [clusters] [nodes] [questions] [first seed]`; without a name: all of them
import { draScene } from "../test/capacity/draScene.ts";
import { hamiScene } from "../test/capacity/hamiScene.ts";
import { plainScene } from "../test/capacity/plainScene.ts";
import { measurePrecision, type PrecisionScene, sentence } from "../test/capacity/precision.ts";
import type { Random } from "../test/capacity/randomCluster.ts";
import { startHami } from "../test/middleware/hami.ts";
import { type RunningCluster, startCluster, stopCluster } from "../tools/cluster/instance.ts";
import { printTable } from "./support/table.ts";

interface Middleware {
  readonly title: string;
  readonly nodes: number;
  readonly scene: (random: Random, nodes: number) => PrecisionScene;
  readonly start?: (cluster: RunningCluster) => Promise<{ stop(): Promise<void> }>;
}

const MIDDLEWARE: Readonly<Record<string, Middleware>> = {
  plain: {
    title: "kube-scheduler",
    nodes: 300,
    scene: (random, nodes) => plainScene(random, { nodes, load: nodes * 2 }),
  },
  dra: { title: "kube-scheduler with devices of drivers", nodes: 12, scene: draScene },
  hami: { title: "HAMi with its webhook", nodes: 8, scene: hamiScene, start: startHami },
};

interface Size {
  readonly clusters: number;
  readonly nodes: number;
  readonly questions: number;
  readonly first: number;
}

export async function benchPrecision(name: string, size: Partial<Size> = {}): Promise<void> {
  const middleware = MIDDLEWARE[name];
  if (middleware === undefined)
    throw new Error(`no such comparison: ${name}; known: ${Object.keys(MIDDLEWARE).join(", ")}`);
  const {
    clusters = 5,
    nodes = middleware.nodes,
    questions = 200,
    first = Math.floor(Math.random() * 1_000_000),
  } = size;
  const running = await startCluster({ name: "capacity", controlPlaneOnly: true, simulatedNodes: 1 });
  const started = await middleware.start?.(running);
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
    const wish = { kubeconfig: running.kubeconfig, seed, questions };
    const found = await measurePrecision(wish, (random) => middleware.scene(random, nodes));
    sums.questions += found.cases.length;
    for (const one of found.cases) sums[one.verdict.class] += 1;
    for (const kind of ["falseFits", "falseWaits", "falseRejections", "hopeless"] as const) {
      sums[kind] += found[kind].length;
      for (const one of found[kind]) process.stderr.write(`seed ${seed} ${kind}: ${sentence(one)}\n`);
    }
  }
  await started?.stop();
  await stopCluster("capacity");
  const counted = (what: string, measured: number) => ({ what, measured: String(measured) });
  const bound = (what: string, measured: number) => ({ ...counted(what, measured), limit: "0", kept: measured === 0 });
  printTable(
    `The check beside ${middleware.title}, ${clusters} clusters of ${nodes} nodes, ${sums.questions} questions, seeds from ${first}`,
    [
      counted("said fits", sums.fits),
      counted("said waits", sums.waits),
      counted("said rejected", sums.rejected),
      counted("said unknown", sums.unknown),
      counted("fits, and was not placed", sums.falseFits),
      counted("waits or rejected, and was placed at once", sums.falseWaits),
      bound("rejected, and was placed when all was empty", sums.falseRejections),
      counted("waits, and was not placed even when all was empty", sums.hopeless),
    ],
  );
}

if (import.meta.main) {
  const [name, ...numbers] = process.argv.slice(2);
  const [clusters, nodes, questions, first] = numbers.map(Number);
  const given = { clusters, nodes, questions, first };
  const size = Object.fromEntries(Object.entries(given).filter((entry) => entry[1] !== undefined));
  for (const one of name === undefined ? Object.keys(MIDDLEWARE) : [name]) await benchPrecision(one, size);
}
