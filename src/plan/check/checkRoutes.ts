// Two routes of one application for the same requests: controllers take the older one, or any. Only routes of one kind meet each other.
import { dig, isObject, type JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { type Problem, problem } from "../../model/problem.ts";
import type { RenderedComponent } from "../render/rendered.ts";

export function checkRoutes(components: readonly RenderedComponent[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return components.flatMap(({ component, exposure }) => {
    const claims = new Set(exposure.flatMap(({ manifest }) => claimsOf(manifest)));
    return [...claims].flatMap((claim) => {
      const first = owners.get(claim);
      owners.set(claim, first ?? component.name);
      if (first === undefined || first === component.name) return [];
      const params = { first, second: component.name, where: claim.slice(claim.indexOf(" ") + 1) };
      return [problem("RouteTwice", `${component.pointer}/traits/route`, params)];
    });
  });
}

const word = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Who answers (kind and gateway or class), then `host/path (exact)`. */
type Reader = (spec: JsonObject) => readonly string[];

const READERS: Readonly<Record<string, Reader>> = {
  HTTPRoute: (spec) => {
    const hosts = Array.isArray(spec["hostnames"]) ? spec["hostnames"].map(String) : ["*"];
    const paths = list(spec["rules"]).flatMap((rule) =>
      list(rule["matches"]).map((one) => pathOf(one["path"], "type")),
    );
    return combine(JSON.stringify(spec["parentRefs"] ?? []), hosts, paths);
  },
  Ingress: (spec) =>
    list(spec["rules"]).flatMap((rule) => {
      const paths = list(dig(rule, "http", "paths")).map((one) => pathOf({ ...one, value: one["path"] }, "pathType"));
      return combine(word(spec["ingressClassName"], ""), [word(rule["host"], "*")], paths);
    }),
};

function claimsOf({ kind, ...manifest }: Manifest): readonly string[] {
  const read = READERS[kind];
  const { spec } = manifest;
  return read !== undefined && isObject(spec) ? read(spec).map((one) => `${kind}:${one}`) : [];
}

function pathOf(value: unknown, type: string): string {
  const path = isObject(value) ? word(value["value"], "/") : "/";
  return isObject(value) && value[type] === "Exact" ? `${path} (exact)` : path;
}

function combine(who: string, hosts: readonly string[], paths: readonly string[]): readonly string[] {
  return hosts.flatMap((host) => paths.map((path) => `${who.replaceAll(" ", "")} ${host}${path}`));
}
