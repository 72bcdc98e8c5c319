// An error response of the API server: the HTTP status and the Status object. refusal.ts turns it into a reason.

import { listAt, numberAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../model/data/json.ts";

interface Cause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

export class KubernetesError extends Error {
  readonly status: number;
  /** `NotFound`, `Conflict`, `Invalid`, `Forbidden`, ... */
  readonly code: string;
  readonly causes: readonly Cause[];
  readonly kind: string;
  /** Whether the same request may succeed later. */
  readonly passing: boolean;
  /** Milliseconds to wait before a retry, as the server asked; `undefined` when it did not say. */
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
    // The server answers 500 to an apply with a value of the wrong type, although the request is at fault and a retry
    // does not help.
    this.passing = status === 429 || (status >= 500 && !/failed to create typed patch object/.test(this.message));
    this.retryAfter = retryAfter ?? (seconds > 0 ? seconds * 1_000 : undefined);
  }
}

/** When the body is not a Status object (proxies, old endpoints), its first 200 characters become the message. */
export function apiError(status: number, body: string, retryAfterHeader: string | undefined): KubernetesError {
  const seconds = Number(retryAfterHeader);
  const retryAfter = retryAfterHeader !== undefined && Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return new KubernetesError(status, parsed, retryAfter);
  } catch {
    // The body is not JSON, so its text becomes the message.
  }
  return new KubernetesError(status, { message: `HTTP status ${status}: ${body.trim().slice(0, 200)}` }, retryAfter);
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof KubernetesError && error.status === status;
}
