// ResourceQuota: what a pod counts as, and whether the quota has enough left. A pod that needs more than the whole
// quota is rejected; a pod that needs more than what is left waits. Follows pkg/quota/v1/evaluator/core of Kubernetes.
import type { JsonObject } from "../../model/data/json.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { type Amounts, addTo, readAmounts, writeAmount } from "../kubernetes/amounts.ts";
import { listAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { aggregate, containerLimits, containerRequests, isPodLevel, podRequests } from "../kubernetes/podRequests.ts";
import { hamiCharge } from "./hamiQuota.ts";
import { countsPod } from "./quotaScopes.ts";

const COMPUTE: readonly string[] = ["cpu", "memory", "ephemeral-storage"];

/** The amounts of a pod under every name that a quota may use. */
function chargedFor(spec: JsonObject): Map<string, number> {
  const charges = new Map<string, number>([
    ["pods", 1],
    ["count/pods", 1],
  ]);
  for (const [resource, amount] of podRequests(spec)) {
    if (resource === "pods") continue;
    if (COMPUTE.includes(resource) || resource.startsWith("hugepages-")) charges.set(resource, amount);
    charges.set(`requests.${resource}`, amount);
  }
  const limits = aggregate(spec, containerLimits);
  for (const [resource, amount] of containerLimits(spec)) if (isPodLevel(resource)) limits.set(resource, amount);
  // Overhead is added only where there is a limit.
  for (const [resource, amount] of readAmounts(spec["overhead"]))
    if ((limits.get(resource) ?? 0) > 0) limits.set(resource, (limits.get(resource) ?? 0) + amount);
  for (const [resource, amount] of limits) charges.set(`limits.${resource}`, amount);
  for (const [name, amount] of hamiCharge(spec)) charges.set(name, amount);
  return charges;
}

interface QuotaAnswer {
  readonly class: "rejected" | "waits";
  readonly reason: Reason;
  /** Resources of which the pods of the namespace have too much. */
  readonly resources: readonly string[];
}

interface QuotaQuestion {
  /** The specs already have the defaults of the limit ranges. */
  readonly groups: readonly { readonly spec: JsonObject; readonly count: number }[];
  readonly quotas: readonly JsonObject[];
  /** What the pods of the namespace use of resources that the status of a quota does not count. */
  readonly uncounted?: Amounts;
  /** Specs of pods that the status of the quotas does not count yet. */
  readonly charged: readonly JsonObject[];
}

/** `null` when every quota of the namespace allows all pods together. A rejection comes before a wait. */
export function overQuota({ groups, quotas, ...counted }: QuotaQuestion): QuotaAnswer | null {
  const answers = quotas.flatMap((quota) => {
    const own = groups.filter(({ spec }) => countsPod(quota, spec));
    return own.length === 0 ? [] : (judge(quota, own, counted) ?? []);
  });
  return answers.find((one) => one.class === "rejected") ?? answers[0] ?? null;
}

function judge(
  quota: JsonObject,
  groups: QuotaQuestion["groups"],
  { uncounted = new Map(), charged }: Pick<QuotaQuestion, "uncounted" | "charged">,
): QuotaAnswer | undefined {
  const hard = hardOf(quota);
  const unsaid = groups.flatMap(({ spec }) => missingIn(quota, spec, hard) ?? [])[0];
  if (unsaid !== undefined) return { class: "rejected", reason: unsaid, resources: [] };
  const asked = new Map<string, number>();
  for (const { spec, count } of groups) addTo(asked, chargedFor(spec), count);
  const used = new Map([...uncounted, ...readAmounts(objectAt(quota, "status", "used"))]);
  for (const spec of charged) if (countsPod(quota, spec)) addTo(used, chargedFor(spec));
  // A limit that was raised a moment ago is in the spec but not enforced yet. The pods may wait for it.
  const written = readAmounts(objectAt(quota, "spec", "hard"));
  const never = [...hard].filter(([name, limit]) => (asked.get(name) ?? 0) > Math.max(limit, written.get(name) ?? 0));
  const busy = [...hard].filter(([name, limit]) => {
    const more = asked.get(name) ?? 0;
    return more > 0 && (used.get(name) ?? 0) + more > limit;
  });
  const short = never.length > 0 ? never : busy;
  if (short.length === 0) return undefined;
  const names = short.map(([name]) => name);
  const params = {
    quota: textAt(quota, "metadata", "name"),
    requested: listed(names, asked),
    limited: listed(names, hard),
    used: listed(names, used),
  };
  return never.length > 0
    ? { class: "rejected", reason: reason("QuotaTooSmall", params), resources: names }
    : { class: "waits", reason: reason("QuotaBusy", params), resources: names };
}

/** What the server enforces now. A quota without a status counts as it is written. */
function hardOf(quota: JsonObject): Amounts {
  const enforced = readAmounts(objectAt(quota, "status", "hard"));
  return enforced.size > 0 ? enforced : readAmounts(objectAt(quota, "spec", "hard"));
}

function listed(names: readonly string[], amounts: Amounts): string {
  return names.map((name) => `${name}=${writeAmount(name, amounts.get(name) ?? 0)}`).join(", ");
}

const MANDATORY: readonly string[] = [
  "cpu",
  "memory",
  "requests.cpu",
  "requests.memory",
  "limits.cpu",
  "limits.memory",
];

/** A quota on these resources makes the field mandatory in each container, unless the pod as a whole has it. */
function missingIn(quota: JsonObject, spec: JsonObject, hard: Amounts): Reason | undefined {
  const wanted = MANDATORY.filter((name) => hard.has(name));
  if (wanted.length === 0) return undefined;
  const lacking = [...listAt(spec, "containers"), ...listAt(spec, "initContainers")].flatMap((container) => {
    const fields = wanted.filter((name) => !says(container, name) && !says(spec, name));
    return fields.length === 0 ? [] : [{ container: textAt(container, "name"), fields }];
  });
  const [first] = lacking;
  if (first === undefined) return undefined;
  return reason("MissingLimits", {
    quota: textAt(quota, "metadata", "name"),
    fields: first.fields.join(", "),
    containers: lacking.map((one) => one.container).join(", "),
  });
}

function says(owner: JsonObject, name: string): boolean {
  const resource = name.replace(/^(requests|limits)\./, "");
  return (name.startsWith("limits.") ? containerLimits(owner) : containerRequests(owner)).has(resource);
}
