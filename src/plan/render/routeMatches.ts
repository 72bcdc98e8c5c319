// Which requests a routing object answers: the listener (kind and gateway or class), host, path, and the Service behind
// it. When two objects have the same key and different Services, chance decides: controllers take the older object, or
// any. Objects of different kinds are not compared, because each controller decides by itself which kind it prefers.
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";

export interface RouteMatch {
  /** Equal keys mean the same requests. */
  readonly key: string;
  /** The requests in words: `shop.example.com/api (exact)`. */
  readonly where: string;
  /** The Service: `namespace/service`, several joined. */
  readonly backend: string;
}

export const ROUTE_KINDS: readonly Pick<ObjectRef, "apiVersion" | "kind">[] = [
  { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
  { apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
  { apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
];

type Reader = (spec: JsonObject, namespace: string) => readonly RouteRequests[];

interface RouteRequests {
  readonly listeners: readonly string[];
  readonly hosts: readonly string[];
  readonly path: string;
  readonly backend: string;
}

const READERS: Readonly<Record<string, Reader>> = {
  HTTPRoute: ofHttpRoute,
  Ingress: ofIngress,
  VirtualService: ofVirtualService,
};

export function routeMatches(manifest: Manifest): readonly RouteMatch[] {
  const { spec } = manifest;
  const read = READERS[manifest.kind];
  if (read === undefined || !isObject(spec) || isCanary(manifest)) return [];
  return read(spec, manifest.metadata.namespace ?? "").flatMap(({ listeners, hosts, path, backend }) =>
    listeners.flatMap((listener) =>
      hosts.map((host) => {
        const where = `${host}${path}`;
        return { key: `${manifest.kind}:${listener} ${where}`, where, backend };
      }),
    ),
  );
}

/**
 * A canary shares the requests of another object:
 * https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary
 */
function isCanary({ metadata }: Manifest): boolean {
  return Object.entries(metadata.annotations ?? {}).some(([key, value]) => key.endsWith("/canary") && value === "true");
}

const word = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
const words = (value: unknown, otherwise: string): readonly string[] =>
  Array.isArray(value) && value.length > 0 ? value.map(String) : [otherwise];
const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const joined = (names: readonly string[]): string => [...new Set(names)].sort().join(", ");

function ofHttpRoute(spec: JsonObject, namespace: string): readonly RouteRequests[] {
  const listeners = list(spec["parentRefs"]).map((parent) =>
    [
      word(parent["namespace"], namespace),
      word(parent["name"], ""),
      word(parent["sectionName"], ""),
      typeof parent["port"] === "number" ? String(parent["port"]) : "",
    ].join("/"),
  );
  return list(spec["rules"]).flatMap((rule) => {
    const backends = list(rule["backendRefs"]).map(
      (one) => `${word(one["namespace"], namespace)}/${word(one["name"], "")}`,
    );
    const matches = rule["matches"] === undefined ? [{}] : list(rule["matches"]);
    return matches.map(({ path, ...more }) => ({
      listeners,
      hosts: words(spec["hostnames"], "*"),
      path: pathOf(path, "type") + besides(more),
      backend: joined(backends),
    }));
  });
}

function ofIngress(spec: JsonObject, namespace: string): readonly RouteRequests[] {
  return list(spec["rules"]).flatMap((rule) =>
    list(dig(rule, "http", "paths")).map((one) => ({
      listeners: [word(spec["ingressClassName"], "")],
      hosts: [word(rule["host"], "*")],
      path: pathOf({ ...one, value: one["path"] }, "pathType"),
      backend: `${namespace}/${word(dig(one, "backend", "service", "name"), "")}`,
    })),
  );
}

function ofVirtualService(spec: JsonObject, namespace: string): readonly RouteRequests[] {
  return list(spec["http"]).flatMap((rule) => {
    const backends = list(rule["route"]).map((one) => serviceOf(word(dig(one, "destination", "host"), ""), namespace));
    const matches = rule["match"] === undefined ? [{}] : list(rule["match"]);
    return matches.map(({ uri, name: _name, ...more }) => ({
      listeners: words(spec["gateways"], "mesh"),
      hosts: words(spec["hosts"], "*"),
      path: uriOf(uri) + besides(more),
      backend: joined(backends),
    }));
  });
}

/** A prefix of text and a prefix of segments differ only by a slash at the end, which does not matter here. */
function uriOf(uri: unknown): string {
  if (!isObject(uri)) return "/";
  if (typeof uri["prefix"] === "string") return uri["prefix"].replace(/(?<=.)\/$/, "");
  return typeof uri["exact"] === "string" ? `${uri["exact"]} (exact)` : JSON.stringify(uri);
}

function serviceOf(host: string, namespace: string): string {
  const [name = "", space = namespace] = host.split(".");
  return `${space}/${name}`;
}

function pathOf(value: unknown, type: string): string {
  if (!isObject(value)) return "/";
  const path = word(value["value"], "/");
  const kind = word(value[type], "");
  if (kind === "Exact") return `${path} (exact)`;
  return kind === "RegularExpression" ? `${path} (pattern)` : path.replace(/(?<=.)\/$/, "");
}

/** Headers, method and parameters distinguish requests of the same path. */
function besides(more: JsonObject): string {
  return Object.keys(more).length === 0 ? "" : ` ${JSON.stringify(more)}`;
}
