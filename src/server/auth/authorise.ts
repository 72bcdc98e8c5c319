// Decides whether a token may use a route: a pure function of the route's row and the token. No other file decides
// this.
import type { Route } from "../../api/routes.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Role, Token } from "../../ports/store.ts";

export const EVERY_PROJECT = "*";
const RANK: Readonly<Record<Role, number>> = { read: 0, write: 1, admin: 2 };

/** `project` is the project in the path; `undefined` when the route has none. Throws NotAllowed. */
export function authorise(route: Route, token: Token, project: string | undefined): void {
  if (isAllowed(route, token, project)) return;
  throw new PlatformError("NotAllowed", { action: route.access, project: project ?? EVERY_PROJECT });
}

function isAllowed({ access }: Route, token: Token, project: string | undefined): boolean {
  if (access === "public") return true;
  // A user's token does not name an attempt.
  if (access === "attempt") return false;
  if (project !== undefined)
    return [EVERY_PROJECT, project].includes(token.project) && RANK[token.role] >= RANK[access];
  // Routes without a project: every valid token may read; changing needs an administrator of the whole server.
  return access === "read" || (token.project === EVERY_PROJECT && token.role === "admin");
}
