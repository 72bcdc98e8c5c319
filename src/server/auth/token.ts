// Tokens of the API: 256 random bits after a prefix that secret scanners can find. Only their hash is stored. A token
// cannot be guessed, so a fast hash is enough, and the lookup by hash compares nothing that an attacker could time.
import { createHash, randomBytes } from "node:crypto";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Store, Token } from "../../ports/store.ts";

const SHAPE = /^kubemin_[A-Za-z0-9_-]{43}$/;

export function newSecret(): string {
  return `kubemin_${randomBytes(32).toString("base64url")}`;
}

/** Whether the text has the form of a kubemin token. */
export function isSecret(text: string): boolean {
  return SHAPE.test(text);
}

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

export function isExpired(token: Token, now: Date): boolean {
  return token.expiresAt !== null && Date.parse(token.expiresAt) <= now.getTime();
}

/**
 * The token that an Authorization header names. Every failure throws the same NotSignedIn, so that a caller learns
 * nothing by trying.
 */
export async function tokenOf(
  header: string | undefined,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<Token> {
  const secret = /^Bearer +(\S+) *$/i.exec(header ?? "")?.[1];
  if (secret === undefined || !SHAPE.test(secret)) throw new PlatformError("NotSignedIn");
  const token = await store.tokens.byHash(hashSecret(secret));
  if (token === null || isExpired(token, clock.now())) throw new PlatformError("NotSignedIn");
  return token;
}
