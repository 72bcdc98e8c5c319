// The composition root of backup and restore for a database that no server has open. main.ts loads it only for these
// commands. The records are read and written in src/database/backup/; a running server is asked over its API instead.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseLocation, RestoreOptions } from "./cli/grammar/root.ts";
import { openStore, restoreStore } from "./database/open.ts";
import { PlatformError } from "./model/errors/errors.ts";
import type { BackupRecord, Restored } from "./ports/backup.ts";
import { existingKey, KEY_SETTING, keyPrint, usableFolder } from "./vault/keyFile.ts";

interface BackupEnvironment {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function* takeBackup(place: DatabaseLocation, { home }: BackupEnvironment): AsyncGenerator<BackupRecord> {
  const address = place.database ?? join(place.data ?? join(home, "data"), "kubemin.db");
  if (!/^[a-z]+:\/\//i.test(address) && !existsSync(address))
    throw new PlatformError("DatabaseUnusable", { file: address, detail: "NoSuchFile" });
  const store = await openStore(address);
  try {
    yield* store.backup();
  } finally {
    await store.close();
  }
}

export async function restoreBackup(options: RestoreOptions, { home, env }: BackupEnvironment): Promise<Restored> {
  const { place, file, records } = options;
  const data = place.data ?? join(home, "data");
  usableFolder(data);
  const key = existingKey(env, data);
  return await restoreStore(place.database ?? join(data, "kubemin.db"), {
    file,
    records,
    check: (settings) => {
      const print = settings.get(KEY_SETTING);
      if (print === undefined) return;
      if (key === null) throw new PlatformError("KeyMissing", { folder: data });
      if (keyPrint(key.key) !== print) throw new PlatformError("OtherKey", { what: file, origin: key.origin });
    },
  });
}
