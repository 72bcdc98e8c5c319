// What happens before anything of a request is read: its host is checked, and the table decides whether the token is enough.
// Default deny: a route that is neither in the table nor declared open is refused.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Route } from "../../api/routes.ts";
import { readCallback } from "../../engine/driving/callback.ts";
import type { Dependencies } from "../../engine/interface/dependencies.ts";
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
    /** Answers to anybody (probes, metrics); never anything of a project. */
    readonly open?: true;
  }
  interface FastifyRequest {
    /** Set by the guard; null on public routes. */
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

/** The token that a request may go on with, null where none is asked for. Throws NotSignedIn or NotAllowed. */
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
  const { project } = request.params as { project?: string }; // Fastify gives the path's parameters as texts
  authorise(route, token, project);
  return token;
}
