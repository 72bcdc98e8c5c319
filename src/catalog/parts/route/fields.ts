// The fields of a route, for every kind of object that it can become.
import { z } from "zod";
import type { ClusterFacts } from "../../../model/run/plan.ts";
import type { RenderContext } from "../../define.ts";
import { described, duration, objectName, port } from "../../sharedFields.ts";

const HOST = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** The name of a header is a token of RFC 9110. */
const HEADER = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;
const KINDS = ["gateway", "ingress", "istio"] as const;
export type RouteKind = (typeof KINDS)[number];

const path = () => z.string().regex(/^\/[^?#\s]*$/, "a path that starts with /");
const header = () => z.string().regex(HEADER, "the name of a header");
const headerValue = () => z.string().min(1).max(4096);

const headers = (en: string, zh: string) =>
  described(
    z
      .strictObject({
        set: described(z.record(header(), headerValue()).optional(), "Headers that get this value", "设为该值的头"),
        add: described(z.record(header(), headerValue()).optional(), "Headers that get one more value", "追加的头"),
        remove: described(z.array(header()).min(1).optional(), "Headers that are removed", "删除的头"),
      })
      .optional(),
    en,
    zh,
  );

const onePath = z.strictObject({
  path: described(path(), "Path", "路径"),
  match: described(
    z.enum(["prefix", "exact"]).default("prefix"),
    "prefix: everything below it; exact: this path only",
    "prefix 匹配其下所有路径；exact 仅该路径",
  ),
  port: described(
    port().optional(),
    "Port of the component; default: the port of the route",
    "组件端口，默认取 route 的 port",
  ),
});

export const routeSchema = z.strictObject({
  host: described(
    z.string().max(253).regex(HOST, "a host name such as shop.example.com").optional(),
    "Host name; default: every host that reaches the cluster",
    "主机名；不写则匹配所有主机",
  ),
  path: described(path().optional(), "Paths below this one; default: /", "路径前缀，默认 /"),
  paths: described(
    z.array(onePath).min(1).max(16).optional(),
    "Several paths, instead of `path`",
    "多个路径，与 path 二选一",
  ),
  port: described(port().optional(), "Port of the component; default: its first one", "组件端口，默认第一个"),
  kind: described(
    z.enum(KINDS).optional(),
    "Which kind of object; default: the first kind that the cluster serves and that supports all fields in use",
    "对象类型；默认选择集群提供且支持所有已用字段的第一种",
  ),
  class: described(
    objectName().optional(),
    "Ingress class (ingress only); default: the cluster's default class",
    "Ingress 类（仅 ingress），默认取集群默认类",
  ),
  gateway: described(
    z
      .string()
      .regex(/^[a-z0-9][-a-z0-9]*\/[a-z0-9][-a-z0-9.]*$/, "namespace/name")
      .optional(),
    "Gateway as namespace/name (gateway and istio); default: the first one of the cluster",
    "网关，写作 命名空间/名称（gateway 与 istio），默认取集群第一个",
  ),
  tls: described(
    objectName().optional(),
    "Secret with the certificate (ingress only: a Gateway has its own)",
    "证书 Secret（仅 ingress；Gateway 自带证书）",
  ),
  requestHeaders: headers("Changes to the headers that the program receives", "修改发给程序的请求头"),
  responseHeaders: headers("Changes to the headers that the client receives", "修改返回客户端的响应头"),
  timeout: described(
    duration().optional(),
    "Longest time for a request (gateway, istio)",
    "单个请求的最长时间（gateway、istio）",
  ),
});

export type RouteFields = z.output<typeof routeSchema>;
export type Headers = NonNullable<RouteFields["requestHeaders"]>;

export interface RoutePath {
  readonly path: string;
  readonly match: "prefix" | "exact";
  readonly port: number;
}

/** What every kind of object is rendered from. */
export interface Routing {
  readonly route: RouteFields;
  readonly paths: readonly RoutePath[];
  readonly context: RenderContext;
}

export function pathsOf(route: RouteFields, first: number): readonly RoutePath[] {
  const usual = route.port ?? first;
  if (route.paths === undefined) return [{ path: route.path ?? "/", match: "prefix", port: usual }];
  return route.paths.map((one) => ({ path: one.path, match: one.match, port: one.port ?? usual }));
}

/** The gateway that the route names, or the first known one; `undefined` when there is none. */
export function gatewayOf(
  route: RouteFields,
  known: readonly Pick<ClusterFacts["gateways"][number], "namespace" | "name">[],
): { readonly namespace: string; readonly name: string } | undefined {
  if (route.gateway === undefined) return known[0];
  const [namespace = "", name = ""] = route.gateway.split("/");
  return { namespace, name };
}
