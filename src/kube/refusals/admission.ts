// Why the cluster refused to create an object: quota, limits, policy or permissions. The same messages appear in
// responses to kubemin's own writes, in the conditions of ReplicaSets and in FailedCreate events.
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import type { Refusal } from "../../model/kubernetes/refusal.ts";
import { reason } from "../../model/reasons/reason.ts";

const QUOTA = /exceeded quota: (\S+?), requested: (.+?), used: (.+?), limited: (.+?)(?:$|\s*\(|\n)/;

function parseQuota(message: string): Refusal | undefined {
  const match = QUOTA.exec(message);
  if (match === null) {
    // `failed quota: q: must specify limits.cpu`: the pod does not set what the quota counts.
    const unspecified = /failed quota: (\S+?): (must specify .+)$/.exec(message);
    if (unspecified === null) return undefined;
    return {
      reason: reason("QuotaUnspecified", { quota: unspecified[1] ?? "", detail: unspecified[2] ?? "" }),
      class: "final",
      grace: 0,
    };
  }
  const [, quota = "", requested = "", used = "", limited = ""] = match;
  const hard = amounts(limited);
  const never = [...amounts(requested)].some(([name, amount]) => amount > (hard.get(name) ?? Number.POSITIVE_INFINITY));
  return {
    reason: reason("QuotaExceeded", { quota, requested, used, limited }),
    class: never ? "final" : "waits",
    grace: 0,
  };
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

const POD_SECURITY = /violates PodSecurity "([^":]*)[^"]*": .*/s;
const POLICY: readonly RegExp[] = [
  /admission webhook "[^"]*" denied the request:? ?.*/s,
  /ValidatingAdmissionPolicy '[^']*'.* denied request: .*/s,
  /ValidatingAdmissionPolicy .*/s,
  /(maximum|minimum) \S+ usage per (Container|Pod|PersistentVolumeClaim) is .*/s,
  /max limit to request ratio .*/s,
];

/** `undefined` when the message matches no known refusal. */
export function refusalIn(message: string): Refusal | undefined {
  if (/failed calling webhook|failed to call webhook/.test(message)) {
    return { reason: reason("WebhookDown", { detail: webhookWords(message) }), class: "passing", grace: 0 };
  }
  const quota = parseQuota(message);
  if (quota !== undefined) return quota;
  const security = POD_SECURITY.exec(message);
  if (security !== null) {
    const [detail = "", level = ""] = security;
    return { reason: reason("PodSecurity", { level, detail: clip(detail) }), class: "final", grace: 0 };
  }
  for (const words of POLICY) {
    const match = words.exec(message);
    if (match !== null) return { reason: reason("PolicyDenied", { detail: clip(match[0]) }), class: "final", grace: 0 };
  }
  if (/User "[^"]*" cannot \S+ resource/.test(message)) {
    return {
      reason: reason("NotAllowed", { detail: clip(message.replace(/^.* is forbidden: /s, "")) }),
      class: "final",
      grace: 0,
    };
  }
  return undefined;
}

/** `Internal error occurred: failed calling webhook "w": failed to call webhook: Post "https://…": dial tcp …` */
function webhookWords(message: string): string {
  return clip(
    message.replace(/^.*?failed (?:calling|to call) webhook /s, "").replace(/: failed to call webhook: /, ": "),
  );
}

/** The text on one line and at most 500 characters long, because it becomes part of a sentence. */
export function clip(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}
