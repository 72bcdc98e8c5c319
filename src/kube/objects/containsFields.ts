// Whether a live object contains the wanted fields. This is a subset comparison: every wanted field must be there, and
// fields that others added are ignored.
// It is always used together with the content hash (contentAnnotation.ts): the hash shows whether the same content was
// applied before, this comparison shows whether the object was changed since.
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { equalQuantity } from "../../model/kubernetes/quantity.ts";

/**
 * List elements with one of these keys are matched by it, because webhooks and controllers may add elements and change
 * their order.
 */
const KEYS: readonly string[] = ["name", "containerPort", "mountPath", "port"];
/** Below these fields, "1" and "1000m" are the same value: the server normalizes quantities. */
const QUANTITIES: ReadonlySet<string> = new Set([
  "requests",
  "limits",
  "capacity",
  "sizeLimit",
  "divisor",
  "hard",
  "min",
  "max",
  "default",
  "defaultRequest",
]);

/**
 * Whether every field of `wanted` is in `live` with an equal value. With `amounts`, equal quantities count as equal.
 */
export function containsFields(live: unknown, wanted: unknown, amounts = false): boolean {
  if (isZero(wanted) && live === undefined) return true;
  if (Array.isArray(wanted))
    return Array.isArray(live) ? listHolds(live, wanted, amounts) : wanted.length === 0 && live === undefined;
  if (isObject(wanted)) return objectHolds(live, wanted, amounts);
  return live === wanted || (amounts && isAmount(live) && isAmount(wanted) && equalQuantity(live, wanted));
}

/** The server drops empty values of most fields instead of storing them. */
function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isZero);
}

function isAmount(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function objectHolds(live: unknown, wanted: JsonObject, amounts: boolean): boolean {
  if (!isObject(live)) return false;
  return Object.entries(wanted).every(([key, value]) =>
    containsFields(live[key], value, amounts || QUANTITIES.has(key)),
  );
}

function listHolds(live: readonly unknown[], wanted: readonly unknown[], amounts: boolean): boolean {
  const key = wanted.every(isObject)
    ? KEYS.find((one) => wanted.every((element) => isObject(element) && element[one] !== undefined))
    : undefined;
  // In lists without a key (arguments, rules, access modes), order and length matter.
  if (key === undefined)
    return (
      live.length === wanted.length && wanted.every((element, index) => containsFields(live[index], element, amounts))
    );
  return wanted.every((element) =>
    live.some((candidate) => sameKey(candidate, element, key) && containsFields(candidate, element, amounts)),
  );
}

function sameKey(a: unknown, b: unknown, key: string): boolean {
  return isObject(a) && isObject(b) && a[key] === b[key];
}
