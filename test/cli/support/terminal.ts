// A terminal for tests that collects its output in strings. Its clock does not advance; short waits end immediately,
// long ones only when they are aborted.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtins } from "../../../src/builtins.ts";
import { createCatalog } from "../../../src/catalog/catalog.ts";
import { runCli } from "../../../src/cli/cli.ts";
import type { Root } from "../../../src/cli/grammar/root.ts";
import type { Terminal } from "../../../src/cli/terminal/terminal.ts";

process.env["TZ"] = "UTC";

export const NOW = new Date("2026-03-04T14:02:00Z");

export interface TestOptions {
  readonly tty?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The answers that the user types, one for each question. */
  readonly answers?: readonly string[];
  readonly input?: string;
  readonly directory?: string;
  readonly home?: string;
  /** Whether waits only end when they are aborted. Default: `false`. */
  readonly patient?: boolean;
  readonly root?: Partial<Root>;
}

export interface Transcript {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly questions: readonly string[];
}

export interface TestTerminal extends Terminal {
  readonly out: { stdout: string; stderr: string; questions: string[]; exits: number[] };
  interrupt(): void;
  /** The number of callbacks for Ctrl-C; it must be 0 after a command. */
  listeners(): number;
}

export function temporary(): string {
  return mkdtempSync(join(tmpdir(), "kubemin-cli-"));
}

export function testTerminal(options: TestOptions = {}): TestTerminal {
  const { tty = false, columns = 100, rows = 30, env = {}, answers = [], input = "" } = options;
  const out: TestTerminal["out"] = { stdout: "", stderr: "", questions: [], exits: [] };
  const left = [...answers];
  const listening = new Set<() => void>();
  const output = (name: "stdout" | "stderr") => ({
    write(text: string): void {
      out[name] += text;
    },
    isTTY: tty,
    columns,
    rows,
  });
  return {
    out,
    stdout: output("stdout"),
    stderr: output("stderr"),
    interactive: tty,
    env: { NO_COLOR: "1", ...env },
    directory: options.directory ?? temporary(),
    now: () => NOW,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || (options.patient !== true && milliseconds < 10_000)) return void setImmediate(resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
    every: () => () => undefined,
    async ask(question) {
      out.questions.push(question);
      return left.shift() ?? null;
    },
    readInput: async () => input,
    onInterrupt(callback) {
      listening.add(callback);
      return () => listening.delete(callback);
    },
    exit: (code) => void out.exits.push(code),
    interrupt() {
      for (const callback of listening) callback();
    },
    listeners: () => listening.size,
  };
}

export const catalog = createCatalog(builtins);

export function testRoot(options: TestOptions): Root {
  return {
    version: "0.1.0",
    home: options.home ?? temporary(),
    catalog,
    plugins: [],
    withPlugins: () => Promise.reject(new Error("no plug-ins in this test")),
    backup: () => {
      throw new Error("this test takes no backup");
    },
    restore: () => Promise.reject(new Error("this test restores nothing")),
    serve: async () => {
      throw new Error("serve is not part of this test");
    },
    ...options.root,
  };
}

/** Runs `kubemin LINE`. The words are split at spaces; quotes are not supported. */
export async function kubemin(
  line: string,
  options: TestOptions = {},
  terminal = testTerminal(options),
): Promise<Transcript> {
  const words = line.split(" ").filter((word) => word !== "");
  const exit = await runCli(words, terminal, testRoot(options));
  return { exit, ...terminal.out };
}
