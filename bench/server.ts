// Measures an idle server: the time from the start of the process to the first answered request, and the resident
// memory.
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { startServer } from "../test/support/serverProcess.ts";
import { median, milliseconds, printTable } from "./support/table.ts";

const ROUNDS = 5;
const IDLE_SECONDS = 10;

export async function benchServer(): Promise<void> {
  const startups: number[] = [];
  const memories: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const server = await startServer(["--sandbox"]);
    await delay(round === 0 ? 0 : IDLE_SECONDS * 1_000);
    // The first start is not measured, because it fills the compile cache.
    if (round > 0) {
      startups.push(server.startup);
      memories.push(residentMegabytes(server.pid));
    }
    await server.stop();
  }
  const [startup, memory] = [median(startups), median(memories)];
  printTable(`An idle server (embedded store, sandbox), ${ROUNDS} starts`, [
    {
      what: "start to first answered request, median",
      measured: milliseconds(startup),
      limit: "< 1 s",
      kept: startup < 1_000,
    },
    {
      what: `resident memory after ${IDLE_SECONDS} s, median`,
      measured: `${Math.round(memory)} MB`,
      limit: "< 120 MB",
      kept: memory < 120,
    },
  ]);
}

function residentMegabytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? Number.NaN) / 1_000;
}

if (import.meta.main) await benchServer();
