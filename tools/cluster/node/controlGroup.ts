// The control group of an instance's node. It contains all processes of the node and its pods, so that `down` reliably
// finds everything that containerd started: child processes inherit the group, and stay in it when a parent ends.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { uniqueName } from "../layout.ts";
import { signalProcess } from "../processes.ts";

const root = "/sys/fs/cgroup";
const unified = existsSync(join(root, "cgroup.controllers"));

/** The path of the group below each hierarchy, in the form that the kubelet expects. */
export const controlGroup = (name: string): string => `/${uniqueName(name)}`;

/**
 * Version 1 has a hierarchy for each controller, version 2 has a single one. The kubelet needs its root group in all of
 * them.
 */
function groupFolders(name: string): string[] {
  if (unified) return [join(root, controlGroup(name))];
  const hierarchies = readdirSync(root).filter((entry) => existsSync(join(root, entry, "cgroup.procs")));
  return hierarchies.map((hierarchy) => join(root, hierarchy, controlGroup(name)));
}

export function createControlGroup(name: string): void {
  if (unified) writeFileSync(join(root, "cgroup.subtree_control"), "+cpuset +cpu +io +memory +pids");
  for (const folder of groupFolders(name)) mkdirSync(folder, { recursive: true });
  mkdirSync(programsFolder(name), { recursive: true });
}

/** The beginning of a command that puts a program into the group of the node's own programs before it starts. */
export function insideControlGroup(name: string): string[] {
  return ["sh", "-c", `echo $$ > ${join(programsFolder(name), "cgroup.procs")} && exec "$@"`, "sh"];
}

/** Ends all processes in the group (the node's programs, the shims, the pods), and then removes the groups. */
export async function removeControlGroup(name: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const members = groupFolders(name).flatMap(membersBelow);
    if (members.length === 0) break;
    for (const pid of members) signalProcess(pid, "SIGKILL");
    await sleep(30);
  }
  for (const folder of groupFolders(name)) removeTree(folder);
}

// The hierarchy pids instead of cpuset, because a cpuset group accepts no process before it is configured.
const programsFolder = (name: string): string =>
  unified ? join(root, controlGroup(name), "programs") : join(root, "pids", controlGroup(name), "programs");

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

function membersBelow(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const own = readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  return [...own, ...subfolders(folder).flatMap(membersBelow)].filter((pid) => pid > 0);
}

function removeTree(folder: string): void {
  for (const child of subfolders(folder)) removeTree(child);
  try {
    if (existsSync(folder)) rmdirSync(folder);
  } catch {
    // A process that is just ending keeps the group busy. A remaining empty group costs nothing and is used again.
  }
}
