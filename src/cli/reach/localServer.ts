// The file server.json, through which the command line finds the server on this machine. `kubemin serve` writes it;
// only its owner can read it. It is not a lock: a server that was killed leaves it behind, so readers must check that
// the process runs.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { dig } from "../../model/data/json.ts";

interface LocalServer {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /**
   * The start time of that process in clock ticks since the boot, because the system gives its number to another
   * process later. `undefined` where the system has no /proc.
   */
  readonly started?: string | undefined;
}

/**
 * The state directory: KUBEMIN_HOME, otherwise kubemin in the XDG state directory
 * (https://specifications.freedesktop.org/basedir-spec).
 */
export function stateHome(env: Readonly<Record<string, string | undefined>>): string {
  if (env["KUBEMIN_HOME"]) return env["KUBEMIN_HOME"];
  return join(env["XDG_STATE_HOME"] || join(env["HOME"] || homedir(), ".local", "state"), "kubemin");
}

export function localServerFile(home: string): string {
  return join(home, "server.json");
}

/**
 * Replaces the file atomically, so that no reader sees an incomplete one. Its mode is 0600, because it contains a
 * token.
 */
export function writeLocalServer(home: string, record: LocalServer): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const draft = `${localServerFile(home)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600); // a draft that a crash left behind would keep its old mode
  renameSync(draft, localServerFile(home));
}

/** The record; `undefined` if there is no file, or if it cannot be read or understood. */
export function readLocalServer(home: string): LocalServer | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(localServerFile(home), "utf8"));
    const [url, token, pid] = [dig(record, "url"), dig(record, "token"), dig(record, "pid")];
    if (typeof url !== "string" || typeof token !== "string" || typeof pid !== "number") return undefined;
    const started = dig(record, "started");
    return { url, token, pid, started: typeof started === "string" ? started : undefined };
  } catch {
    return undefined;
  }
}

/** Removes the record only if it is this server's own: another server may have replaced it in the meantime. */
export function removeLocalServer(home: string, pid: number = process.pid): void {
  if (readLocalServer(home)?.pid === pid) rmSync(localServerFile(home), { force: true });
}

/**
 * Whether the server that wrote the record still runs. A zombie process does not count, nor does another process that
 * got the same number later.
 */
export function isRunning({ pid, started }: LocalServer): boolean {
  const now = processState(pid);
  if (now === undefined) return isAlive(pid);
  return !now.ended && (started === undefined || started === now.started);
}

/** The start time of this process, for its record. */
export function ownStart(): string | undefined {
  return processState(process.pid)?.started;
}

/**
 * The state of a process from /proc (proc(5)); `undefined` if there is no such process, or no /proc: only Linux has it.
 */
function processState(pid: number): { readonly ended: boolean; readonly started: string | undefined } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets; the name itself may contain spaces and brackets.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { ended: ["Z", "X", "x"].includes(fields[0] ?? ""), started: fields[19] };
  } catch {
    return undefined;
  }
}

/** Writes the record. Returns `false` and writes nothing if the record of another server that still runs is there. */
export function registerLocalServer(home: string, record: LocalServer): boolean {
  const first = readLocalServer(home);
  if (first !== undefined && first.pid !== record.pid && isRunning(first)) return false;
  writeLocalServer(home, record);
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return dig(error, "code") === "EPERM"; // the process runs, as another user
  }
}
