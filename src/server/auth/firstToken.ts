// The token that a fresh installation begins with. Also the way back in when the last administrator's token was revoked:
// whoever can start the server on its store owns it anyway.
import { randomUUID } from "node:crypto";
import type { Store } from "../../ports/store.ts";
import { EVERY_PROJECT } from "./authorise.ts";
import { hashSecret, isExpired } from "./token.ts";

/** Makes an administrator's token when the store holds no valid one, and returns its secret: the only time it is seen. Else null. */
export async function ensureFirstToken(
  store: Store,
  newSecret: () => string,
  now: Date = new Date(),
): Promise<string | null> {
  const tokens = await store.tokens.list();
  const valid = tokens.some((one) => one.project === EVERY_PROJECT && one.role === "admin" && !isExpired(one, now));
  if (valid) return null;
  const secret = newSecret();
  const token = {
    name: "admin",
    project: EVERY_PROJECT,
    role: "admin",
    createdAt: now.toISOString(),
    expiresAt: null,
  } as const;
  await store.tokens.add({ id: randomUUID(), ...token }, hashSecret(secret));
  return secret;
}
