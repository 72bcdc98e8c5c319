// How long a job may take, how often it is tried, and what happens when the cluster has no room: `timeout`, `retry`,
// `clocks`, `onShort`.
import { parseDuration } from "../../model/document/duration.ts";
import { problem } from "../../model/problems/problem.ts";
import type { Clocks, OnShort, RetryPolicy } from "../../model/run/plan.ts";
import {
  checkKnown,
  checkObject,
  type DocumentPart,
  durationField,
  field,
  fieldPointer,
  textField,
  wrongType,
} from "./checkFields.ts";
import { showValue } from "./valueWords.ts";

const ON_SHORT = "wait, fail, wait-then-fail(30m)";
/** The clocks that a document may set. The limit for everything together is `timeout`. */
export const CLOCKS = ["queue", "schedule", "start", "attempt"] as const;
const ATTEMPTS_LIMIT = 100;
/** The value of each half of a `retry` that sets only the other half. */
const RETRY_DEFAULT: RetryPolicy = { attempts: 3, backoff: 5_000 };

export function checkTimes(spot: DocumentPart): {
  readonly timeout: number | null;
  readonly retry: RetryPolicy | null;
} {
  return { timeout: durationField(spot, "timeout", 1), retry: checkRetry(spot) };
}

function checkRetry(component: DocumentPart): RetryPolicy | null {
  const value = field(component, "retry");
  if (value === undefined) return null;
  const pointer = fieldPointer(component, "retry");
  if (!checkObject(value, pointer, component.problems)) return null;
  const spot: DocumentPart = { value, pointer, problems: component.problems };
  checkKnown(spot, ["attempts", "backoff"]);
  const backoff = durationField(spot, "backoff", 0) ?? RETRY_DEFAULT.backoff;
  return { attempts: checkAttempts(spot), backoff };
}

function checkAttempts(spot: DocumentPart): number {
  const value = field(spot, "attempts");
  if (value === undefined) return RETRY_DEFAULT.attempts;
  const pointer = fieldPointer(spot, "attempts");
  if (typeof value !== "number" || !Number.isInteger(value)) spot.problems.push(wrongType(pointer, "integer", value));
  else if (value >= 1 && value <= ATTEMPTS_LIMIT) return value;
  else spot.problems.push(problem("OutOfRange", pointer, { value: showValue(value), bound: `1 … ${ATTEMPTS_LIMIT}` }));
  return RETRY_DEFAULT.attempts;
}

/** `null` when the document sets none, or an invalid one. */
export function checkOnShort(spot: DocumentPart): OnShort | null {
  const text = textField(spot, "onShort", "optional");
  if (text === undefined || text === "wait" || text === "fail") return text ?? null;
  const limit = /^wait-then-fail\((.{1,40})\)$/.exec(text)?.[1];
  const milliseconds = limit === undefined ? undefined : parseDuration(limit);
  if (milliseconds !== undefined && Number.isFinite(milliseconds)) return milliseconds;
  spot.problems.push(problem("NotOneOf", fieldPointer(spot, "onShort"), { value: showValue(text), known: ON_SHORT }));
  return null;
}

export function checkClocks(step: DocumentPart): Clocks {
  const value = field(step, "clocks");
  if (value === undefined) return {};
  const pointer = fieldPointer(step, "clocks");
  if (!checkObject(value, pointer, step.problems)) return {};
  const spot: DocumentPart = { value, pointer, problems: step.problems };
  checkKnown(spot, CLOCKS);
  const clocks = CLOCKS.flatMap((name) => {
    const milliseconds = durationField(spot, name, 1);
    return milliseconds === null ? [] : [[name, milliseconds] as const];
  });
  return Object.fromEntries(clocks);
}
