// Evaluates CEL device selectors that are plain comparisons joined by `&&`. This is not a CEL evaluator: the answer to
// every other expression is `undefined`, and the scheduler decides.
import type { Json, JsonObject } from "../../model/data/json.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { objectAt } from "../kubernetes/optionalFields.ts";

export interface Device {
  readonly driver: string;
  readonly attributes: JsonObject;
  readonly capacity: JsonObject;
}

/** Whether a device matches; `undefined` when that cannot be decided here. */
export type Selector = (device: Device) => boolean | undefined;

const UNKNOWN: Selector = () => undefined;

type Form = readonly [RegExp, (parts: readonly string[]) => Selector];

const FORMS: readonly Form[] = [
  [/^device\.driver\s*(==|!=)\s*(.+)$/, ([sign = "", text = ""]) => equal(sign, text, (device) => device.driver)],
  [
    /^device\.attributes\[(["'])([^"']+)\1\]\.(\w+)\s*(==|!=)\s*(.+)$/,
    ([, domain = "", name = "", sign = "", text = ""]) =>
      equal(sign, text, (device) => attribute(device, domain, name)),
  ],
  [
    /^device\.capacity\[(["'])([^"']+)\1\]\.(\w+)\.compareTo\(\s*quantity\((["'])([^"']+)\4\)\s*\)\s*(>=|<=|==|!=|>|<)\s*0$/,
    ([, domain = "", name = "", , text = "", sign = ""]) => compared({ domain, name, text, sign }),
  ],
  [
    /^device\.capacity\[(["'])([^"']+)\1\]\.(\w+)\.isGreaterThan\(\s*quantity\((["'])([^"']+)\4\)\s*\)$/,
    ([, domain = "", name = "", , text = ""]) => compared({ domain, name, text, sign: ">" }),
  ],
];

export function deviceSelector(expression: string): Selector {
  const parts = conjuncts(expression);
  if (parts === undefined) return UNKNOWN;
  const tests = parts.map((part) => comparison(part));
  // As in CEL, the first part that is false decides, even when a part before or after it is undecided.
  return (device) => {
    let result: boolean | undefined = true;
    for (const test of tests) {
      const holds = test(device);
      if (holds === false) return false;
      if (holds === undefined) result = undefined;
    }
    return result;
  };
}

/** Splits at each `&&` outside of strings; `undefined` when the expression has other logic. */
function conjuncts(expression: string): readonly string[] | undefined {
  const bare = expression.replaceAll(/"[^"]*"|'[^']*'/g, (text) => "_".repeat(text.length));
  if (/\|\||\?|!\s*[a-z(]/.test(bare)) return undefined;
  const parts: string[] = [];
  let begin = 0;
  for (const match of bare.matchAll(/&&/g)) {
    parts.push(expression.slice(begin, match.index));
    begin = match.index + 2;
  }
  return [...parts, expression.slice(begin)].map((part) => part.trim());
}

function comparison(text: string): Selector {
  for (const [pattern, make] of FORMS) {
    const match = pattern.exec(text);
    if (match !== null) return make(match.slice(1));
  }
  return UNKNOWN;
}

function equal(sign: string, text: string, of: (device: Device) => Json | undefined): Selector {
  const wanted = literal(text);
  if (wanted === undefined) return UNKNOWN;
  return (device) => {
    const value = of(device);
    if (value === undefined || typeof value !== typeof wanted) return undefined;
    return (value === wanted) === (sign === "==");
  };
}

function literal(text: string): string | number | boolean | undefined {
  const quoted = /^(?:"([^"\\]*)"|'([^'\\]*)')$/.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2];
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** In a claim, a name without a domain belongs to the domain of the driver. */
function valueIn(device: Device, values: JsonObject, name: readonly [string, string]): JsonObject | undefined {
  const [domain, key] = name;
  return objectAt(values, `${domain}/${key}`) ?? (domain === device.driver ? objectAt(values, key) : undefined);
}

function attribute(device: Device, domain: string, name: string): Json | undefined {
  const value = valueIn(device, device.attributes, [domain, name]);
  return value?.["string"] ?? value?.["bool"] ?? value?.["int"];
}

const SIGNS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
};

function compared(given: { domain: string; name: string; text: string; sign: string }): Selector {
  const bound = parseQuantity(given.text);
  const holds = SIGNS[given.sign];
  if (bound === undefined || holds === undefined) return UNKNOWN;
  return (device) => {
    const text = valueIn(device, device.capacity, [given.domain, given.name])?.["value"];
    const amount = typeof text === "string" || typeof text === "number" ? parseQuantity(text) : undefined;
    return amount === undefined ? undefined : holds(amount, bound);
  };
}
