// The token of this machine's own command line: an administrator's, made at the first start and kept in a file that only its owner reads.
// When it was revoked, or the file was lost, the next start makes a new one: whoever can start the server on its store owns it anyway.
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { PlatformError } from "../../model/errors.ts";
import type { Store } from "../../ports/store.ts";
import { EVERY_PROJECT } from "./authorise.ts";
import { hashSecret, isExpired, isSecret, newSecret } from "./token.ts";

export async function ensureLocalToken(store: Store, file: string, now: Date): Promise<string> {
  const kept = readKept(file);
  const known = kept === undefined ? null : await store.tokens.byHash(hashSecret(kept));
  if (kept !== undefined && known !== null && !isExpired(known, now)) return kept;
  const secret = newSecret();
  const token = {
    id: randomUUID(),
    name: "local",
    project: EVERY_PROJECT,
    role: "admin",
    createdAt: now.toISOString(),
    expiresAt: null,
  } as const;
  // The file first: a token that is stored and in no file would be an administrator that nobody knows of.
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  await store.tokens.add(token, hashSecret(secret));
  return secret;
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
  const token = {
    id: randomUUID(),
    name: "given",
    project: EVERY_PROJECT,
    role: "admin",
    createdAt: now.toISOString(),
    expiresAt: null,
  } as const;
  try {
    await store.tokens.add(token, hashSecret(secret));
  } catch (error) {
    // Another process was faster.
    if ((await store.tokens.byHash(hashSecret(secret))) === null) throw error;
  }
  return secret;
}
