// The routes of tokens: create, list, revoke. The secret is only in the response that creates the token.
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import { parseDuration } from "../../model/document/duration.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { DNS_LABEL } from "../../model/kubernetes/name.ts";
import { problem } from "../../model/problems/problem.ts";
import type { Token } from "../../ports/store.ts";
import { EVERY_PROJECT } from "../auth/authorise.ts";
import { hashSecret, newSecret } from "../auth/token.ts";
import { invalidRequest } from "../requests/input.ts";
import type { Implementations } from "../shared/contract.ts";
import { tokenView } from "../views/token.ts";

const LONGEST = 100 * 365 * 24 * 3_600_000;

export const tokens = {
  listTokens: async (_, { dependencies }) => ({
    body: { items: (await dependencies.store.tokens.list()).map(tokenView), next: null },
  }),

  addToken: async ({ body: { name, project, role, expiresIn } }, { dependencies, token: maker }) => {
    if (project !== EVERY_PROJECT && !DNS_LABEL.test(project))
      throw invalidRequest(problem("UnfitProject", "/body/project", { all: EVERY_PROJECT }));
    const now = dependencies.clock.now();
    const secret = newSecret();
    const token: Token = {
      id: dependencies.newId(),
      name,
      project,
      role,
      createdAt: now.toISOString(),
      expiresAt: expiry(expiresIn, now),
      madeBy: maker?.name ?? null,
    };
    if (!(await dependencies.store.tokens.add(token, hashSecret(secret))))
      throw new PlatformError("TokenNameTaken", { name });
    await recordChange(dependencies, { token, change: "added", actor: maker?.name ?? "?" });
    return { body: { ...tokenView(token), token: secret } };
  },

  removeToken: async ({ params }, { dependencies, token: remover }) => {
    const all = await dependencies.store.tokens.list();
    const token = all.find((one) => one.id === params.token);
    if (token !== undefined && (await dependencies.store.tokens.remove(token.id))) {
      await recordChange(dependencies, { token, change: "removed", actor: remover?.name ?? "?" });
      return { body: null };
    }
    const known = all.map((one) => one.id).join(", ");
    throw new PlatformError("NotFound", { what: "token", name: params.token, known });
  },
} satisfies Partial<Implementations>;

interface TokenChange {
  readonly token: Token;
  readonly change: "added" | "removed";
  readonly actor: string;
}

/**
 * Records in an event which user created or removed a token, because the name of a token decides whether it may approve
 * a step. The event of a token for all projects belongs to the project "*".
 */
async function recordChange({ store }: Dependencies<"store">, { token, change, actor }: TokenChange): Promise<void> {
  const { id, name, project, role } = token;
  const data = { token: id, name, project, role, change, actor };
  await store.events.append({ project, application: null, run: null, type: "token.changed", data });
}

function expiry(text: string | undefined, now: Date): string | null {
  if (text === undefined) return null;
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds <= 0 || milliseconds > LONGEST)
    throw invalidRequest(problem("UnfitDuration", "/body/expiresIn", { example: "90d", limit: "36500d" }));
  return new Date(now.getTime() + milliseconds).toISOString();
}
