// Programs of an instance that are in no state file: `up` was killed between starting one and writing it down.
// They are known by a variable that only `up` puts into an environment, with the instance's folder as its value.
import { readdirSync, readFileSync } from "node:fs";
import { folderOf } from "./layout.ts";
import { identify, type ProcessIdentity } from "./processIdentity.ts";

const variable = "KUBEMIN_CLUSTER_INSTANCE";

export const ownershipMark = (name: string): Readonly<Record<string, string>> => ({ [variable]: folderOf(name) });

export function findOrphans(name: string): ProcessIdentity[] {
  const pids = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
  return pids.filter((pid) => isMarked(pid, `${variable}=${folderOf(name)}`)).flatMap((pid) => identify(pid) ?? []);
}

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\u0000").includes(mark);
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}
