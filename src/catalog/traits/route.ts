// Opens a component to the outside: an HTTPRoute where the cluster has a Gateway, else an Ingress. Applied once the component is ready,
// so that nobody is sent to a program that is not there yet.
import { z } from "zod";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ClusterFacts } from "../../model/plan.ts";
import { problem } from "../../model/problem.ts";
import { defineTrait, type RenderContext } from "../define.ts";
import { described, objectName, port } from "../fields.ts";
import { onlyGiven } from "../parts/onlyGiven.ts";
import { type PortProperties, servedPorts } from "../parts/ports.ts";

const HOST = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const GATEWAY_GROUP = "gateway.networking.k8s.io";

const schema = z.strictObject({
  host: described(
    z.string().max(253).regex(HOST, "a host name such as shop.example.com").optional(),
    "Host name; without it every host that reaches the cluster",
    "主机名；不写则匹配所有主机",
  ),
  path: described(
    z
      .string()
      .regex(/^\/[^?#\s]*$/, "a path that starts with /")
      .default("/"),
    "Paths below this one",
    "路径前缀",
  ),
  port: described(port().optional(), "Port of the component; its first one by default", "组件端口，默认第一个"),
  kind: described(
    z.enum(["gateway", "ingress"]).optional(),
    "Which kind of object; what the cluster has by default",
    "对象类型；默认按集群能力选择",
  ),
  class: described(
    objectName().optional(),
    "Ingress class; the cluster's default by default",
    "Ingress 类，默认取集群默认类",
  ),
  tls: described(objectName().optional(), "Secret with the certificate (Ingress only)", "证书 Secret（仅 Ingress）"),
});
type Route = z.output<typeof schema>;

export const route = defineTrait({
  name: "route",
  summary: { en: "Opens the component to the outside", zh: "对外暴露组件" },
  schema,
  examples: [
    { title: { en: "Everything to this component", zh: "所有请求" }, value: { path: "/" } },
    {
      title: { en: "One host and path", zh: "指定主机与路径" },
      value: { host: "shop.example.com", path: "/api", kind: "ingress" },
    },
  ],
  appliesTo: ["webservice", "store"],
  references: (data) => (data.tls === undefined ? [] : [{ kind: "Secret", name: data.tls, path: ["tls"] }]),
  check(data, target) {
    // The properties were parsed by a type that serves ports; those fields are the same in all of them.
    const ports = servedPorts((target.properties ?? {}) as PortProperties);
    const known = new Set([target.port, ...ports.map((entry) => entry.port)]);
    if (target.port === undefined)
      return [
        problem("Rule", [], { en: "a route needs a component that serves a port", zh: "route 需要组件提供端口" }),
      ];
    if (data.port === undefined || known.has(data.port)) return [];
    return [problem("NotOneOf", ["port"], { value: data.port, known: [...known].join(", ") })];
  },
  render(data, target, context) {
    const number = data.port ?? target.port ?? 0;
    const kind = data.kind ?? chosenKind(context.facts);
    const manifest = kind === "gateway" ? httpRoute(data, number, context) : ingress(data, number, context);
    if (manifest === null || kind === null)
      return { warnings: [problem("NoRouteKind", [], { cluster: context.facts.name })] };
    return { exposure: [{ manifest }] };
  },
});

function chosenKind(facts: ClusterFacts): "gateway" | "ingress" | null {
  if (facts.gateways.length > 0 && facts.kinds.includes(`${GATEWAY_GROUP}/HTTPRoute`)) return "gateway";
  return facts.ingressClasses.length > 0 ? "ingress" : null;
}

/** Defaults of the API are written out: lists of rules are one piece to the API server, so what it adds would look like a change. */
function httpRoute(data: Route, number: number, context: RenderContext): Manifest | null {
  const [gateway] = context.facts.gateways;
  if (gateway === undefined) return null;
  const backend = { group: "", kind: "Service", name: context.component, port: number, weight: 1 };
  return {
    apiVersion: `${GATEWAY_GROUP}/v1`,
    kind: "HTTPRoute",
    metadata: { name: context.component },
    spec: onlyGiven({
      parentRefs: [{ group: GATEWAY_GROUP, kind: "Gateway", namespace: gateway.namespace, name: gateway.name }],
      hostnames: data.host === undefined ? undefined : [data.host],
      rules: [{ matches: [{ path: { type: "PathPrefix", value: data.path } }], backendRefs: [backend] }],
    }),
  };
}

function ingress(data: Route, number: number, context: RenderContext): Manifest | null {
  const { ingressClasses } = context.facts;
  const className = data.class ?? (ingressClasses.find((one) => one.default) ?? ingressClasses[0])?.name;
  if (className === undefined) return null;
  const backend: JsonObject = { service: { name: context.component, port: { number } } };
  const http = { paths: [{ path: data.path, pathType: "Prefix", backend }] };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: context.component },
    spec: onlyGiven({
      ingressClassName: className,
      tls:
        data.tls === undefined
          ? undefined
          : [onlyGiven({ hosts: data.host === undefined ? undefined : [data.host], secretName: data.tls })],
      rules: [onlyGiven({ host: data.host, http })],
    }),
  };
}
