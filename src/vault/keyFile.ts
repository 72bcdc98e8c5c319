// The vault's key: a file that only its owner may read, made at the first start; or handed in by the environment.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The key in `file` (64 hex digits), made if there is none. Throws a sentence that says what to do. */
export function readOrMakeKey(file: string): Uint8Array {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    // `wx` lets exactly one of two processes that start together make the key.
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  chmodSync(file, 0o600);
  return parseKey(readFileSync(file, "utf8"), file);
}

export function parseKey(text: string, origin: string): Uint8Array {
  const hex = text.trim();
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new Error(`${origin} does not hold a vault key: 64 hex digits are needed`);
  return Buffer.from(hex, "hex");
}
