// The environment of the torture test: a database that can be cut off and crashed, and a cluster behind an API server
// that misbehaves.
import { join } from "node:path";
import { Client as Database } from "pg";
import { contextName, kubeconfig } from "../../test/e2e/support/environment.ts";
import { type FaultyApi, startFaultyApi } from "../../test/e2e/support/faultyApi.ts";
import { dropNamespace, makeNamespace } from "../../test/e2e/support/kubectl.ts";
import { startPostgres } from "../postgres/postgres.ts";
import type { Victims } from "./acts.ts";
import type { FleetOptions } from "./fleet.ts";
import type { TortureOptions } from "./run.ts";
import { layWire } from "./wire.ts";

export type Closings = (() => Promise<unknown> | void)[];

export async function databaseOf(
  { store }: TortureOptions,
  closings: Closings,
): Promise<Pick<Victims, "wire" | "backends">> {
  if (store === "sqlite") return { wire: undefined, backends: async () => [] };
  const postgres = await startPostgres({ durable: true });
  closings.push(() => postgres.stop());
  const wire = await layWire(postgres.url);
  closings.push(() => wire.close());
  return { wire, backends: () => backendsOf(postgres.url) };
}

interface Ground {
  readonly namespace: string;
  readonly faulty: FaultyApi;
  readonly place: FleetOptions["cluster"];
}

/** The cluster; `null` when each process simulates its own. */
export async function clusterOf(
  { cluster }: TortureOptions,
  { folder, random, closings }: { readonly folder: string; readonly random: () => number; readonly closings: Closings },
): Promise<Ground | null> {
  if (cluster === "sandbox") return null;
  const namespace = await makeNamespace();
  closings.push(() => dropNamespace(namespace));
  const context = contextName();
  const file = join(folder, "kubeconfig");
  const faulty = await startFaultyApi({ kubeconfig: kubeconfig(), context, file, random, share: 0.05 });
  closings.push(() => faulty.close());
  return { namespace, faulty, place: { kubeconfig: faulty.kubeconfig, context } };
}

async function backendsOf(url: string): Promise<readonly number[]> {
  const limits = { connectionTimeoutMillis: 5_000, query_timeout: 5_000 };
  const database = new Database({ connectionString: url, ...limits });
  // Errors are ignored: this connection ends too when the database crashes.
  database.on("error", () => undefined);
  // The database may still be recovering from the previous crash.
  const there = await database.connect().then(
    () => true,
    () => false,
  );
  if (!there) return [];
  const { rows } = await database.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name like 'kubemin%' and pid <> pg_backend_pid()",
  );
  void database.end().catch(() => undefined);
  return rows.map((row) => row.pid);
}
