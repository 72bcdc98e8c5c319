// Both databases behind one interface for the contract suite. A test can open several stores on one database, one after
// the other.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { Client } from "pg";
import { type OpenOptions, openPostgres, openSqlite } from "../../../src/database/open.ts";
import type { Store } from "../../../src/ports/store.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface TestDatabase {
  /** File name or URL. */
  readonly address: string;
  open(options?: OpenOptions): Promise<Store>;
  /** Runs SQL directly, without a store. With SQLite, no store may be open. */
  sql(text: string): Promise<readonly Row[]>;
  remove(): Promise<void>;
}

export interface Backend {
  readonly name: "SQLite" | "PostgreSQL";
  /** Whether several stores, in one process or in many, may have a database open at the same time. */
  readonly shared: boolean;
  create(): Promise<TestDatabase>;
}

export const SQLITE: Backend = {
  name: "SQLite",
  shared: false,
  async create() {
    const folder = await mkdtemp(join(tmpdir(), "kubemin-store-"));
    const address = join(folder, "kubemin.db");
    return {
      address,
      open: (options) => openSqlite(address, options),
      sql: (text) => Promise.resolve(queryFile(address, text)),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

function queryFile(path: string, text: string): readonly Row[] {
  const database = new Sqlite(path);
  try {
    const statement = database.prepare<[], Row>(text);
    if (statement.reader) return statement.all();
    statement.run();
    return [];
  } finally {
    database.close();
  }
}

export const POSTGRES: Backend = {
  name: "PostgreSQL",
  shared: true,
  async create() {
    const server = process.env["KUBEMIN_TEST_POSTGRES"];
    if (server === undefined)
      throw new Error("KUBEMIN_TEST_POSTGRES is not set: run vitest with test/postgres.ts as its globalSetup");
    const name = `test_${randomBytes(8).toString("hex")}`;
    await queryServer(server, `create database ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return {
      address: url.href,
      open: (options) => openPostgres(url.href, options),
      sql: (text) => queryServer(url.href, text),
      remove: async () => {
        await queryServer(server, `drop database ${name} with (force)`);
      },
    };
  },
};

async function queryServer(url: string, text: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
