// Why the cluster refused to create an object: quota, limits, policy or permissions. The same messages appear in
// responses to kubemin's own writes, in the conditions of ReplicaSets and in FailedCreate events.

import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import type { Refusal } from "../../model/kubernetes/refusal.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";

interface RefusalRow {
  readonly words: RegExp;
  readonly reason: (match: RegExpExecArray) => Reason;
  readonly class: Refusal["class"] | ((match: RegExpExecArray) => Refusal["class"]);
  /** Default: 0. See `Refusal`. */
  readonly grace?: number;
}

/** Milliseconds for a webhook whose view of the cluster is a moment old, or that is just being configured. */
const WEBHOOK_GRACE = 15_000;
/** A webhook that does not find an object may read from a cache that does not hold the object yet. */
const CACHE_GRACE = 60_000;

const denial = (match: RegExpExecArray): Reason => reason("PolicyDenied", { detail: clip(match[0]) });

/** The first row whose words are in the message applies. */
const ROWS: readonly RefusalRow[] = [
  {
    // `Internal error occurred: failed calling webhook "w": failed to call webhook: Post "https://…": dial tcp …`
    words: /failed (?:calling|to call) webhook (.*)/s,
    reason: (match) =>
      reason("WebhookDown", { detail: clip((match[1] ?? "").replace(/: failed to call webhook: /, ": ")) }),
    class: "passing",
  },
  {
    // A webhook with side effects. It says nothing about whether it would allow the object.
    words: /admission webhook "[^"]*" does not support dry run/,
    reason: (match) => reason("NoDryRun", { detail: clip(match[0]) }),
    class: "passing",
  },
  {
    words: /exceeded quota: (\S+?), requested: (.+?), used: (.+?), limited: (.+?)(?:$|\s*\(|\n)/,
    reason: ([, quota = "", requested = "", used = "", limited = ""]) =>
      reason("QuotaExceeded", { quota, requested, used, limited }),
    class: ([, , requested = "", , limited = ""]) => (isLarger(requested, limited) ? "final" : "waits"),
  },
  {
    // `failed quota: q: must specify limits.cpu`: the pod does not set what the quota counts.
    words: /failed quota: (\S+?): (must specify .+)$/,
    reason: ([, quota = "", detail = ""]) => reason("QuotaUnspecified", { quota, detail }),
    class: "final",
  },
  {
    words: /violates PodSecurity "([^":]*)[^"]*": .*/s,
    reason: ([detail, level = ""]) => reason("PodSecurity", { level, detail: clip(detail) }),
    class: "final",
  },
  {
    // HAMi counts the shares of cards in a namespace. It says only this, without names and numbers; src/capacity counts
    // the same way and knows whether the quota is in use or too small.
    words: /admission webhook "[^"]*" denied the request:? ?.*exceeding resource quota.*/s,
    reason: denial,
    class: "waits",
  },
  {
    words: /admission webhook "[^"]*" denied the request:? ?.*"[^"]*" not found.*/s,
    reason: denial,
    class: "final",
    grace: CACHE_GRACE,
  },
  {
    words: /admission webhook "[^"]*" denied the request:? ?.*/s,
    reason: denial,
    class: "final",
    grace: WEBHOOK_GRACE,
  },
  { words: /ValidatingAdmissionPolicy '[^']*'.* denied request: .*/s, reason: denial, class: "final" },
  { words: /ValidatingAdmissionPolicy .*/s, reason: denial, class: "final" },
  {
    words: /(maximum|minimum) \S+ usage per (Container|Pod|PersistentVolumeClaim) is .*/s,
    reason: denial,
    class: "final",
  },
  { words: /max limit to request ratio .*/s, reason: denial, class: "final" },
  {
    words: /User "[^"]*" cannot \S+ resource/,
    reason: ({ input }) => reason("NotAllowed", { detail: clip(input.replace(/^.* is forbidden: /s, "")) }),
    class: "final",
  },
];

/** `undefined` when the message matches no known refusal. */
export function refusalIn(message: string): Refusal | undefined {
  for (const row of ROWS) {
    const match = row.words.exec(message);
    if (match === null) continue;
    const lasts = typeof row.class === "string" ? row.class : row.class(match);
    return { reason: row.reason(match), class: lasts, grace: row.grace ?? 0 };
  }
  return undefined;
}

function isLarger(requested: string, limited: string): boolean {
  const hard = amounts(limited);
  return [...amounts(requested)].some(([name, amount]) => amount > (hard.get(name) ?? Number.POSITIVE_INFINITY));
}

/** `limits.cpu=2,pods=1` */
function amounts(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split(",").flatMap((pair): readonly [string, number][] => {
      const [name = "", value = ""] = pair.trim().split("=");
      const amount = parseQuantity(value);
      return amount === undefined ? [] : [[name, amount]];
    }),
  );
}

/** The text on one line and at most 500 characters long, because it becomes part of a sentence. */
export function clip(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}
