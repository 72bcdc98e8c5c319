// Opens a component to the outside: an HTTPRoute where the cluster has a Gateway, else an Ingress, else a
// VirtualService of Istio. The first kind that supports all fields in use is taken. It is applied once the component is
// ready, so that no request reaches a program that is not there yet. This file describes the object;
// plan/render/render.ts and plan/order.ts make the job `NAME:route` of it.
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { brokenRule, type Problem, problem } from "../../model/problems/problem.ts";
import type { ClusterFacts } from "../../model/run/plan.ts";
import { defineTrait, type TraitTarget } from "../define.ts";
import { pathsOf, type RouteFields, type RouteKind, type Routing, routeSchema } from "../parts/route/fields.ts";
import { GATEWAY_GROUP, httpRoute } from "../parts/route/httpRoute.ts";
import { ingress } from "../parts/route/ingress.ts";
import { ISTIO_GROUP, virtualService } from "../parts/route/virtualService.ts";
import { type PortProperties, servedPorts } from "../parts/service/ports.ts";

interface Kind {
  readonly name: string;
  readonly served: (facts: ClusterFacts) => boolean;
  /** Fields that only some kinds have. */
  readonly fields: readonly (keyof RouteFields)[];
  /** The object; `null` when the cluster has no gateway or class to which it could belong. */
  readonly make: (routing: Routing) => Manifest | null;
}

/** The kinds of objects; ORDER has their order of preference. */
const KINDS: Readonly<Record<RouteKind, Kind>> = {
  gateway: {
    name: "HTTPRoute",
    served: (facts) => facts.gateways.length > 0 && facts.kinds.includes(`${GATEWAY_GROUP}/HTTPRoute`),
    fields: ["gateway", "requestHeaders", "responseHeaders", "timeout"],
    make: httpRoute,
  },
  ingress: {
    name: "Ingress",
    served: (facts) => facts.ingressClasses.length > 0,
    fields: ["class", "tls"],
    make: ingress,
  },
  istio: {
    name: "VirtualService",
    served: (facts) => facts.kinds.includes(`${ISTIO_GROUP}/VirtualService`),
    fields: ["gateway", "requestHeaders", "responseHeaders", "timeout"],
    make: virtualService,
  },
};
const ORDER: readonly RouteKind[] = ["gateway", "ingress", "istio"];
const SPECIAL: readonly (keyof RouteFields)[] = [
  "class",
  "gateway",
  "tls",
  "requestHeaders",
  "responseHeaders",
  "timeout",
];

export const route = defineTrait({
  name: "route",
  summary: { en: "Opens the component to the outside", zh: "对外暴露组件" },
  schema: routeSchema,
  examples: [
    { title: { en: "Everything to this component", zh: "所有请求" }, value: { path: "/" } },
    {
      title: { en: "One host and path", zh: "指定主机与路径" },
      value: { host: "shop.example.com", path: "/api", kind: "ingress" },
    },
    {
      title: { en: "Two paths, a header and a timeout", zh: "两个路径、请求头与超时" },
      value: {
        host: "shop.example.com",
        paths: [{ path: "/api" }, { path: "/healthz", match: "exact" }],
        requestHeaders: { set: { "X-Forwarded-Prefix": "/api" } },
        timeout: "30s",
      },
    },
  ],
  appliesTo: "ports",
  references: (data) => (data.tls === undefined ? [] : [{ kind: "Secret", name: data.tls, path: ["tls"] }]),
  check: (data, target) => [...checkPortsOf(data, target), ...checkPaths(data)],
  render(data, target, context) {
    const kind = data.kind ?? chosenKind(data, context.facts);
    if (kind === null) return { warnings: [problem("NoRouteKind", [], { cluster: context.facts.name })] };
    const missing = unsupported(data, kind);
    if (missing.length > 0) return { warnings: missing };
    const manifest = KINDS[kind].make({ route: data, paths: pathsOf(data, target.port ?? 0), context });
    if (manifest !== null) return { exposure: [{ manifest }] };
    const istio = problem("Required", ["gateway"], { field: "gateway" });
    return { warnings: [kind === "istio" ? istio : problem("NoRouteKind", [], { cluster: context.facts.name })] };
  },
});

function checkPortsOf(data: RouteFields, target: TraitTarget): readonly Problem[] {
  if (target.port === undefined) return [];
  // The properties were parsed by a type that serves ports; these fields are the same in all such types.
  const ports = servedPorts((target.properties ?? {}) as PortProperties);
  const known = [...new Set([target.port, ...ports.map((entry) => entry.port)])];
  const wanted = [
    { path: ["port"], value: data.port },
    ...(data.paths ?? []).map((one, index) => ({ path: ["paths", index, "port"], value: one.port })),
  ];
  return wanted.flatMap(({ path, value }) => {
    if (value === undefined || known.includes(value)) return [];
    return [problem("NotOneOf", path, { value, known: known.join(", ") })];
  });
}

function checkPaths({ path, paths }: RouteFields): readonly Problem[] {
  if (paths === undefined) return [];
  const both = path === undefined ? [] : [{ en: "give either path or paths", zh: "path 与 paths 只能二选一" }];
  const keys = paths.map((one) => `${one.match} ${one.path}`);
  const twice = keys.flatMap((key, index) => {
    if (keys.indexOf(key) === index) return [];
    return [brokenRule(["paths", index], { en: "{key} is used twice", zh: "{key} 重复" }, { key })];
  });
  return [...both.map((words) => brokenRule(["paths"], words)), ...twice];
}

function chosenKind(data: RouteFields, facts: ClusterFacts): RouteKind | null {
  const served = ORDER.filter((kind) => KINDS[kind].served(facts));
  return served.find((kind) => unsupported(data, kind).length === 0) ?? served[0] ?? null;
}

function unsupported(data: RouteFields, kind: RouteKind): readonly Problem[] {
  const { name, fields } = KINDS[kind];
  return SPECIAL.filter((field) => data[field] !== undefined && !fields.includes(field)).map((field) => {
    const able = ORDER.filter((one) => KINDS[one].fields.includes(field)).join(", ");
    const text = {
      en: "{name} has no {field}; kind {able} has it, where the cluster serves that kind",
      zh: "{name} 不支持 {field}：仅 {able} 支持，且集群须提供",
    };
    return brokenRule([field], text, { name, field, able });
  });
}
