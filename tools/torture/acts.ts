// The faults of the torture test: what is done to the processes and their dependencies. After each act, everything can
// continue.
import { execFileSync } from "node:child_process";
import type { Member } from "./fleet.ts";
import type { Frozen } from "./target.ts";
import type { Wire } from "./wire.ts";

export interface Victims {
  readonly members: readonly Member[];
  /** The connection to the database; `undefined` when the database is a file. */
  readonly wire: Wire | undefined;
  /** The times in which a process was stopped. */
  readonly frozen: Frozen[];
  readonly random: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Resolves with the ids of the database's processes that serve kubemin. */
  readonly backends: () => Promise<readonly number[]>;
}

export type Act = (victims: Victims) => Promise<string>;

const worksOn = (member: Member): boolean => member.role !== "api";

const one = ({ members, random }: Victims, may: (member: Member) => boolean = () => true): Member => {
  const chosen = members.filter(may);
  const member = chosen[Math.floor(random() * chosen.length)];
  if (member === undefined) throw new Error("there is no process for this act");
  return member;
};

async function kill(victims: Victims): Promise<string> {
  const member = one(victims);
  await member.end("SIGKILL");
  await victims.pause(1_000 * victims.random());
  member.start();
  return `kill -9 ${member.name}`;
}

async function killAllWorkers(victims: Victims): Promise<string> {
  const workers = victims.members.filter(worksOn);
  await Promise.all(workers.map((member) => member.end("SIGKILL")));
  for (const member of workers) member.start();
  return "kill -9 of all workers";
}

async function drain(victims: Victims): Promise<string> {
  const member = one(victims);
  const began = Date.now();
  await member.end("SIGTERM");
  const took = Date.now() - began;
  member.start();
  return `SIGTERM ${member.name}, gone after ${took} ms`;
}

/** Stops a process for longer than a lease, so that other processes have its duties when it continues. */
async function freeze(victims: Victims): Promise<string> {
  const member = one(victims, worksOn);
  const from = Date.now();
  member.signal("SIGSTOP");
  await victims.pause(13_000 + 4_000 * victims.random());
  member.signal("SIGCONT");
  victims.frozen.push({ from, to: Date.now() });
  return `SIGSTOP ${member.name} for longer than a lease`;
}

async function cutDatabase(victims: Victims): Promise<string> {
  const long = victims.random() < 0.3;
  victims.wire?.cut();
  await victims.pause(long ? 12_000 : 2_000);
  victims.wire?.mend();
  return `the database cut off for ${long ? 12 : 2} s`;
}

/** Kills a process of PostgreSQL, which then ends all others and recovers from its log, as after a crash. */
async function crashDatabase(victims: Victims): Promise<string> {
  const [pid] = await victims.backends();
  if (pid === undefined) return "the database had no process to kill";
  execFileSync("kill", ["-9", String(pid)]);
  await victims.pause(500);
  return "the database crashed and recovered";
}

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [6, kill],
  [1, killAllWorkers],
  [3, drain],
  [2, freeze],
  [2, cutDatabase],
  [2, crashDatabase],
];

/**
 * Acts for a single process on a database in a file: no other process takes over, and the database cannot be cut off.
 */
const ACTS_ALONE: typeof ACTS = [
  [3, kill],
  [1, drain],
];

export function chooseAct({ wire, random }: Pick<Victims, "wire" | "random">): Act {
  const acts = wire === undefined ? ACTS_ALONE : ACTS;
  let left = random() * acts.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, act] of acts) {
    left -= weight;
    if (left < 0) return act;
  }
  return kill;
}
