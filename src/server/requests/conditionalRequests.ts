// Conditional requests (RFC 9110 section 13) and idempotency keys.
import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { WriteConditions } from "../../engine/interface/requests.ts";
import type { Vault } from "../../ports/vault.ts";
import { invalidRequest } from "./input.ts";

/** `"rev-14"`, or an ETag of ours that goes on after it; `"rev-0"`: it must not exist yet; `*`: it must exist. Undefined without the header. */
function expectedRevision(ifMatch: string | undefined): number | "any" | undefined {
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === "*") return "any";
  // Proxies that compress make our ETags weak; the number inside is as exact as before.
  const match = /^\s*(?:W\/)?"rev-(\d{1,9})(?:[.][^"]*)?"\s*$/.exec(ifMatch);
  if (match === null)
    throw invalidRequest(`header if-match: expected one ETag like "rev-14", got ${ifMatch.slice(0, 100)}`);
  return Number(match[1]);
}

export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const wanted = ifNoneMatch.split(",").map((one) => one.trim().replace(/^W\//, ""));
  return wanted.includes("*") || wanted.includes(`"${etag}"`);
}

/**
 * A fingerprint of the whole request. Sealed, because the body may hold a weak secret, and whoever reads the store must not be able
 * to try out guesses against a bare hash.
 */
function fingerprint(request: FastifyRequest, project: string, vault: Vault): string {
  const body = typeof request.body === "string" ? request.body : "";
  const text = `${request.method}\n${request.url}\n${body}`;
  return vault.seal(project, createHash("sha256").update(text).digest("hex"));
}

export function conditionsFor(request: FastifyRequest, actor: string, vault: Vault): WriteConditions {
  const revision = expectedRevision(request.headers["if-match"]);
  const key = request.headers["idempotency-key"];
  const { project = "" } = request.params as { project?: string }; // Fastify gives the path's parameters as texts
  return {
    actor,
    ...(revision === undefined ? {} : { expectedRevision: revision }),
    ...(typeof key === "string" && key !== ""
      ? { idempotency: { key, request: fingerprint(request, project, vault) } }
      : {}),
  };
}
