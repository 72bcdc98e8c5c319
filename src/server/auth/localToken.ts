// The token of this machine's own command line: an administrator's, made at the first start and kept in a file that only its owner reads.
// When it was revoked, or the file was lost, the next start makes a new one: whoever can start the server on its store owns it anyway.
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
  // The file first: a token that is stored and in no file would be an administrator that nobody knows of.
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  await addAdministrator(store, { name: "local", secret, now });
  return secret;
}

interface Administrator {
  readonly name: string;
  readonly secret: string;
  readonly now: Date;
}

/** The name is another token's when a file was lost, or when several servers have their own folders on one database: it then gets an end. */
async function addAdministrator(store: Store, { name, secret, now }: Administrator): Promise<void> {
  const id = randomUUID();
  const fixed = { id, project: EVERY_PROJECT, role: "admin", createdAt: now.toISOString(), expiresAt: null } as const;
  const hash = hashSecret(secret);
  // Another process may be faster with the same secret.
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

/** An administrator whose token the operator chose, the same for all processes: where data folders come and go with pods. */
export async function ensureGivenToken(store: Store, secret: string, now: Date): Promise<string> {
  if (!isSecret(secret)) throw new PlatformError("AdminTokenInvalid");
  const known = await store.tokens.byHash(hashSecret(secret));
  if (known !== null) return secret;
  await addAdministrator(store, { name: "given", secret, now });
  return secret;
}
