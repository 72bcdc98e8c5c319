// Reads conditional requests (RFC 9110 section 13) and idempotency keys from the headers. The engine applies them.
import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { WriteConditions } from "../../engine/contract/requests.ts";
import { problem } from "../../model/problems/problem.ts";
import type { Vault } from "../../ports/vault.ts";
import { invalidRequest } from "./input.ts";

/**
 * The revision that If-Match expects: the number of `"rev-14"` or of an ETag that starts with it; 0 (`"rev-0"`) when
 * the object must not exist yet; "any" (`*`) when it must exist; `undefined` without the header.
 */
function expectedRevision(ifMatch: string | undefined): number | "any" | undefined {
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === "*") return "any";
  // Proxies that compress responses make the ETags weak; the number in them is still exact.
  const match = /^\s*(?:W\/)?"rev-(\d{1,9})(?:[.][^"]*)?"\s*$/.exec(ifMatch);
  if (match === null) throw invalidRequest(problem("UnfitEtag", "/header/if-match", { value: ifMatch.slice(0, 100) }));
  return Number(match[1]);
}

export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const wanted = ifNoneMatch.split(",").map((one) => one.trim().replace(/^W\//, ""));
  return wanted.includes("*") || wanted.includes(`"${etag}"`);
}

/**
 * A fingerprint of the whole request. It is sealed because the body may contain a weak secret: a reader of the store
 * must not be able to test guesses against a plain hash.
 */
function fingerprint(request: FastifyRequest, project: string, vault: Vault): string {
  const body = typeof request.body === "string" ? request.body : "";
  const text = `${request.method}\n${request.url}\n${body}`;
  return vault.seal(project, createHash("sha256").update(text).digest("hex"));
}

export function conditionsFor(request: FastifyRequest, actor: string, vault: Vault): WriteConditions {
  const revision = expectedRevision(request.headers["if-match"]);
  const key = request.headers["idempotency-key"];
  const { project = "" } = request.params as { project?: string }; // Fastify gives the path's parameters as strings
  return {
    actor,
    ...(revision === undefined ? {} : { expectedRevision: revision }),
    ...(typeof key === "string" && key !== ""
      ? { idempotency: { key, request: fingerprint(request, project, vault) } }
      : {}),
  };
}
