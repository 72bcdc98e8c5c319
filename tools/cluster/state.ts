// The state of an instance between commands: its slot, its ports and the processes that it started.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderOf, instancesFolder, slotCount } from "./layout.ts";
import { choosePorts, type Ports } from "./ports.ts";
import type { ProcessIdentity } from "./processIdentity.ts";
import { run } from "./run.ts";

export interface StartedProcess extends ProcessIdentity {
  /** Changes when the command, its environment or its configuration changes; the program is then restarted. */
  readonly recipe: string;
}

export interface State {
  readonly name: string;
  readonly slot: number;
  readonly ports: Ports;
  hasNode: boolean;
  readonly processes: Record<string, StartedProcess>;
  /** Fingerprints of what was already put into the cluster, so that a second `up` does not repeat it. */
  readonly done: Record<string, string>;
}

const stateFile = (name: string): string => join(folderOf(name), "state.json");

export function readState(name: string): State | undefined {
  if (!existsSync(stateFile(name))) return undefined;
  // The cast is safe, because only writeState writes this file, and it writes a State.
  return JSON.parse(readFileSync(stateFile(name), "utf8")) as State;
}

export function writeState(state: State): void {
  mkdirSync(folderOf(state.name), { recursive: true });
  const file = stateFile(state.name);
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2));
  renameSync(`${file}.new`, file);
}

export function allStates(): State[] {
  if (!existsSync(instancesFolder())) return [];
  return readdirSync(instancesFolder()).flatMap((name) => readState(name) ?? []);
}

/** The caller must hold the lock of all instances, so that two first `up` commands do not take the same slot. */
export async function createState(name: string, hasNode: boolean): Promise<State> {
  const slot = await freeSlot();
  const state: State = { name, slot, ports: await choosePorts(slot), hasNode, processes: {}, done: {} };
  writeState(state);
  return state;
}

async function freeSlot(): Promise<number> {
  const taken = new Set(allStates().map((state) => state.slot));
  const routes = await run("ip", ["-4", "route", "show", "table", "all"]);
  for (let slot = 0; slot < slotCount; slot++)
    // Another program may route the same private range, and must keep its packets.
    if (!taken.has(slot) && !routes.includes(`10.98.${slot}.`) && !routes.includes(`10.244.${slot}.`)) return slot;
  throw new Error(`All ${slotCount} slots for test clusters are taken; end one with "down --name NAME".`);
}
