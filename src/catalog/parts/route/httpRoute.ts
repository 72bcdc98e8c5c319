// Renders an HTTPRoute of the Gateway API: https://gateway-api.sigs.k8s.io/reference/spec/#httproute
// Defaults of the API are written out: the API server treats a list of rules as one piece, so a default that it adds
// would look like a change.

import type { JsonObject } from "../../../model/data/json.ts";
import { parseDuration } from "../../../model/document/duration.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { nonEmpty, onlyGiven } from "../objects/onlyGiven.ts";
import { gatewayOf, type Headers, type Routing } from "./fields.ts";

export const GATEWAY_GROUP = "gateway.networking.k8s.io";

export function httpRoute({ route, paths, context }: Routing): Manifest | null {
  const gateway = gatewayOf(route, context.facts.gateways);
  if (gateway === undefined) return null;
  const filters = [
    ...filter("RequestHeaderModifier", "requestHeaderModifier", route.requestHeaders),
    ...filter("ResponseHeaderModifier", "responseHeaderModifier", route.responseHeaders),
  ];
  const request = route.timeout === undefined ? undefined : gatewayDuration(parseDuration(route.timeout) ?? 0);
  const rules = paths.map(({ path, match, port }) =>
    onlyGiven({
      matches: [{ path: { type: match === "exact" ? "Exact" : "PathPrefix", value: path } }],
      filters: nonEmpty(filters),
      backendRefs: [{ group: "", kind: "Service", name: context.component, port, weight: 1 }],
      timeouts: request === undefined ? undefined : { request },
    }),
  );
  return {
    apiVersion: `${GATEWAY_GROUP}/v1`,
    kind: "HTTPRoute",
    metadata: { name: context.component },
    spec: onlyGiven({
      parentRefs: [{ group: GATEWAY_GROUP, kind: "Gateway", namespace: gateway.namespace, name: gateway.name }],
      hostnames: route.host === undefined ? undefined : [route.host],
      rules,
    }),
  };
}

function filter(type: string, field: string, headers: Headers | undefined): readonly JsonObject[] {
  if (headers === undefined) return [];
  const pairs = (values: Headers["set"]): readonly JsonObject[] | undefined =>
    nonEmpty(Object.entries(values ?? {}).map(([name, value]) => ({ name, value })));
  return [{ type, [field]: onlyGiven({ set: pairs(headers.set), add: pairs(headers.add), remove: headers.remove }) }];
}

/** Formats a duration by GEP-2257: whole numbers with up to five digits for each unit. */
function gatewayDuration(milliseconds: number): string {
  const whole = Math.round(milliseconds);
  if (whole % 1000 !== 0 && whole < 100_000) return `${whole}ms`;
  const seconds = Math.ceil(whole / 1000);
  if (seconds < 100_000) return `${seconds}s`;
  return `${Math.ceil(seconds / 3600)}h`;
}
