// How long a component's job may take and how often it is tried: `timeout` and `retry`.
import type { RetryPolicy } from "../model/plan.ts";
import { problem } from "../model/problem.ts";
import { checkKnown, checkObject, durationField, field, fieldPointer, type Spot, wrongType } from "./checkFields.ts";
import { showValue } from "./words.ts";

const ATTEMPTS_LIMIT = 100;
/** What a `retry` that says only half means for the other half. */
const RETRY_DEFAULT: RetryPolicy = { attempts: 3, backoff: 5_000 };

export function checkTimes(spot: Spot): { readonly timeout: number | null; readonly retry: RetryPolicy | null } {
  return { timeout: durationField(spot, "timeout", 1), retry: checkRetry(spot) };
}

function checkRetry(component: Spot): RetryPolicy | null {
  const value = field(component, "retry");
  if (value === undefined) return null;
  const pointer = fieldPointer(component, "retry");
  if (!checkObject(value, pointer, component.problems)) return null;
  const spot: Spot = { value, pointer, problems: component.problems };
  checkKnown(spot, ["attempts", "backoff"]);
  const backoff = durationField(spot, "backoff", 0) ?? RETRY_DEFAULT.backoff;
  return { attempts: checkAttempts(spot), backoff };
}

function checkAttempts(spot: Spot): number {
  const value = field(spot, "attempts");
  if (value === undefined) return RETRY_DEFAULT.attempts;
  const pointer = fieldPointer(spot, "attempts");
  if (typeof value !== "number" || !Number.isInteger(value)) spot.problems.push(wrongType(pointer, "integer", value));
  else if (value >= 1 && value <= ATTEMPTS_LIMIT) return value;
  else spot.problems.push(problem("OutOfRange", pointer, { value: showValue(value), bound: `1 … ${ATTEMPTS_LIMIT}` }));
  return RETRY_DEFAULT.attempts;
}
