// Runs the helm program once, with a limit for time and output. Of the server's environment it sees only PATH: no
// kubeconfig, no keys, no helm plug-ins, no cached repositories. A failure of helm is returned as an outcome; only an
// aborted `signal` throws.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

const DEADLINE = 30_000;
/** Bytes of rendered text. Kubernetes accepts objects of up to 1.5 MB, and a document has at most 200 of them. */
const MOST_OUTPUT = 16 * 1024 * 1024;
const MOST_ERRORS = 64 * 1024;

interface HelmCall {
  readonly program: string;
  /** The folder that serves as home, caches and current folder of the program. */
  readonly workspace: string;
  readonly words: readonly string[];
  readonly input: string;
  readonly signal: AbortSignal;
}

export type HelmOutcome =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly why: "missing" | "slow" | "large" | "failed"; readonly said: string };

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export async function runHelm(call: HelmCall): Promise<HelmOutcome> {
  const late = AbortSignal.timeout(DEADLINE);
  const stop = new AbortController();
  const child = spawn(call.program, [...call.words], {
    cwd: call.workspace,
    env: environmentIn(call.workspace),
    signal: AbortSignal.any([call.signal, late, stop.signal]),
    killSignal: "SIGKILL",
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A program that ends early closes its input. The error of the stream is ignored, because the exit code already shows
  // the failure.
  child.stdin.on("error", () => undefined).end(call.input);
  const output = collect(child.stdout, MOST_OUTPUT, () => stop.abort());
  const errors = collect(child.stderr, MOST_ERRORS, () => undefined);
  const ending = await ended(child);
  call.signal.throwIfAborted();
  if (ending === "missing") return { ok: false, why: "missing", said: call.program };
  if (late.aborted) return { ok: false, why: "slow", said: `${DEADLINE / 1000}` };
  if (stop.signal.aborted) return { ok: false, why: "large", said: `${MOST_OUTPUT}` };
  return ending === 0 ? { ok: true, output: output() } : { ok: false, why: "failed", said: errors() };
}

function environmentIn(workspace: string): Record<string, string> {
  const homes = ["HOME", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS", "TMPDIR"];
  return {
    ...Object.fromEntries(homes.map((name) => [name, workspace])),
    PATH: process.env["PATH"] ?? "",
    KUBECONFIG: "/dev/null",
  };
}

/** The exit code; "missing" when there is no such program or it may not be executed; `null` when it was killed. */
function ended(child: Child): Promise<number | null | "missing"> {
  return new Promise((resolve) => {
    // `error` is also emitted when the program is killed; `close` follows then.
    child.on("error", (error) => {
      if (child.pid === undefined) resolve("code" in error && UNUSABLE.has(String(error.code)) ? "missing" : null);
    });
    // `close` instead of `exit`, because only at `close` all output has arrived.
    child.on("close", (code) => resolve(code));
  });
}

const UNUSABLE: ReadonlySet<string> = new Set(["ENOENT", "EACCES"]);

function collect(stream: Readable, most: number, onOverflow: () => void): () => string {
  const pieces: Buffer[] = [];
  let size = 0;
  stream.on("data", (piece: Buffer) => {
    size += piece.length;
    if (size <= most) pieces.push(piece);
    else onOverflow();
  });
  return () => Buffer.concat(pieces).toString("utf8");
}
