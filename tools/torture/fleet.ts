// The processes of the torture test, started like a user starts them. Processes that answer requests keep their port
// over restarts; workers need none.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

const PROGRAM = resolve(import.meta.dirname, "../../bin/kubemin");

export interface Member {
  readonly name: string;
  /** The role of the process. "all" answers requests and also does the work. */
  readonly role: "api" | "worker" | "all";
  /** Address of its API. */
  readonly url: string;
  readonly pid: number | undefined;
  start(): void;
  /** Resolves once the process is gone. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  /** The first token, from the file that the process wrote; `undefined` before that. */
  token(): string | undefined;
  output(): string;
  /**
   * Unexpected ends of the process after it had started; there should be none. A process that does not start is started
   * again, as a supervisor would do.
   */
  readonly deaths: readonly string[];
}

export interface FleetOptions {
  readonly folder: string;
  /** Address of the database; `undefined` for a file of its own. */
  readonly database: string | undefined;
  /** The real cluster; `null` for a sandbox. */
  readonly cluster: { readonly kubeconfig: string; readonly context: string } | null;
}

export async function createMember(name: string, role: Member["role"], options: FleetOptions): Promise<Member> {
  const home = join(options.folder, name);
  mkdirSync(home, { recursive: true });
  const port = role === "worker" ? 0 : await freePort();
  let child: ChildProcess | undefined;
  let output = "";
  const deaths: string[] = [];
  const words = ["serve", ...(role === "all" ? [] : [`--${role}`]), "--port", String(port)];
  words.push("--allow-outgoing", "127.0.0.1");
  if (options.database !== undefined) words.push("--database", options.database);
  if (options.cluster === null) words.push("--sandbox");
  else words.push("--kubeconfig", options.cluster.kubeconfig, "--context", options.cluster.context);
  const start = (): void => {
    // The file of the previous process must not be taken for a sign that this one has started.
    rmSync(join(home, "server.json"), { force: true });
    const env = { ...process.env, KUBEMIN_HOME: home, KUBEMIN_KEY: "7".repeat(64), LANG: "C.UTF-8" };
    const life = spawn(PROGRAM, words, { env, stdio: ["ignore", "pipe", "pipe"] });
    child = life;
    let said = "";
    for (const stream of [life.stdout, life.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-5_000);
        output = (output + text).slice(-50_000);
      });
    life.once("exit", (code, signal) => {
      if (child !== life) return;
      if (/^http:/m.test(said)) deaths.push(`${name} ended by itself (${code ?? signal}): ${said.slice(-500)}`);
      setTimeout(() => child === life && start(), 1_000);
    });
  };
  return {
    name,
    role,
    deaths,
    start,
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return child?.pid;
    },
    async end(signal) {
      const gone = child;
      child = undefined;
      if (gone === undefined || gone.exitCode !== null || gone.signalCode !== null) return;
      const exited = once(gone, "exit");
      gone.kill(signal);
      await exited;
    },
    signal: (signal) => void child?.kill(signal),
    token() {
      try {
        const written: unknown = JSON.parse(readFileSync(join(home, "server.json"), "utf8"));
        return (written as { token: string }).token; // kubemin writes this file.
      } catch {
        return undefined;
      }
    },
    output: () => output,
  };
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo; // The server listens on TCP.
      server.close(() => done(port));
    });
  });
}
