// Measures how an installation grows with 100, 1,000 and 10,000 applications in the store: the time of a start, the
// memory of the server, the time of the first page of applications, and how soon many clients receive an event. It uses
// SQLite and the sandbox, without a cluster. KUBEMIN_BENCH_SIZES (like 100,1000) and KUBEMIN_BENCH_CLIENTS (like 1000)
// change the numbers.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { type Client, createClient } from "../src/api/client.ts";
import { type ServerProcess, startServer } from "../test/support/serverProcess.ts";
import { memoryOf } from "./support/cost.ts";
import { milliseconds, printTable, quantile, type Row } from "./support/table.ts";

const SIZES = (process.env["KUBEMIN_BENCH_SIZES"] ?? "100,1000,10000").split(",").map(Number);
const CLIENTS = Number(process.env["KUBEMIN_BENCH_CLIENTS"] ?? 1_000);
const PAGES = 300;
/** The most event streams of one token. */
const PER_TOKEN = 50;
const PROJECT = "big";

export async function benchGrowth(): Promise<void> {
  const rows: Row[] = [];
  for (const size of SIZES) rows.push(...(await measure(size, size === SIZES.at(-1))));
  printTable(`Growth (SQLite, no cluster), ${CLIENTS} event streams at the largest size`, rows);
}

async function measure(size: number, last: boolean): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), "kubemin-growth-"));
  const words = ["--sandbox", "--data", join(home, "data")];
  try {
    await (await startServer(words, home)).stop();
    fill(join(home, "data", "kubemin.db"), size);
    const server = await startServer(words, home);
    try {
      const name = `${size.toLocaleString("en")} applications`;
      const idle = memoryOf(server.pid);
      const times = await pages(server.client);
      const p95 = quantile(times, 0.95);
      const rows: Row[] = [
        { what: `${name}: start to first answer`, measured: milliseconds(server.startup) },
        {
          what: `${name}: memory after the start`,
          measured: `${idle} MB`,
          limit: size >= 10_000 ? "< 400 MB" : "< 200 MB",
          kept: idle < (size >= 10_000 ? 400 : 200),
        },
        { what: `${name}: first page of 50, p50`, measured: milliseconds(quantile(times, 0.5)) },
        { what: `${name}: first page of 50, p95`, measured: milliseconds(p95), limit: "< 100 ms", kept: p95 < 100 },
      ];
      return last ? [...rows, ...(await listeners(server))] : rows;
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Fills the store with applications that have ten runs each. A list of applications shows only the last run. */
function fill(file: string, size: number): void {
  const database = new Sqlite(file);
  const numbers = `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${size})`;
  const rounds = "with recursive rounds (r) as (select 1 union all select r + 1 from rounds where r < 10)";
  database.exec(`insert into applications (project, name, cluster, namespace, revision, deleted, updated_at, last_run)
    ${numbers} select '${PROJECT}', 'app-' || n, 'sandbox', 'space', 1, 0, '2026-01-01T00:00:00.000Z', 'run-' || n || '-10' from numbers`);
  database.exec(`insert into runs (id, project, application, number, revision, kind, cluster, namespace, phase, actor, message, created_at, finished_at)
    ${rounds}, ${numbers.replace("with recursive ", "")} select 'run-' || n || '-' || r, '${PROJECT}', 'app-' || n, r, 1, 'deploy', 'sandbox', 'space', 'succeeded', 'ada', '', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' from numbers, rounds`);
  database.close();
}

async function pages(client: Client): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < PAGES; count += 1) {
    const begin = performance.now();
    await client.call("listApplications", { params: { project: PROJECT }, query: { limit: 50 } });
    times.push(performance.now() - begin);
  }
  return times;
}

/** Measures for one deploy the time from the first to the last client that received the event. */
async function listeners(server: ServerProcess): Promise<readonly Row[]> {
  const tokens = await Promise.all(
    Array.from({ length: Math.ceil(CLIENTS / PER_TOKEN) }, (_, number) =>
      server.client.call("addToken", { body: { name: `listener-${number}`, project: PROJECT, role: "read" } }),
    ),
  );
  const stop = new AbortController();
  const heard: number[] = [];
  const all = Promise.withResolvers<void>();
  const listen = async (number: number): Promise<void> => {
    const token = tokens[Math.floor(number / PER_TOKEN)]?.token ?? "";
    const client = createClient({ url: server.url, token });
    for await (const { data } of client.stream(
      "streamEvents",
      { params: { project: PROJECT }, query: { after: 0 } },
      stop.signal,
    )) {
      if (data.type !== "run.finished") continue;
      heard.push(performance.now());
      if (heard.length === CLIENTS) all.resolve();
      return;
    }
  };
  const listening = Array.from({ length: CLIENTS }, (_, number) =>
    listen(number).catch((error: unknown) => all.reject(error)),
  );
  const body = JSON.stringify({
    name: "told",
    components: [{ name: "c", type: "config", properties: { data: { a: "b" } } }],
  });
  await server.client.call("deployApplication", {
    params: { project: PROJECT, application: "told" },
    query: { wait: "60s" },
    body,
  });
  await all.promise;
  const spread = Math.max(...heard) - Math.min(...heard);
  const memory = memoryOf(server.pid);
  stop.abort();
  await Promise.allSettled(listening);
  return [
    {
      what: `${CLIENTS} clients: from the first to the last that received an event`,
      measured: milliseconds(spread),
      limit: "< 1 s",
      kept: spread < 1_000,
    },
    { what: `${CLIENTS} clients: memory`, measured: `${memory} MB` },
  ];
}

if (import.meta.main) await benchGrowth();
