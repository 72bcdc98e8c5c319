// How the command line finds the server on this machine: a file that `serve` writes and nobody else can read.
// The file is a hint, not a lock: a server that was killed leaves it behind, and is told as such.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { dig } from "../../model/data/json.ts";

interface LocalServer {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /** When that process began, as the system counts it: a number is given to other processes later. Missing: the system does not say. */
  readonly started?: string | undefined;
}

/** KUBEMIN_HOME, else the XDG state directory (https://specifications.freedesktop.org/basedir-spec). */
export function stateHome(env: Readonly<Record<string, string | undefined>>): string {
  if (env["KUBEMIN_HOME"]) return env["KUBEMIN_HOME"];
  return join(env["XDG_STATE_HOME"] || join(env["HOME"] || homedir(), ".local", "state"), "kubemin");
}

export function localServerFile(home: string): string {
  return join(home, "server.json");
}

/** Replaces the file at once, so that a reader never sees half of it; mode 0600, for it holds a token. */
export function writeLocalServer(home: string, record: LocalServer): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const draft = `${localServerFile(home)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600); // a draft left by a crash keeps its old mode otherwise
  renameSync(draft, localServerFile(home));
}

/** Undefined when there is none, or when the file is not ours to understand. */
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

/** Only the server's own record: another one may have been started meanwhile. */
export function removeLocalServer(home: string, pid: number = process.pid): void {
  if (readLocalServer(home)?.pid === pid) rmSync(localServerFile(home), { force: true });
}

/** Whether the server that wrote the record still runs: not one that was killed and is not yet cleared away, nor another process with its number. */
export function isRunning({ pid, started }: LocalServer): boolean {
  const now = processState(pid);
  if (now === undefined) return isAlive(pid);
  return !now.ended && (started === undefined || started === now.started);
}

/** For the record of this process. */
export function ownStart(): string | undefined {
  return processState(process.pid)?.started;
}

/** Undefined: there is no such process, or the system does not tell of processes this way (proc(5); Linux does). */
function processState(pid: number): { readonly ended: boolean; readonly started: string | undefined } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets, and may itself hold spaces and brackets.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { ended: ["Z", "X", "x"].includes(fields[0] ?? ""), started: fields[19] };
  } catch {
    return undefined;
  }
}

/** False, and nothing was written, while another server has the place. */
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
    return dig(error, "code") === "EPERM"; // there, but somebody else's
  }
}
