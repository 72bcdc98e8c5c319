// The vault's key: the environment variable KUBEMIN_KEY, or a file that only its owner may read and that the first
// start creates.
import { createHash, randomBytes } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PlatformError } from "../model/errors/errors.ts";

/**
 * The key in `file` (64 hexadecimal digits); the file is created when it is missing. Throws PlatformError
 * FolderUnusable or KeyInvalid.
 */
export function readOrMakeKey(file: string): Uint8Array {
  usableFolder(dirname(file));
  try {
    // With `wx`, exactly one of two processes that start at the same time creates the key.
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw unusable(dirname(file), error);
  }
  chmodSync(file, 0o600);
  return parseKey(readFileSync(file, "utf8"), file);
}

/**
 * Creates the folder when it is missing, for its owner only. Throws PlatformError FolderUnusable when it cannot be
 * written.
 */
export function usableFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(folder, error);
  }
}

function unusable(folder: string, error: unknown): PlatformError {
  return new PlatformError("FolderUnusable", {
    folder,
    detail: error instanceof Error ? error.message : String(error),
  });
}

export function parseKey(text: string, origin: string): Uint8Array {
  const hex = text.trim();
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new PlatformError("KeyInvalid", { origin });
  return Buffer.from(hex, "hex");
}

/** Name of the setting in which a store keeps the fingerprint of the key that its values were sealed with. */
export const KEY_SETTING = "vault-key";

/** A fingerprint that distinguishes keys and does not reveal them. */
export function keyPrint(key: Uint8Array): string {
  return createHash("sha256").update("kubemin vault key").update(key).digest("hex").slice(0, 32);
}

interface NamedKey {
  readonly key: Uint8Array;
  readonly origin: string;
}

/** The key in KUBEMIN_KEY, else in the file of the data folder, which is created when it is missing. */
export function keyOf(env: Readonly<Record<string, string | undefined>>, data: string): NamedKey {
  return keyInEnvironment(env) ?? { key: readOrMakeKey(join(data, KEY_FILE)), origin: join(data, KEY_FILE) };
}

/** Like `keyOf`, but creates no key: `null` when there is none. */
export function existingKey(env: Readonly<Record<string, string | undefined>>, data: string): NamedKey | null {
  const file = join(data, KEY_FILE);
  return keyInEnvironment(env) ?? (existsSync(file) ? { key: readOrMakeKey(file), origin: file } : null);
}

const KEY_FILE = "vault.key";

function keyInEnvironment(env: Readonly<Record<string, string | undefined>>): NamedKey | null {
  const text = env["KUBEMIN_KEY"];
  return text === undefined || text === "" ? null : { key: parseKey(text, "KUBEMIN_KEY"), origin: "KUBEMIN_KEY" };
}
