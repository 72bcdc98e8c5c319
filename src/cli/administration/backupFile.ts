// Backup files: gzip, with one JSON record per line. A backup is written under another name and renamed when it is
// complete, so an unfinished file never has the name that the user asked for.
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { isObject } from "../../model/data/json.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { Failure } from "../grammar/failure.ts";

const EXISTS = {
  code: "Conflict",
  exit: EXIT.conflict.code,
  text: { en: "{file} already exists", zh: "{file} 已存在" },
  advice: { en: "name another file; kubemin never overwrites a backup", zh: "请换一个文件名；备份不会覆盖已有文件" },
} as const;
const UNWRITTEN = {
  code: "Usage",
  exit: EXIT.failed.code,
  text: { en: "the backup could not be written to {file}: {detail}", zh: "无法把备份写入 {file}：{detail}" },
  advice: {
    en: "check the folder and the disk; no partial file was left",
    zh: "请检查目录与磁盘；没有留下不完整的文件",
  },
} as const;

/** Writes a backup and returns the number of its rows. Throws `Failure` if the file exists or cannot be written. */
export async function writeBackup(file: string, records: AsyncIterable<unknown>): Promise<number> {
  if (existsSync(file)) throw new Failure(EXISTS, { file });
  const unfinished = `${file}.unfinished`;
  let rows = -1;
  async function* lines(): AsyncGenerator<string> {
    for await (const record of records) {
      if (isObject(record) && record["record"] === "end") rows = Number(record["rows"]);
      yield `${JSON.stringify(record)}\n`;
    }
  }
  try {
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(unfinished, { flags: "wx", mode: 0o600 }));
    if (rows < 0) throw new Error("the server ended before the backup was complete");
    renameSync(unfinished, file);
    return rows;
  } catch (error) {
    rmSync(unfinished, { force: true });
    if (error instanceof Error && "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code))
      throw new Failure(UNWRITTEN, { file, detail: error.message });
    throw error;
  }
}

/** Reads a backup record by record. Throws `PlatformError` if the file is not a backup or is incomplete. */
export async function* readBackup(file: string): AsyncIterable<unknown> {
  try {
    const unpacked = createGunzip();
    const packed = createReadStream(file);
    // `pipe` does not pass errors on: without this line, a read error of the file would be lost.
    packed.on("error", (error) => unpacked.destroy(error)).pipe(unpacked);
    for await (const line of createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line !== "") yield JSON.parse(line);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw new PlatformError("BackupUnusable", { file, detail: error instanceof Error ? error.message : String(error) });
  }
}
