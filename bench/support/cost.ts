// Reads the processor time and the memory of processes from the kernel. It works on Linux only, like tools/cluster.
import { readdirSync, readFileSync } from "node:fs";
import { readState } from "../../tools/cluster/state.ts";

/** The processes of the API server and etcd of a cluster of tools/cluster; empty for other clusters. */
export function apiServerProcesses(cluster: string): readonly number[] {
  return clusterProcesses(cluster, ["kube-apiserver", "etcd"]);
}

/** The processes that create, schedule and simulate pods. */
export function controllerProcesses(cluster: string): readonly number[] {
  return clusterProcesses(cluster, ["kube-controller-manager", "kube-scheduler", "kwok"]);
}

function clusterProcesses(cluster: string, roles: readonly string[]): readonly number[] {
  const processes = readState(cluster)?.processes ?? {};
  return roles.flatMap((name) => processes[name]?.pid ?? []);
}

/** The PostgreSQL server of tools/postgres at the address, with the processes that serve its connections now. */
export function postgresProcesses(url: string): readonly number[] {
  const port = `port=${new URL(url).port}`;
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const main = pids.find((pid) => /postgres/.test(command(pid)[0] ?? "") && command(pid).includes(port));
  return main === undefined ? [] : [main, ...pids.filter((pid) => parentOf(pid) === main)];
}

function command(pid: number): readonly string[] {
  return fileOf(pid, "cmdline").split("\0");
}

function parentOf(pid: number): number {
  return Number(fileOf(pid, "stat").split(") ")[1]?.split(" ")[1]);
}

/** Content of a file of the process; empty when the process has ended. */
function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
}

function cpuOf(pid: number): number {
  const fields = fileOf(pid, "stat").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

/** Resident memory in megabytes. */
export function memoryOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line?.[1] ?? Number.NaN) / 1_000);
}
