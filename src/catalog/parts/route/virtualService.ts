// Renders a VirtualService of Istio, for clusters that have nothing else, or when the user asks for it.
// https://istio.io/latest/docs/reference/config/networking/virtual-service/

import type { JsonObject } from "../../../model/data/json.ts";
import { parseDuration } from "../../../model/document/duration.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { nonEmpty, onlyGiven } from "../objects/onlyGiven.ts";
import { gatewayOf, type Headers, type RoutePath, type Routing } from "./fields.ts";

export const ISTIO_GROUP = "networking.istio.io";

export function virtualService({ route, paths, context }: Routing): Manifest | null {
  const gateway = gatewayOf(route, context.facts.istioGateways ?? []);
  if (gateway === undefined) return null;
  const headers = onlyGiven({ request: changes(route.requestHeaders), response: changes(route.responseHeaders) });
  const host = `${context.component}.${context.namespace}.svc.cluster.local`;
  return {
    apiVersion: `${ISTIO_GROUP}/v1`,
    kind: "VirtualService",
    metadata: { name: context.component },
    spec: {
      hosts: [route.host ?? "*"],
      gateways: [`${gateway.namespace}/${gateway.name}`],
      http: [...paths].sort(longestFirst).map((one) =>
        onlyGiven({
          match: matches(one),
          route: [{ destination: { host, port: { number: one.port } } }],
          timeout: route.timeout === undefined ? undefined : `${(parseDuration(route.timeout) ?? 0) / 1000}s`,
          headers: Object.keys(headers).length === 0 ? undefined : headers,
        }),
      ),
    },
  };
}

/**
 * Istio takes the first rule that matches, while the other kinds take the most specific one. So exact and longer paths
 * come first.
 */
function longestFirst(a: RoutePath, b: RoutePath): number {
  return (a.match === "exact" ? 0 : 1) - (b.match === "exact" ? 0 : 1) || b.path.length - a.path.length;
}

/** Istio compares a prefix as text: /api would also match /apifoo, unlike the other kinds. */
function matches({ path, match }: RoutePath): readonly JsonObject[] {
  if (match === "exact") return [{ uri: { exact: path } }];
  if (path.endsWith("/")) return [{ uri: { prefix: path } }];
  return [{ uri: { exact: path } }, { uri: { prefix: `${path}/` } }];
}

function changes(headers: Headers | undefined): JsonObject | undefined {
  return headers && onlyGiven({ set: headers.set, add: headers.add, remove: nonEmpty(headers.remove) });
}
