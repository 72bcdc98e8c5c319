// The administrator token for the command line on this machine. It is created at the first start and kept in a file
// that only its owner can read.
// When it was revoked or the file is lost, the next start creates a new one: a user who can start the server on its
// store has full access to it anyway.
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Store } from "../../ports/store.ts";
import { EVERY_PROJECT } from "./authorise.ts";
import { hashSecret, isExpired, isSecret, newSecret } from "./token.ts";

export async function ensureLocalToken(store: Store, file: string, now: Date): Promise<string> {
  const kept = readKept(file);
  const known = kept === undefined ? null : await store.tokens.byHash(hashSecret(kept));
  if (kept !== undefined && known !== null && !isExpired(known, now)) return kept;
  const secret = newSecret();
  // The file is written first: otherwise a crash in between would leave an administrator token in the store that no
  // user has.
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  await addAdministrator(store, { name: "local", secret, now });
  return secret;
}

interface Administrator {
  readonly name: string;
  readonly secret: string;
  readonly now: Date;
}

/**
 * Adds an administrator token. Its name may be taken, after a file was lost or when several servers with their own
 * folders use one database; a suffix is then added to the name.
 */
async function addAdministrator(store: Store, { name, secret, now }: Administrator): Promise<void> {
  const id = randomUUID();
  const fixed = { id, project: EVERY_PROJECT, role: "admin", createdAt: now.toISOString(), expiresAt: null } as const;
  const hash = hashSecret(secret);
  // Another process may have added the same secret in the meantime.
  const isThere = async (): Promise<boolean> => (await store.tokens.byHash(hash)) !== null;
  for (const free of [name, `${name}-${id.slice(0, 8)}`]) {
    try {
      if ((await store.tokens.add({ ...fixed, name: free, madeBy: null }, hash)) || (await isThere())) return;
    } catch (error) {
      if (!(await isThere())) throw error;
    }
  }
}

function readKept(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}

/**
 * An administrator token that the operator chose, the same for all processes. Used where the data folder does not
 * outlive the pod.
 */
export async function ensureGivenToken(store: Store, secret: string, now: Date): Promise<string> {
  if (!isSecret(secret)) throw new PlatformError("AdminTokenInvalid");
  const known = await store.tokens.byHash(hashSecret(secret));
  if (known !== null) return secret;
  await addAdministrator(store, { name: "given", secret, now });
  return secret;
}
