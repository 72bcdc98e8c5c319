// Allow-lists as values. A shape copies what it knows and reports everything else as a problem. What is not copied
// cannot reach the pod, so a field that Kubernetes adds later is refused until it is added here.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { isTooFewBytes, parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";

/** Something in the template that must have been granted or declared. */
export interface Use {
  readonly what: UseKind;
  readonly name: string;
  /** Number of devices, or bytes; 1 where it has no meaning. */
  readonly amount: number;
  readonly at: Path;
}

export type UseKind =
  | "secrets"
  | "claims"
  | "volumes"
  | "devices"
  | "nodeLabels"
  | "tolerations"
  | "runtimeClasses"
  | "priorityClasses"
  | "schedulers"
  | "csiDrivers"
  | "storageClasses"
  | "deviceClaims"
  | "metadataDomains";

export interface Notes {
  readonly problems: Problem[];
  readonly uses: Use[];
}

/** Returns the allowed copy of a value. `undefined` when nothing of it may be used; the notes then have the problem. */
export type Shape = (value: Json, at: Path, notes: Notes) => Json | undefined;

function refuse(notes: Notes, ...[code, at, params]: Parameters<typeof problem>): undefined {
  notes.problems.push(problem(code, at, params));
  return undefined;
}

function wrongType(
  value: Json,
  expected: string,
  { at, notes }: { readonly at: Path; readonly notes: Notes },
): undefined {
  const actual = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return refuse(notes, "Type", at, { expected, actual });
}

const SHOWN = 80;
const shown = (value: string): string => JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);

const LONGEST_TEXT = 64 * 1024;

/** Any text that a process can receive: without NUL and without half a surrogate pair. */
export function text(pattern?: RegExp, longest = LONGEST_TEXT): Shape {
  return (value, at, notes) => {
    if (typeof value !== "string") return wrongType(value, "string", { at, notes });
    if (value.length > longest) return refuse(notes, "TooLong", at, { length: value.length, limit: longest });
    if (value.includes("\0") || !value.isWellFormed() || pattern?.test(value) === false)
      return refuse(notes, "Pattern", at, { value: shown(value), pattern: pattern?.source ?? "UTF-8" });
    return value;
  };
}

export function integer(least: number, most: number): Shape {
  return (value, at, notes) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return wrongType(value, "integer", { at, notes });
    if (value < least || value > most) return refuse(notes, "OutOfRange", at, { value, bound: `${least}..${most}` });
    return value;
  };
}

/** Exactly one of the given values. */
export function oneOf(...known: readonly (string | boolean)[]): Shape {
  return (value, at, notes) => {
    const found = known.find((one) => one === value);
    if (found !== undefined) return found;
    const written = typeof value === "object" ? typeof value : shown(String(value));
    return refuse(notes, "NotOneOf", at, { value: written, known: known.join(", ") });
  };
}

export function image(pattern: RegExp): Shape {
  return (value, at, notes) => {
    if (typeof value === "string" && value.length <= 512 && pattern.test(value)) return value;
    return refuse(notes, "Image", at, { value: shown(typeof value === "string" ? value : typeof value) });
  };
}

export const flag: Shape = oneOf(true, false);

/** Resources that are counted in bytes, and the size of a volume. */
const BYTES: ReadonlySet<string> = new Set(["memory", "ephemeral-storage", "storage", "sizeLimit"]);

function amount(least: "zero" | "positive"): Shape {
  return (value, at, notes) => {
    if (typeof value !== "string" && typeof value !== "number") return wrongType(value, "quantity", { at, notes });
    const parsed = parseQuantity(value);
    if (parsed === undefined || !Number.isFinite(parsed) || parsed < 0)
      return refuse(notes, "Quantity", at, { value: shown(String(value)) });
    if (BYTES.has(String(at.at(-1))) && isTooFewBytes(value))
      return refuse(notes, "FewBytes", at, { value: shown(String(value)) });
    if (parsed === 0 && least === "positive") return refuse(notes, "OutOfRange", at, { value, bound: "> 0" });
    return String(value);
  };
}

export const quantity: Shape = amount("zero");
/** For limits: Kubernetes treats a limit of zero as no limit. */
export const limit: Shape = amount("positive");

export function list(item: Shape, most: number): Shape {
  return (value, at, notes) => {
    if (!Array.isArray(value)) return wrongType(value, "array", { at, notes });
    if (value.length > most) return refuse(notes, "TooManyItems", at, { count: value.length, limit: `<= ${most}` });
    // `isArray` loses the element type; every element of a Json array is Json.
    return (value as readonly Json[]).flatMap((one, index) => {
      const copied = item(one, [...at, index], notes);
      return copied === undefined ? [] : [copied];
    });
  };
}

/** An object whose keys the user chooses; all values have the same shape. */
export function record(key: RegExp, item: Shape, most: number): Shape {
  return (value, at, notes) => {
    if (!isObject(value)) return wrongType(value, "object", { at, notes });
    const entries = entriesOf(value);
    if (entries.length > most) return refuse(notes, "TooManyItems", at, { count: entries.length, limit: `<= ${most}` });
    return Object.fromEntries(
      entries.flatMap(([name, one]) => {
        if (!key.test(name)) {
          refuse(notes, "Pattern", [...at, name], { value: shown(name), pattern: key.source });
          return [];
        }
        const copied = item(one, [...at, name], notes);
        return copied === undefined ? [] : [[name, copied]];
      }),
    );
  };
}

type Fields = Readonly<Record<string, Shape>>;

/** An object with these fields and no others. */
export function object(fields: Fields, required: readonly string[] = []): Shape {
  return (value, at, notes) => {
    if (!isObject(value)) return wrongType(value, "object", { at, notes });
    const known = Object.keys(fields).join(", ");
    const copied = entriesOf(value).flatMap(([name, one]): [string, Json][] => {
      const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (shape === undefined) {
        refuse(notes, "FieldForbidden", [...at, name], { field: shown(name), known });
        return [];
      }
      const inner = shape(one, [...at, name], notes);
      return inner === undefined ? [] : [[name, inner]];
    });
    for (const name of required)
      if (!Object.hasOwn(value, name)) refuse(notes, "Required", [...at, name], { field: name });
    return Object.fromEntries(copied);
  };
}

/** An object with exactly one of the fields of `sources` (sources of volumes and of variables). */
export function variant(shared: Fields, sources: Fields): Shape {
  const whole = object({ ...shared, ...sources }, Object.keys(shared));
  return (value, at, notes) => {
    const copied = whole(value, at, notes);
    if (!isObject(value)) return undefined;
    const named = Object.keys(value).filter((name) => Object.hasOwn(sources, name));
    if (named.length === 1 || copied === undefined) return copied;
    return refuse(notes, "OneSource", at, { known: Object.keys(sources).join(", "), count: named.length });
  };
}

/** Like `shape`; the text that it copies needs a grant or a declaration. */
export function needing(what: UseKind, shape: Shape): Shape {
  return (value, at, notes) => {
    const copied = shape(value, at, notes);
    if (typeof copied === "string") notes.uses.push({ what, name: copied, amount: 1, at });
    return copied;
  };
}

function entriesOf(value: JsonObject): readonly (readonly [string, Json])[] {
  return Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const]));
}
