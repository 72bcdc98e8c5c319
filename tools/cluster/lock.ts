// A lock between processes. The lock of a process that no longer exists is ignored, so a killed `up` does not block
// other processes.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isAlive, type ProcessIdentity } from "./processIdentity.ts";

export async function withLock<Result>(file: string, action: () => Promise<Result>): Promise<Result> {
  mkdirSync(dirname(file), { recursive: true });
  while (!tryTake(file)) {
    if (!ownerLives(file)) rmSync(file, { force: true });
    else await sleep(200);
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryTake(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: "wx" });
    return true;
  } catch (failure) {
    // Errors of the file system have a code. All codes except "exists" are real failures.
    if ((failure as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw failure;
  }
}

function ownerLives(file: string): boolean {
  try {
    // The cast is safe, because only tryTake above writes this file.
    return isAlive(JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity);
  } catch {
    return false;
  }
}
