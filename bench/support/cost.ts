// What processes took of the machine: processor time and memory, as the kernel counts them. Linux only, like tools/cluster.
import { readFileSync } from "node:fs";
import { readState } from "../../tools/cluster/state.ts";

/** Of the cluster of that name, if it is one of tools/cluster. */
export function apiServerProcesses(cluster: string): readonly number[] {
  const processes = readState(cluster)?.processes ?? {};
  return ["kube-apiserver", "etcd"].flatMap((name) => processes[name]?.pid ?? []);
}

export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
}

function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident, in megabytes. */
export function memoryOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line?.[1] ?? Number.NaN) / 1_000);
}
