// A full drift pass over thousands of applications on a real API server with simulated nodes. kubemin deploys the
// applications, kubectl changes some of their objects, and then every application is checked: by the watches
// (`status`), and by a dry run of every object (`diff --live`). KUBEMIN_BENCH_APPLICATIONS is their number (default:
// 3000). The benchmark has its own cluster, and removes it unless it existed before.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerProcess, startServer } from "../test/support/serverProcess.ts";
import { stopCluster } from "../tools/cluster/instance.ts";
import { readState } from "../tools/cluster/state.ts";
import { requestsDuring, WRITES } from "./support/audit.ts";
import { type BenchCluster, benchCluster, makeNamespaces } from "./support/cluster.ts";
import { compared, type Drifted, type Pass, watched } from "./support/driftPass.ts";
import { type Application, deployAll, fleetOf, namespacesOf } from "./support/fleet.ts";
import { meddle } from "./support/meddle.ts";
import { printTable, type Row } from "./support/table.ts";

const COUNT = Number(process.env["KUBEMIN_BENCH_APPLICATIONS"] ?? 3_000);
const NAME = "reach";
const LIMIT = 60_000;
const PODS_PER_NODE = 100;

export async function benchDrift(): Promise<void> {
  const before = readState(NAME) !== undefined;
  const cluster = await benchCluster({ name: NAME, simulatedNodes: Math.ceil(COUNT / PODS_PER_NODE) + 2 });
  const home = mkdtempSync(join(tmpdir(), "kubemin-drift-"));
  const fleet = fleetOf(COUNT);
  try {
    await makeNamespaces(cluster, namespacesOf(fleet));
    await measure(cluster, { fleet, home });
  } finally {
    rmSync(home, { recursive: true, force: true });
    if (before) await cluster.kubectl(["delete", "namespace", "--wait=false", ...namespacesOf(fleet)]);
    else await stopCluster(NAME);
  }
}

interface Measuring {
  readonly fleet: readonly Application[];
  readonly home: string;
}

async function measure(cluster: BenchCluster, { fleet, home }: Measuring): Promise<void> {
  const words = ["--kubeconfig", cluster.kubeconfig, "--context", cluster.context];
  const rows: Row[] = [];
  const first = await startServer(words, home);
  const deployed = await seconds(() => deployAll(first.client, fleet));
  rows.push({ what: `deploying ${fleet.length} applications, ${4 * fleet.length} objects`, measured: text(deployed) });
  rows.push({ what: "applications per second", measured: (fleet.length / (deployed / 1_000)).toFixed(1) });
  rows.push({ what: "server's memory afterwards", measured: memoryOf(first) });
  rows.push(
    ...(await passRows(cluster, first, {
      name: "untouched, by the watches",
      pass: watched,
      fleet,
      expected: new Map(),
    })),
  );
  const expected = await meddle(cluster, fleet);
  await first.stop();

  const second = await startServer(words, home);
  try {
    const look = (name: string, pass: Pass) => passRows(cluster, second, { name, pass, fleet, expected });
    rows.push(...(await look("after a restart, by the watches", watched)));
    rows.push(...(await look("again, by the watches", watched)));
    rows.push(...(await look("every object by dry run", compared)));
    rows.push({ what: "server's memory afterwards", measured: memoryOf(second) });
  } finally {
    await second.stop();
  }
  printTable(`Drift of ${fleet.length} applications, ${expected.size} of them changed by another tool`, rows);
}

interface Looking {
  readonly name: string;
  readonly pass: Pass;
  readonly fleet: readonly Application[];
  readonly expected: Drifted;
}

async function passRows(cluster: BenchCluster, server: ServerProcess, looking: Looking): Promise<readonly Row[]> {
  const { name, pass, fleet, expected } = looking;
  let found: Drifted = new Map();
  let took = 0;
  const requests = await requestsDuring(cluster.auditLog ?? "", async () => {
    took = await seconds(async () => {
      found = await pass(server.client, fleet);
    });
  });
  const own = requests.filter((one) => one.agent.startsWith("kubemin"));
  const writes = own.filter((one) => WRITES.has(one.verb)).length;
  const wrong = difference(found, expected);
  return [
    { what: `pass ${name}`, measured: text(took), limit: "< 60 s", kept: took < LIMIT },
    {
      what: `  drifted applications found, wrong or missed`,
      measured: `${found.size}, ${wrong.length}`,
      limit: `${expected.size}, 0`,
      kept: wrong.length === 0,
    },
    { what: "  requests to the API server, dry runs among them", measured: `${own.length}, ${writes}` },
    ...wrong.slice(0, 5).map((one): Row => ({ what: `  ${one}`, measured: "" })),
  ];
}

/** The applications that were reported wrongly or missed, each with its object. */
function difference(found: Drifted, expected: Drifted): readonly string[] {
  const names = new Set([...found.keys(), ...expected.keys()]);
  return [...names]
    .filter((name) => found.get(name) !== expected.get(name))
    .map((name) => `${name}: ${found.get(name) ?? "nothing"} instead of ${expected.get(name) ?? "nothing"}`);
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const text = (time: number): string => `${(time / 1_000).toFixed(1)} s`;

function memoryOf({ pid }: ServerProcess): string {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (field: string): number =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN) / 1_000);
  return `${megabytes("VmRSS")} MB (peak ${megabytes("VmHWM")})`;
}

if (import.meta.main) await benchDrift();
