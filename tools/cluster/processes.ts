// Starts and ends the long-running programs of an instance. It only ends processes that it started, which it identifies
// by pid and start time.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { folderOf } from "./layout.ts";
import { ownershipMark } from "./orphans.ts";
import { identify, isAlive, type ProcessIdentity } from "./processIdentity.ts";
import { type State, writeState } from "./state.ts";
import { waitUntil } from "./wait.ts";

export interface Program {
  readonly role: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Content of the program's configuration files. A change restarts the program. */
  readonly configuration?: string;
  readonly ready: () => Promise<boolean>;
  readonly seconds?: number;
}

/** Starts the program, unless it already runs with the same recipe. Resolves when the program is ready. */
export async function ensureRunning(state: State, program: Program): Promise<void> {
  const recipe = recipeOf(program);
  const before = state.processes[program.role];
  const goesOn = before && before.recipe === recipe && isAlive(before);
  if (!goesOn) {
    if (before) await endProcess(before);
    state.processes[program.role] = { ...launch(state, program), recipe };
    writeState(state);
  }
  await waitUntil(program.ready, {
    forWhat: `${program.role} of cluster "${state.name}" (its log: ${logFile(state.name, program.role)})`,
    seconds: program.seconds ?? 60,
    hopeless: () => deathNotice(state, program.role),
  });
}

export function isRunning(state: State, role: string): boolean {
  const known = state.processes[role];
  return known !== undefined && isAlive(known);
}

/** Ends a process with SIGTERM, and with SIGKILL after two seconds. */
export async function endProcess(identity: ProcessIdentity): Promise<void> {
  for (const [signal, patience] of [
    ["SIGTERM", 2000],
    ["SIGKILL", 5000],
  ] as const) {
    const end = Date.now() + patience;
    if (isAlive(identity)) signalProcess(identity.pid, signal);
    while (isAlive(identity) && Date.now() < end) await sleep(20);
  }
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process ended between the check and the signal, as intended.
  }
}

export function logFile(name: string, role: string): string {
  return join(folderOf(name), "logs", `${role}.log`);
}

function launch(state: State, program: Program): ProcessIdentity {
  mkdirSync(join(folderOf(state.name), "logs"), { recursive: true });
  const log = openSync(logFile(state.name, program.role), "a");
  const [file = "", ...words] = program.command;
  // The caller's environment is not passed on: a KUBECONFIG or a proxy in it must not influence the cluster.
  const environment = {
    PATH: searchPath,
    HOME: folderOf(state.name),
    ...ownershipMark(state.name),
    ...program.environment,
  };
  const child = spawn(file, words, { detached: true, stdio: ["ignore", log, log], env: environment, cwd: "/" });
  child.on("error", () => undefined);
  child.unref();
  closeSync(log);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (!identity) throw new Error(`${program.role} could not be started: ${file} is missing or ended at once.`);
  return identity;
}

export const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function recipeOf(program: Program): string {
  const ingredients = [program.command, program.environment, program.configuration];
  return createHash("sha256").update(JSON.stringify(ingredients)).digest("hex").slice(0, 16);
}

function deathNotice(state: State, role: string): string | undefined {
  if (isRunning(state, role)) return undefined;
  const lines = readFileSync(logFile(state.name, role), "utf8").trimEnd().split("\n").slice(-8);
  return `${role} of cluster "${state.name}" ended while starting. Its last words:\n${lines.join("\n")}`;
}
