// When an object of a kind that nobody here knows counts as ready: what its author says about its status. Travels with the object, as an
// annotation, so that whoever looks at the object later judges it by the same rule.
import { isObject, type Json, type JsonObject } from "../data/json.ts";

/** A condition of `status.conditions`, or a field with the values that count. A field without values has to be there and not empty. */
export type Matcher =
  | { readonly condition: string; readonly status: string }
  | { readonly field: string; readonly values: readonly string[] };

export interface ReadyRule {
  /** All of them. */
  readonly ready: readonly Matcher[];
  /** Any one of them. */
  readonly failed: readonly Matcher[];
}

export function writeReadyRule(rule: ReadyRule): string {
  return JSON.stringify(rule);
}

/** Undefined when the text is no rule: it may come from anybody. */
export function readReadyRule(text: string | undefined): ReadyRule | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return undefined;
    return { ready: matchersIn(parsed["ready"]), failed: matchersIn(parsed["failed"]) };
  } catch {
    return undefined;
  }
}

function matchersIn(value: Json | undefined): readonly Matcher[] {
  return Array.isArray(value) ? value.filter(isObject).flatMap(matcherOf) : [];
}

function matcherOf({ condition, status, field, values }: JsonObject): readonly Matcher[] {
  if (typeof condition === "string") return [{ condition, status: typeof status === "string" ? status : "True" }];
  if (typeof field !== "string") return [];
  return [{ field, values: Array.isArray(values) ? values.map(String) : [] }];
}

/** `status.phase is Running`, for sentences. */
export function sayMatcher(matcher: Matcher): string {
  if ("condition" in matcher) return `condition ${matcher.condition} is ${matcher.status}`;
  return matcher.values.length === 0 ? `${matcher.field} is set` : `${matcher.field} is ${matcher.values.join(" or ")}`;
}
