// Finds programs of an instance that are not in its state file, because `up` was killed between starting and recording
// them. They are recognised by an environment variable that only `up` sets, with the instance's folder as its value.
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
    // The process belongs to another user, or has just ended.
    return false;
  }
}
