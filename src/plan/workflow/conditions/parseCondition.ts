// Parses the text of a condition. The whole grammar:
//   any := all ('||' all)*    all := one ('&&' one)*    one := '!' one | '(' any ')' | operand (comparison operand)?
// After `!` comes a single operand or a bracket, so that readers need not know how strongly it binds. Never throws.
import type { ComparisonOperator, Condition, Operand } from "../../../model/document/condition.ts";
import { type ConditionToken, lexCondition, OPERAND, shown, type Unexpected } from "./lexCondition.ts";

type ParsedCondition = { readonly ok: true; readonly condition: Condition } | ({ readonly ok: false } & Unexpected);

const LENGTH_LIMIT = 4_000;
const DEPTH_LIMIT = 50;
const COMPARISONS: ReadonlySet<string> = new Set<ComparisonOperator>(["==", "!=", "<", "<=", ">", ">="]);
const JOINERS = "== != < <= > >= && || or the end";

export function parseCondition(text: string): ParsedCondition {
  if (text.length > LENGTH_LIMIT)
    return { ok: false, at: LENGTH_LIMIT, expected: `≤ ${LENGTH_LIMIT}`, found: String(text.length) };
  const tokens = lexCondition(text);
  if ("expected" in tokens) return { ok: false, ...tokens };
  const reader: Reader = { text, tokens, next: 0, depth: 0 };
  const condition = readAny(reader);
  if ("expected" in condition) return { ok: false, ...condition };
  return reader.next < tokens.length ? { ok: false, ...unexpected(reader, JOINERS) } : { ok: true, condition };
}

interface Reader {
  readonly text: string;
  readonly tokens: readonly ConditionToken[];
  next: number;
  depth: number;
}

function readAny(reader: Reader): Condition | Unexpected {
  return readList(reader, { operator: "||", item: readAll, join: (any) => ({ any }) });
}

function readAll(reader: Reader): Condition | Unexpected {
  return readList(reader, { operator: "&&", item: readOne, join: (all) => ({ all }) });
}

interface ListRule {
  readonly operator: string;
  readonly item: (reader: Reader) => Condition | Unexpected;
  readonly join: (items: readonly Condition[]) => Condition;
}

function readList(reader: Reader, { operator, item, join }: ListRule): Condition | Unexpected {
  const first = item(reader);
  if ("expected" in first) return first;
  const items = [first];
  while (take(reader, operator)) {
    const other = item(reader);
    if ("expected" in other) return other;
    items.push(other);
  }
  return items.length === 1 ? first : join(items);
}

function readOne(reader: Reader): Condition | Unexpected {
  if (reader.depth >= DEPTH_LIMIT) return unexpected(reader, `≤ ${DEPTH_LIMIT} ( !`);
  if (take(reader, "!")) return deeper(reader, readNot);
  if (take(reader, "(")) return deeper(reader, readBracket);
  const left = readOperand(reader);
  if ("expected" in left) return left;
  const token = reader.tokens[reader.next];
  if (token?.kind !== "operator" || !isComparison(token.text)) return { truthy: left };
  reader.next += 1;
  const right = readOperand(reader);
  return "expected" in right ? right : { compare: token.text, left, right };
}

function deeper(reader: Reader, read: (reader: Reader) => Condition | Unexpected): Condition | Unexpected {
  reader.depth += 1;
  const found = read(reader);
  reader.depth -= 1;
  return found;
}

function readNot(reader: Reader): Condition | Unexpected {
  const token = reader.tokens[reader.next];
  if (token?.kind === "operator") {
    const inner = readOne(reader);
    return "expected" in inner ? inner : { not: inner };
  }
  const operand = readOperand(reader);
  if ("expected" in operand) return operand;
  const after = reader.tokens[reader.next];
  if (after?.kind === "operator" && isComparison(after.text)) return unexpected(reader, "&& || ) or !( … )");
  return { not: { truthy: operand } };
}

function readBracket(reader: Reader): Condition | Unexpected {
  const inner = readAny(reader);
  if ("expected" in inner) return inner;
  return take(reader, ")") ? inner : unexpected(reader, "== != < <= > >= && || or )");
}

function readOperand(reader: Reader): Operand | Unexpected {
  const token = reader.tokens[reader.next];
  if (token === undefined || token.kind === "operator") return unexpected(reader, OPERAND);
  reader.next += 1;
  return token.kind === "pointer" ? { pointer: token.text } : { value: token.value };
}

function take(reader: Reader, operator: string): boolean {
  const token = reader.tokens[reader.next];
  if (token?.kind !== "operator" || token.text !== operator) return false;
  reader.next += 1;
  return true;
}

function isComparison(text: string): text is ComparisonOperator {
  return COMPARISONS.has(text);
}

function unexpected(reader: Reader, expected: string): Unexpected {
  const at = reader.tokens[reader.next]?.at ?? reader.text.length;
  return { at, expected, found: shown(reader.text.slice(at)) };
}
