// Finds out whether another process drives duties. Each such process holds a shared advisory lock of the database, as
// long as its connection lives. A process that starts alone knows that all held entries were left by dead processes,
// and need not wait until their heartbeats are missed. A process that is only frozen or cut off for a moment keeps its
// connection, and therefore its duties.
import { Client } from "pg";
import { repeat } from "./repeat.ts";

/** The key of the advisory lock: any number that never changes. The store uses two other numbers. */
const LOCK = 0x6b756267;
const RETRY_MILLISECONDS = 5_000;

interface Presence {
  close(): Promise<void>;
}

/** Calls `alone` when no other process is present. No other process becomes present before `alone` resolves. */
export async function announcePresence(url: string, alone: () => Promise<void>): Promise<Presence> {
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
    () => undefined, // The database does not answer; other parts log that.
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
