// The checks before anything else of a request is read: the host, and whether the token is enough for the route. A
// route that is neither in the table nor declared open is refused.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Route } from "../../api/routes.ts";
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import { readCallback } from "../../engine/driving/callback.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Token } from "../../ports/store.ts";
import { authorise } from "../auth/authorise.ts";
import { tokenOf } from "../auth/token.ts";
import { authorizationOf, checkOrigin, isUpgrade } from "../streams/upgrade.ts";
import { checkHost } from "./checkHost.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The row of the route table. */
    readonly route?: Route;
    /** `true` for routes without a token (probes, metrics). They must not show data of a project. */
    readonly open?: true;
  }
  interface FastifyRequest {
    /** Set by the guard. `null` on open and public routes, and on routes for an attempt. */
    token: Token | null;
  }
}

export function guardRequests(
  app: FastifyInstance,
  dependencies: Dependencies<"store" | "vault" | "clock">,
  host: string,
): void {
  app.decorateRequest("token", null);
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers({
      "x-request-id": request.id,
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-cache",
      vary: "accept-language, authorization",
    });
    checkHost(host, request.headers.host);
    if (isUpgrade(request)) checkOrigin(request);
    if (request.is404) return; // answered with NoSuchRoute
    request.token = await currentToken(dependencies, request);
  });
}

/** The token of the request, or `null` when the route needs none. Throws NotSignedIn or NotAllowed. */
export async function currentToken(
  dependencies: Dependencies<"store" | "vault" | "clock">,
  request: FastifyRequest,
): Promise<Token | null> {
  const { route, open } = request.routeOptions.config;
  if (open === true || route?.access === "public") return null;
  if (route?.access === "attempt") {
    readCallback(dependencies, request.headers.authorization);
    return null;
  }
  const token = await tokenOf(authorizationOf(request), dependencies);
  if (route === undefined) throw new PlatformError("NotAllowed", { action: "use", project: "*" });
  const { project } = request.params as { project?: string }; // Fastify gives the path's parameters as strings
  authorise(route, token, project);
  return token;
}
