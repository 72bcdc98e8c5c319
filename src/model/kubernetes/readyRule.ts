// The rule that decides when an object of a kind that kubemin does not know is ready: the author of the document
// describes its status. The rule is stored as an annotation of the object, so that every process judges the object by
// the same rule.
import { isObject, type Json, type JsonObject } from "../data/json.ts";

/**
 * A condition of `status.conditions`, or a field and its accepted values. A field without values must exist and not be
 * empty.
 */
export type Matcher =
  | { readonly condition: string; readonly status: string }
  | { readonly field: string; readonly values: readonly string[] };

export interface ReadyRule {
  /** The object is ready when all of these match. */
  readonly ready: readonly Matcher[];
  /** The object has failed when any of these matches. */
  readonly failed: readonly Matcher[];
}

export function writeReadyRule(rule: ReadyRule): string {
  return JSON.stringify(rule);
}

/** Undefined when the text is not a rule: any program can write the annotation. */
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

/** The matcher for sentences, such as `status.phase is Running`. */
export function sayMatcher(matcher: Matcher): string {
  if ("condition" in matcher) return `condition ${matcher.condition} is ${matcher.status}`;
  return matcher.values.length === 0 ? `${matcher.field} is set` : `${matcher.field} is ${matcher.values.join(" or ")}`;
}
