// Tokens: make, list, revoke. A secret is in exactly one answer: the one that made it.
import { parseDuration } from "../model/duration.ts";
import { PlatformError } from "../model/errors.ts";
import { DNS_LABEL } from "../model/name.ts";
import type { Token } from "../ports/store.ts";
import { EVERY_PROJECT } from "./auth/authorise.ts";
import { hashSecret, newSecret } from "./auth/token.ts";
import type { Implementations } from "./contract.ts";
import { invalidRequest } from "./input.ts";
import { tokenView } from "./views/token.ts";

const LONGEST = 100 * 365 * 24 * 3_600_000;

export const tokens = {
  listTokens: async (_, { world }) => ({
    body: { items: (await world.store.tokens.list()).map(tokenView), next: null },
  }),

  addToken: async ({ body: { name, project, role, expiresIn } }, { world }) => {
    if (project !== EVERY_PROJECT && !DNS_LABEL.test(project))
      throw invalidRequest(`body project: "${EVERY_PROJECT}" for all projects, or a project's name`);
    const now = world.clock.now();
    const secret = newSecret();
    const token: Token = {
      id: world.newId(),
      name,
      project,
      role,
      createdAt: now.toISOString(),
      expiresAt: expiry(expiresIn, now),
    };
    await world.store.tokens.add(token, hashSecret(secret));
    return { body: { ...tokenView(token), token: secret } };
  },

  removeToken: async ({ params }, { world }) => {
    if (await world.store.tokens.remove(params.token)) return { body: null };
    const known = (await world.store.tokens.list()).map((one) => one.id).join(", ");
    throw new PlatformError("NotFound", { what: "token", name: params.token, known });
  },
} satisfies Partial<Implementations>;

function expiry(text: string | undefined, now: Date): string | null {
  if (text === undefined) return null;
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds <= 0 || milliseconds > LONGEST)
    throw invalidRequest("body expiresIn: a duration like 12h or 90d, at most 36500d");
  return new Date(now.getTime() + milliseconds).toISOString();
}
