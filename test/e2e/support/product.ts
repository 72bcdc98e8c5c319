// kubemin as a user has it: a server process with a state folder of its own, and the command line as child processes.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { type AnswerOf, type Client, createClient } from "../../../src/api/client.ts";
import { contextName, kubeconfig } from "./environment.ts";
import type { Finished } from "./kubectl.ts";

const PROGRAM = resolve(import.meta.dirname, "../../../bin/kubemin");
export const EXAMPLES = resolve(import.meta.dirname, "../../../examples");

export type Run = AnswerOf<"getRun">;
export type Job = Run["jobs"][number];
export type Event = AnswerOf<"streamEvents">;

/** A command that is under way. */
export interface Command {
  readonly finished: Promise<Finished>;
  /** As soon as stdout and stderr together hold this. */
  says(text: string | RegExp): Promise<void>;
  output(): string;
}

export interface Product {
  readonly home: string;
  readonly url: string;
  readonly token: string;
  readonly client: Client;
  /** Everything that the server printed so far, over all its lives. */
  output(): string;
  /** As soon as it prints this, from now on. */
  says(text: string): Promise<void>;
  /** A file in a folder of the test's own. */
  file(name: string, content: string | object): string;
  start(...words: readonly string[]): Command;
  kubemin(...words: readonly string[]): Promise<Finished>;
  /** SIGKILL; the state folder stays. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;
interface ServerFile {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

interface More {
  /** Another one than that of the suite, with a context of the same name unless one is given. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Where it listens; any free one when left out. */
  readonly port?: string;
  /** Further options of `serve`. */
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function startProduct(more: More = {}): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), "kubemin-e2e-"));
  const files = mkdtempSync(join(tmpdir(), "kubemin-e2e-files-"));
  const env = { ...cleanEnvironment(), KUBEMIN_HOME: home, LANG: "C.UTF-8", ...more.env };
  let printed = "";
  const listeners = new Set<() => void>();
  const print = (text: string): void => {
    printed += text;
    for (const listener of listeners) listener();
  };
  const begin = async (port: string): Promise<{ child: Child; server: ServerFile }> => {
    const words = [
      "serve",
      "--port",
      port,
      "--kubeconfig",
      more.kubeconfig ?? kubeconfig(),
      "--context",
      more.context ?? contextName(),
      ...(more.words ?? []),
    ];
    const child = spawn(PROGRAM, words, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", print);
    return { child, server: await serverFile(home, child, () => printed) };
  };
  let { child, server } = await begin(more.port ?? "0");
  const { url, token } = server;
  const client = createClient({ url, token, language: "en" });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  const start = (...words: readonly string[]): Command => command(words, env);
  return {
    home,
    url,
    token,
    client,
    output: () => printed,
    says(text) {
      const from = printed.length;
      return new Promise((resolve) => {
        const look = (): void => {
          if (!printed.includes(text, from)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
      });
    },
    file(name, content) {
      const path = join(files, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content, null, 2));
      return path;
    },
    start,
    kubemin: (...words) => start(...words).finished,
    kill: () => end("SIGKILL"),
    async restart() {
      await end("SIGKILL");
      ({ child, server } = await begin(new URL(url).port));
    },
    async stop() {
      await end("SIGTERM");
      rmSync(home, { recursive: true, force: true });
      rmSync(files, { recursive: true, force: true });
    },
  };
}

/** What the developer has set for themselves must not decide a test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith("KUBEMIN_") && name !== "KUBECONFIG" && !name.startsWith("VITEST"),
    ),
  );
}

/** The server writes the file once it answers. One that a killed server left names another process. */
async function serverFile(home: string, child: Child, printed: () => string): Promise<ServerFile> {
  const watcher = watch(home);
  child.once("exit", () => watcher.emit("change"));
  try {
    for (;;) {
      const changed = once(watcher, "change");
      try {
        const found = JSON.parse(readFileSync(join(home, "server.json"), "utf8")) as ServerFile; // the program's own file
        if (found.pid === child.pid) return found;
      } catch {
        // not there yet
      }
      if (child.exitCode !== null) throw new Error(`the server ended before it answered: ${printed()}`);
      await changed;
    }
  } finally {
    watcher.close();
  }
}

function command(words: readonly string[], env: NodeJS.ProcessEnv): Command {
  const child = spawn(PROGRAM, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  const finished = once(child, "close").then(
    ([code]): Finished => ({ code: typeof code === "number" ? code : 255, ...output }),
  );
  const both = (): string => output.stdout + output.stderr;
  return {
    finished,
    output: both,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!(typeof text === "string" ? both().includes(text) : text.test(both()))) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void finished.then(() =>
          reject(new Error(`kubemin ${words.join(" ")} ended without saying ${text}:\n${both()}`)),
        );
      }),
  };
}
