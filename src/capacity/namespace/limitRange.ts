// LimitRange: the defaults that the API server writes into a pod before any other check, and the bounds that it checks
// afterwards. Follows plugin/pkg/admission/limitranger of Kubernetes.
import type { JsonObject } from "../../model/data/json.ts";
import type { Params } from "../../model/data/text.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { type Amounts, readAmounts, writeAmount } from "../kubernetes/amounts.ts";
import { listAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { aggregate, containerLimits, containerRequests } from "../kubernetes/podRequests.ts";

function limitsOf(
  ranges: readonly JsonObject[],
  type: string,
): readonly { readonly range: string; readonly limit: JsonObject }[] {
  return ranges.flatMap((range) =>
    listAt(range, "spec", "limits")
      .filter((limit) => textAt(limit, "type") === type)
      .map((limit) => ({ range: textAt(range, "metadata", "name"), limit })),
  );
}

/** The pod spec as the API server would store it, as far as resources are concerned. */
export function withDefaults(spec: JsonObject, ranges: readonly JsonObject[]): JsonObject {
  const limits = limitsOf(ranges, "Container").map((one) => one.limit);
  if (limits.length === 0) return spec;
  const filled = (container: JsonObject): JsonObject => limits.reduce(fillIn, container);
  const { initContainers } = spec;
  return {
    ...spec,
    containers: listAt(spec, "containers").map(filled),
    ...(initContainers === undefined ? {} : { initContainers: listAt(spec, "initContainers").map(filled) }),
  };
}

function fillIn(container: JsonObject, limit: JsonObject): JsonObject {
  const own = {
    limits: objectAt(container, "resources", "limits"),
    requests: objectAt(container, "resources", "requests"),
  };
  const limits = { ...objectAt(limit, "default"), ...own.limits };
  // The API server fills requests from the container's own limits before LimitRange applies.
  const requests = { ...objectAt(limit, "defaultRequest"), ...own.limits, ...own.requests };
  return { ...container, resources: { ...objectAt(container, "resources"), limits, requests } };
}

interface Checked {
  /** The name of the container, or the code of the words for the whole pod. */
  readonly what: string;
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** `null` when the pod keeps every bound. `spec` must already have the defaults. */
export function brokenLimit(spec: JsonObject, ranges: readonly JsonObject[]): Reason | null {
  const containers = [...listAt(spec, "containers"), ...listAt(spec, "initContainers")].map((one) => ({
    what: textAt(one, "name"),
    requests: containerRequests(one),
    limits: containerLimits(one),
  }));
  const whole = {
    what: "WholePod",
    requests: aggregate(spec, containerRequests),
    limits: aggregate(spec, containerLimits),
  };
  const checks = [
    ...limitsOf(ranges, "Container").flatMap((one) => containers.map((checked) => ({ ...one, checked }))),
    ...limitsOf(ranges, "Pod").map((one) => ({ ...one, checked: whole })),
  ];
  for (const { range, limit, checked } of checks) {
    const broken = RULES.map((rule) => rule(limit, checked)).find((one) => one !== undefined);
    if (broken !== undefined) return reason("LimitRangeBroken", { range, said: checked.what, ...broken });
  }
  return null;
}

/** Parameters of the reason: `detail` is the code of a clause. */
type Rule = (limit: JsonObject, checked: Checked) => Params | undefined;

const bounds = (limit: JsonObject, field: string): readonly (readonly [string, number])[] => [
  ...readAmounts(objectAt(limit, field)),
];

const RULES: readonly Rule[] = [
  (limit, { requests }) => {
    for (const [resource, min] of bounds(limit, "min")) {
      const asked = requests.get(resource);
      const params = { resource, bound: writeAmount(resource, min) };
      if (asked === undefined) return { detail: "MustAsk", ...params };
      if (asked < min) return { detail: "AsksTooLittle", ...params, amount: writeAmount(resource, asked) };
    }
    return undefined;
  },
  (limit, { limits, requests }) => {
    for (const [resource, max] of bounds(limit, "max")) {
      const bound = limits.get(resource);
      const params = { resource, bound: writeAmount(resource, max) };
      if (bound === undefined) return { detail: "MustLimit", ...params };
      const most = Math.max(bound, requests.get(resource) ?? 0);
      if (most > max) return { detail: "MayTakeTooMuch", ...params, amount: writeAmount(resource, most) };
    }
    return undefined;
  },
  (limit, { limits, requests }) => {
    for (const [resource, ratio] of Object.entries(objectAt(limit, "maxLimitRequestRatio") ?? {})) {
      if (typeof ratio !== "string" && typeof ratio !== "number") continue;
      const [asked, bound] = [requests.get(resource) ?? 0, limits.get(resource) ?? 0];
      if (asked === 0 || bound / asked > (parseQuantity(ratio) ?? Number.POSITIVE_INFINITY))
        return { detail: "LimitFarAboveRequest", resource, ratio };
    }
    return undefined;
  },
];
