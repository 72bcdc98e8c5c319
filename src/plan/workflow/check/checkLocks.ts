// The locks of a step, which it holds while it runs. Each names one thing: a component, a Helm release, a host, or a
// key on which users agree.
import { canonicalJson, type Json } from "../../../model/data/json.ts";
import { toPointer } from "../../../model/data/pointer.ts";
import { type Problem, problem, warning } from "../../../model/problems/problem.ts";
import { LOCK_KINDS, type PlannedLock } from "../../../model/run/plan.ts";
import {
  checkKnown,
  checkObject,
  type DocumentPart,
  field,
  fieldPointer,
  textField,
  wrongType,
} from "../../fields/checkFields.ts";
import { clip, showValue } from "../../fields/valueWords.ts";
import { isReference, pointerOf } from "../steps/holes.ts";

export const ON_LIMIT = ["queue", "cancel", "fail"] as const;
const MOST_LOCKS = 20;
const MOST_HOLDERS = 1_000;
const NAME_LENGTH = 200;

export function checkLocks(step: DocumentPart): readonly PlannedLock[] {
  const value = field(step, "locks");
  if (value === undefined) return [];
  const pointer = fieldPointer(step, "locks");
  if (!Array.isArray(value)) step.problems.push(wrongType(pointer, "array", value));
  else if (value.length > MOST_LOCKS)
    step.problems.push(problem("TooMany", pointer, { count: value.length, what: "locks", limit: MOST_LOCKS }));
  else
    return value.flatMap((one: Json, index) => {
      const at = pointer + toPointer([index]);
      return checkObject(one, at, step.problems) ? checkLock({ value: one, pointer: at, problems: step.problems }) : [];
    });
  return [];
}

/**
 * One lock should have one limit. When steps set different limits, each step counts by its own, which is rarely meant.
 */
export function checkLimits(
  steps: readonly { readonly pointer: string; readonly locks: readonly PlannedLock[] }[],
): readonly Problem[] {
  const first = new Map<string, { readonly pointer: string; readonly limit: number }>();
  return steps.flatMap(({ pointer, locks }) =>
    locks.flatMap(({ kind, name, limit, shared }, index) => {
      if (shared === true) return [];
      const at = `${pointer}/locks/${index}`;
      const key = `${kind} ${canonicalJson(name)}`;
      const known = first.get(key);
      if (known === undefined) first.set(key, { pointer: at, limit });
      if (known === undefined || known.limit === limit) return [];
      const word = typeof name === "string" ? name : pointerOf(name);
      return [
        warning("LimitsDiffer", at, { name: `${kind} ${clip(word)}`, limit, other: known.limit, first: known.pointer }),
      ];
    }),
  );
}

function checkLock(part: DocumentPart): readonly PlannedLock[] {
  const kinds = LOCK_KINDS.filter((kind) => field(part, kind) !== undefined);
  const [kind] = kinds;
  checkKnown(part, [...LOCK_KINDS, ...(kind === "component" ? ["application"] : []), "shared", "limit", "onLimit"]);
  if (kind === undefined || kinds.length > 1) {
    const params = { value: kinds.join(", ") || "none", known: LOCK_KINDS.join(", ") };
    part.problems.push(problem("LockKind", part.pointer, params));
    return [];
  }
  const name = nameOf(part, kind);
  const shared = flagField(part, "shared");
  const limit = limitOf(part, shared);
  return name === undefined ? [] : [{ kind, name, limit, ...(shared ? { shared } : {}), onLimit: onLimitOf(part) }];
}

function nameOf(part: DocumentPart, kind: (typeof LOCK_KINDS)[number]): Json | undefined {
  const value = field(part, kind);
  if (isReference(value) && kind !== "component") return value;
  const text = textField(part, kind, "required");
  if (text !== undefined && (text.length === 0 || text.length > NAME_LENGTH))
    part.problems.push(
      problem("OutOfRange", fieldPointer(part, kind), { value: showValue(text), bound: `1 … ${NAME_LENGTH}` }),
    );
  const application = kind === "component" ? textField(part, "application", "optional") : undefined;
  return application === undefined ? text : `${application}/${text ?? ""}`;
}

function flagField(part: DocumentPart, name: string): boolean {
  const value = field(part, name);
  if (value !== undefined && typeof value !== "boolean")
    part.problems.push(wrongType(fieldPointer(part, name), "boolean", value));
  return value === true;
}

/** A shared lock has no limit. */
function limitOf(part: DocumentPart, shared: boolean): number {
  const value = field(part, "limit");
  if (value === undefined) return 1;
  const pointer = fieldPointer(part, "limit");
  if (typeof value !== "number" || !Number.isInteger(value)) part.problems.push(wrongType(pointer, "integer", value));
  else if (shared || value < 1 || value > MOST_HOLDERS)
    part.problems.push(
      problem("OutOfRange", pointer, {
        value: showValue(value),
        bound: shared ? "shared: true" : `1 … ${MOST_HOLDERS}`,
      }),
    );
  else return value;
  return 1;
}

function onLimitOf(part: DocumentPart): PlannedLock["onLimit"] {
  const text = textField(part, "onLimit", "optional") ?? "queue";
  const found = ON_LIMIT.find((one) => one === text);
  if (found === undefined)
    part.problems.push(
      problem("NotOneOf", fieldPointer(part, "onLimit"), { value: showValue(text), known: ON_LIMIT.join(", ") }),
    );
  return found ?? "queue";
}
