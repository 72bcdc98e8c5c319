// Runs a program to its end. The error of a failure quotes the program's output.
import { execFile } from "node:child_process";

export interface RunOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Resolves with the standard output. Rejects with a message that names the program and quotes its output. */
export function run(program: string, words: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings = {
      ...(options.folder && { cwd: options.folder }),
      env: { ...process.env, ...options.environment },
      maxBuffer: 64 * 1024 * 1024,
    };
    execFile(program, words, settings, (failure, output, complaint) => {
      if (!failure) return resolve(output);
      const said = complaint.trim() || output.trim() || failure.message;
      reject(new Error(`${program} ${words.slice(0, 4).join(" ")} failed: ${said}`));
    });
  });
}

export async function succeeds(program: string, words: readonly string[]): Promise<boolean> {
  return run(program, words).then(
    () => true,
    () => false,
  );
}
