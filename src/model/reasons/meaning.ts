// Whether two reasons mean the same to a person who waits: the same code and the same kinds of causes. Schedulers and
// queues write their message again whenever a count or the order of the causes changes, several times per second on a
// busy cluster. The newest wording is shown, but only another meaning is an event.
import { canonicalJson } from "../data/json.ts";
import type { Reason } from "./reason.ts";

/** Params that name the cause. The others are amounts, nodes and holders, which change while the cause stays the same. */
const CAUSES: readonly string[] = ["detail", "missing", "queue", "quota", "gates", "scheduler", "object", "resource"];

export function sameMeaning(one: Reason, other: Reason): boolean {
  return one === other || meaningOf(one) === meaningOf(other);
}

export function meaningOf({ code, params, cause }: Reason): string {
  const causes = CAUSES.map((name) => kindsIn(String(params[name] ?? "")));
  return canonicalJson([code, causes, cause === undefined ? "" : meaningOf(cause)]);
}

const SEPARATOR = /[;,:.]\s+|\.$/;
/** A count, an amount or a share such as `3/4`, but no digits of a name such as `a100` or `gpu-7`. */
const COUNT = /(?<![\w-])\d+(?:\.\d+)?(?:[KMGTPE]i?|m)?(?:\/\d+)?(?![\w-])/g;
/** The states of a gang's tasks in Volcano's message, such as `4 Pending`: how far it is, not why it waits. */
const STATE_OF_TASKS = /^#( \w+)?$/;

/** The parts of a message without their counts and without the names of pods, sorted, each once. */
function kindsIn(text: string): readonly string[] {
  const parts = text
    .replaceAll(/Origin reason is \S+: /g, "")
    .replaceAll(COUNT, "#")
    .split(SEPARATOR)
    .map((part) => part.trim());
  const known = [...new Set(parts)].filter((part) => part !== "").sort();
  const kinds = known.filter((part) => !STATE_OF_TASKS.test(part));
  return kinds.length === 0 ? known : kinds;
}
