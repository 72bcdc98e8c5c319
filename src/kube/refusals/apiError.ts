// A refusal of the API server as it came: HTTP status and the Status object. refusal.ts turns it into words.

import { listAt, numberAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../model/data/json.ts";

interface Cause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

export class ApiError extends Error {
  readonly status: number;
  /** `NotFound`, `Conflict`, `Invalid`, `Forbidden`, ... */
  readonly code: string;
  readonly causes: readonly Cause[];
  readonly kind: string;
  /** The same request may succeed later. */
  readonly passing: boolean;
  /** Milliseconds that the server asked us to wait, or undefined. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: JsonObject, retryAfter: number | undefined) {
    super(textAt(body, "message") || `HTTP status ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = textAt(body, "reason");
    this.kind = textAt(body, "details", "kind");
    this.causes = listAt(body, "details", "causes").map((one) => ({
      reason: textAt(one, "reason"),
      field: textAt(one, "field"),
      message: textAt(one, "message"),
    }));
    const seconds = numberAt(body, "details", "retryAfterSeconds");
    // A value of the wrong type in an apply is answered with 500, though it is the request's fault and will not pass.
    this.passing = status === 429 || (status >= 500 && !/failed to create typed patch object/.test(this.message));
    this.retryAfter = retryAfter ?? (seconds > 0 ? seconds * 1_000 : undefined);
  }
}

/** A body that is not a Status object (proxies, old endpoints) still gives its first words. */
export function apiError(status: number, body: string, retryAfterHeader: string | undefined): ApiError {
  const seconds = Number(retryAfterHeader);
  const retryAfter = retryAfterHeader !== undefined && Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return new ApiError(status, parsed, retryAfter);
  } catch {
    // Not JSON: its text is the message.
  }
  return new ApiError(status, { message: `HTTP status ${status}: ${body.trim().slice(0, 200)}` }, retryAfter);
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}
