// Backs up an open PostgreSQL database in one read-only transaction, which sees one point in time while other processes
// continue to write.
import { Client } from "pg";
import type { BackupRecord, BackupRow } from "../../ports/backup.ts";
import { NUMBERS } from "../connection/postgresNumbers.ts";
import { type DatabaseSnapshot, ROWS_AT_ONCE, recordsOf } from "./dump.ts";

export async function* dumpPostgres(url: string, now: Date): AsyncGenerator<BackupRecord> {
  const client = new Client({
    connectionString: url,
    application_name: "kubemin backup",
    types: NUMBERS,
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    yield* recordsOf(postgresSnapshot(client), now);
  } finally {
    await client.end();
  }
}

function postgresSnapshot(client: Client): DatabaseSnapshot {
  return {
    async *rows(table) {
      await client.query(`declare backup_rows no scroll cursor for select * from "${table}"`);
      for (;;) {
        const { rows } = await client.query<BackupRow>(`fetch ${ROWS_AT_ONCE} from backup_rows`);
        if (rows.length === 0) break;
        yield rows;
      }
      await client.query("close backup_rows");
    },
    changes: async () =>
      (await client.query<{ name: string }>("select name from migrations order by name")).rows.map((row) => row.name),
    async lastPosition(table, column) {
      const { rows } = await client.query<{ last: number | null }>(
        "select pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass) as last",
        [table, column],
      );
      return rows[0]?.last ?? 0;
    },
  };
}
