// Stores the sandbox's objects in a file, so that they survive a restart of the server. The file is replaced as a whole
// (write, sync, rename): after a crash it has the old content or the new content, never a part of it. It contains
// sealed tokens, never their values.
import { readFileSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { isObject } from "../model/data/json.ts";
import type { SandboxSnapshot } from "./objects/sandboxObjects.ts";

const FORMAT = 1;

export interface SandboxFile {
  /**
   * Resolves when the file has the content of `snapshot` at some moment after the call. Calls during a write share the
   * next write.
   */
  save(): Promise<void>;
}

/** Throws when the file exists but was not written by a sandbox. Only the user may decide to discard it. */
export function loadSnapshot(path: string): SandboxSnapshot {
  const text = textOf(path);
  if (text === null) return { version: 0, objects: [] };
  try {
    const content: unknown = JSON.parse(text);
    if (isObject(content) && content["format"] === FORMAT && Array.isArray(content["objects"])) {
      return content as unknown as SandboxSnapshot; // the format number says that `save` below wrote it, from this very type
    }
  } catch {
    // Not JSON: the error below reports it.
  }
  throw new Error(
    `${path} does not contain sandbox objects of format ${FORMAT}: move the file away to begin with an empty sandbox`,
  );
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
}

export function openFile(path: string, snapshot: () => SandboxSnapshot): SandboxFile {
  let running: Promise<void> = Promise.resolve();
  let queued: Promise<void> | null = null;
  return {
    save: () => {
      queued ??= running
        .catch(() => undefined)
        .then(() => {
          queued = null;
          running = replaceFile(path, JSON.stringify({ format: FORMAT, ...snapshot() }));
          return running;
        });
      return queued;
    },
  };
}

async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
