// The route that streams a backup. Only administrators of the whole server may use it, because a backup contains the
// data of all projects.
import type { JsonObject } from "../../model/data/json.ts";
import type { BackupRecord } from "../../ports/backup.ts";
import type { Implementations, ServerStreamItem } from "../shared/contract.ts";

export const backup = {
  downloadBackup: async (_, { dependencies }) => ({ kind: "stream", items: itemsOf(dependencies.store.backup()) }),
} satisfies Partial<Implementations>;

async function* itemsOf(records: AsyncIterable<BackupRecord>): AsyncIterable<ServerStreamItem<JsonObject>> {
  for await (const record of records) yield { data: { ...record } };
}
