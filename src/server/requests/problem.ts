// Turns every thrown error into RFC 9457 problem+json with a code of the error table. An unexpected error becomes
// Internal: its message goes to the log with the request id, never to the client.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { ErrorView } from "../../api/views.ts";
import { clusterFailure } from "../../engine/planning/chooseCluster.ts";
import { RegistrationRefused } from "../../jobTypes/registering/refused.ts";
import { type Language, languageOf } from "../../model/data/text.ts";
import { ERRORS, explainError, PlatformError } from "../../model/errors/errors.ts";
import { problem } from "../../model/problems/problem.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Log } from "../../ports/log.ts";
import { InvalidCursor } from "../../ports/store.ts";
import type { Frozen } from "../shared/contract.ts";
import { checkView } from "../views/check.ts";
import { problemItem } from "../views/problem.ts";
import { invalidRequest } from "./input.ts";

type ErrorBody = Frozen<z.output<typeof ErrorView>>;

export function sendProblem(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toPlatformError(error, request);
  if (known.code === "Internal") logUnexpected(log, error, request);
  const body = problemBody(known, languageOf(request.headers["accept-language"]), request.id);
  const { seconds } = known.params;
  if (seconds !== undefined && (body.status === 429 || body.status === 503)) void reply.header("retry-after", seconds);
  if (body.status === 401) void reply.header("www-authenticate", 'Bearer realm="kubemin"');
  return reply
    .code(body.status)
    .header("x-request-id", request.id)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .send(JSON.stringify(body));
}

export function problemBody(error: PlatformError, language: Language, requestId: string): ErrorBody {
  const { message, advice } = explainError(error, language);
  return {
    type: `https://kubemin.dev/errors/${error.code}`,
    title: titleOf(error.code),
    status: ERRORS[error.code].status,
    detail: message,
    code: error.code,
    who: ERRORS[error.code].who,
    // An advice with an unfilled parameter ("known: {known}") is left out.
    advice: /\{\w+\}/.test(advice) ? "" : advice,
    requestId,
    ...(error.problems.length === 0 ? {} : { problems: error.problems.map((one) => problemItem(one, language)) }),
    ...(error instanceof RegistrationRefused ? { checks: error.checks.map((one) => checkView(one, language)) } : {}),
  };
}

/** InvalidDocument -> "Invalid document". RFC 9457 requires a title that is the same at every occurrence. */
function titleOf(code: string): string {
  const words = code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function toPlatformError(error: unknown, request?: FastifyRequest): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof InvalidCursor) return invalidRequest(problem("UnfitCursor", "/query/after"));
  if (error instanceof ClusterError) return ofCluster(error);
  return ofFastify(error, request) ?? new PlatformError("Internal");
}

function ofCluster(error: ClusterError): PlatformError {
  const { code, params } = error.reason;
  return code === "ClusterUnreachable" || code === "CredentialRefused"
    ? clusterFailure(error, String(params["cluster"]))
    : new PlatformError("RefusedByCluster", {}, { cause: error.reason });
}

const BY_FASTIFY_CODE: Readonly<Record<string, (request: FastifyRequest | undefined) => PlatformError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: (request) =>
    new PlatformError("TooLarge", { limit: request?.routeOptions.bodyLimit ?? 0 }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (request) =>
    new PlatformError("UnsupportedMediaType", { value: (request?.headers["content-type"] ?? "(none)").slice(0, 100) }),
  FST_ERR_BAD_URL: () => invalidRequest(problem("BrokenEncoding", "/path")),
};

/** Fastify marks mistakes of the caller with a status below 500. Its messages quote nothing of the request's body. */
function ofFastify(error: unknown, request: FastifyRequest | undefined): PlatformError | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const known = BY_FASTIFY_CODE[error.code];
  if (known !== undefined) return known(request);
  const callers = error.code.startsWith("FST_") && "statusCode" in error && Number(error.statusCode) < 500;
  return callers ? invalidRequest(problem("NotHttp", "", { code: error.code })) : undefined;
}

function logUnexpected(log: Log, error: unknown, request: FastifyRequest): void {
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : String(error);
  log.write("error", "a request failed unexpectedly", {
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url ?? "",
    error: stack.slice(0, 4_000),
  });
}
