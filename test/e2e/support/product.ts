// Runs kubemin as a user does: a server process with its own state folder, and the command line as child processes.
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

/** A running command. */
export interface Command {
  readonly finished: Promise<Finished>;
  /** Resolves as soon as stdout and stderr together contain this text. */
  says(text: string | RegExp): Promise<void>;
  output(): string;
}

export interface Product {
  readonly home: string;
  readonly url: string;
  readonly token: string;
  readonly client: Client;
  /** Everything that the server has printed, over all its starts. */
  output(): string;
  /** Resolves as soon as the server prints this text; earlier output does not count. */
  says(text: string): Promise<void>;
  /** Writes a file to a folder of the test's own. */
  file(name: string, content: string | object): string;
  start(...words: readonly string[]): Command;
  kubemin(...words: readonly string[]): Promise<Finished>;
  /** Kills the server with SIGKILL; the state folder stays. */
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
  /** The kubeconfig. Default: that of the suite. The context has the same name unless one is given. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** The port of the server. Default: any free port. */
  readonly port?: string;
  /** Further options for `serve`. */
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

/** The environment without the developer's own settings, which must not influence a test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith("KUBEMIN_") && name !== "KUBECONFIG" && !name.startsWith("VITEST"),
    ),
  );
}

/**
 * Waits for the file that the server writes when it answers. A file that a killed server left names another process.
 */
async function serverFile(home: string, child: Child, printed: () => string): Promise<ServerFile> {
  const watcher = watch(home);
  child.once("exit", () => watcher.emit("change"));
  try {
    for (;;) {
      const changed = once(watcher, "change");
      try {
        const found = JSON.parse(readFileSync(join(home, "server.json"), "utf8")) as ServerFile; // kubemin wrote this file
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
