// One at a time, between processes. A lock whose owner is gone is broken, so a killed `up` blocks nobody.
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
    // The file system's errors carry a code; anything but "exists" is a real failure.
    if ((failure as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw failure;
  }
}

function ownerLives(file: string): boolean {
  try {
    // Written by tryTake above and by nobody else.
    return isAlive(JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity);
  } catch {
    return false;
  }
}
