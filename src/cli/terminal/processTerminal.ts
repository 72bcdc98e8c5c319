// The real terminal, for src/main.ts. No other file of cli/ reads or writes the streams of `process`.
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { Terminal, TerminalOutput } from "./terminal.ts";

export function processTerminal(): Terminal {
  // `kubemin runs | head` closes the pipe while kubemin still writes. That is not an error.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    env: process.env,
    directory: process.cwd(),
    now: () => new Date(),
    async sleep(milliseconds, signal) {
      await delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);
    },
    every(milliseconds, tick) {
      const timer = setInterval(tick, milliseconds);
      return () => clearInterval(timer);
    },
    ask,
    readInput: () => text(process.stdin),
    onInterrupt(callback) {
      process.on("SIGINT", callback).on("SIGTERM", callback);
      return () => process.off("SIGINT", callback).off("SIGTERM", callback);
    },
    exit: (code) => process.exit(code),
  };
}

function outputOf(stream: NodeJS.WriteStream): TerminalOutput {
  return {
    write: (chunk) => void stream.write(chunk),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns ?? 80;
    },
    get rows() {
      return stream.rows ?? 24;
    },
  };
}

async function ask(question: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
}
