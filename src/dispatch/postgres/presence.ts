// Whether any other process is there that looks after duties. Each holds a lock of the database, shared, for as long as its connection lives.
// Who finds nobody there knows that whatever is held was left behind by processes that are gone, and need not wait for their missing signs
// of life. A process that is only frozen or cut off for a moment keeps its connection, and with it its duties.
import { Client } from "pg";
import { repeat } from "./repeat.ts";

/** Any number that never changes; the store uses two others. */
const LOCK = 0x6b756267;
const RETRY_MILLISECONDS = 5_000;

interface Presence {
  close(): Promise<void>;
}

/** `alone`: nobody else is there, and nobody comes before it resolves. */
export async function bePresent(url: string, alone: () => Promise<void>): Promise<Presence> {
  let client = await connect(url);
  let lost = false;
  const watch = (): void => {
    client.on("error", () => undefined);
    client.on("end", () => {
      lost = true;
    });
  };
  watch();
  const { rows } = await client.query<{ alone: boolean }>("select pg_try_advisory_lock($1) as alone", [LOCK]);
  if (rows[0]?.alone === true) await alone();
  await client.query("select pg_advisory_lock_shared($1)", [LOCK]);
  if (rows[0]?.alone === true) await client.query("select pg_advisory_unlock($1)", [LOCK]);
  const end = repeat(
    RETRY_MILLISECONDS,
    async () => {
      if (!lost) return;
      client = await connect(url);
      lost = false;
      watch();
      await client.query("select pg_advisory_lock_shared($1)", [LOCK]);
    },
    () => undefined, // the database is away: others say so
  );
  return {
    async close() {
      end();
      await client.end().catch(() => undefined);
    },
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: "kubemin presence",
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  return client;
}
