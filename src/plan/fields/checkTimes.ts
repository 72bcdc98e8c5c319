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

export function checkTimes(part: DocumentPart): {
  readonly timeout: number | null;
  readonly retry: RetryPolicy | null;
} {
  return { timeout: durationField(part, "timeout", 1), retry: checkRetry(part) };
}

function checkRetry(component: DocumentPart): RetryPolicy | null {
  const value = field(component, "retry");
  if (value === undefined) return null;
  const pointer = fieldPointer(component, "retry");
  if (!checkObject(value, pointer, component.problems)) return null;
  const part: DocumentPart = { value, pointer, problems: component.problems };
  checkKnown(part, ["attempts", "backoff"]);
  const backoff = durationField(part, "backoff", 0) ?? RETRY_DEFAULT.backoff;
  return { attempts: checkAttempts(part), backoff };
}

function checkAttempts(part: DocumentPart): number {
  const value = field(part, "attempts");
  if (value === undefined) return RETRY_DEFAULT.attempts;
  const pointer = fieldPointer(part, "attempts");
  if (typeof value !== "number" || !Number.isInteger(value)) part.problems.push(wrongType(pointer, "integer", value));
  else if (value >= 1 && value <= ATTEMPTS_LIMIT) return value;
  else part.problems.push(problem("OutOfRange", pointer, { value: showValue(value), bound: `1 … ${ATTEMPTS_LIMIT}` }));
  return RETRY_DEFAULT.attempts;
}

/** `null` when the document sets none, or an invalid one. */
export function checkOnShort(part: DocumentPart): OnShort | null {
  const text = textField(part, "onShort", "optional");
  if (text === undefined || text === "wait" || text === "fail") return text ?? null;
  const limit = /^wait-then-fail\((.{1,40})\)$/.exec(text)?.[1];
  const milliseconds = limit === undefined ? undefined : parseDuration(limit);
  if (milliseconds !== undefined && Number.isFinite(milliseconds)) return milliseconds;
  part.problems.push(problem("NotOneOf", fieldPointer(part, "onShort"), { value: showValue(text), known: ON_SHORT }));
  return null;
}

export function checkClocks(step: DocumentPart): Clocks {
  const value = field(step, "clocks");
  if (value === undefined) return {};
  const pointer = fieldPointer(step, "clocks");
  if (!checkObject(value, pointer, step.problems)) return {};
  const part: DocumentPart = { value, pointer, problems: step.problems };
  checkKnown(part, CLOCKS);
  const clocks = CLOCKS.flatMap((name) => {
    const milliseconds = durationField(part, name, 1);
    return milliseconds === null ? [] : [[name, milliseconds] as const];
  });
  return Object.fromEntries(clocks);
}
