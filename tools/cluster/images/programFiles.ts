// Collects a program of this machine and the libraries that it needs, as files for an image.
import { readFileSync } from "node:fs";
import { findProgram } from "../packages.ts";
import { run } from "../run.ts";
import type { ImageFile } from "./archive.ts";

/** The program at `target`, each library at the path where the loader looks for it. */
export async function programWithLibraries(name: string, target: string): Promise<Record<string, ImageFile>> {
  const source = findProgram(name);
  if (!source) throw new Error(`The program ${name} is missing; "up" installs it.`);
  return await programFileWithLibraries(source, target);
}

/** The same for a file whose path is known. */
export async function programFileWithLibraries(source: string, target: string): Promise<Record<string, ImageFile>> {
  const libraries = await librariesOf(source);
  return Object.fromEntries(
    [[target, source], ...libraries.map((path) => [path, path])].map(([path, file]) => [path, executable(file ?? "")]),
  );
}

const executable = (file: string): ImageFile => ({ content: readFileSync(file), mode: 0o755 });

async function librariesOf(file: string): Promise<string[]> {
  // ldd fails for a static program, which needs no library.
  const lines = (await run("ldd", [file]).catch(() => "")).split("\n");
  return lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}
