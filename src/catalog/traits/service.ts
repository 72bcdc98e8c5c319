// How the component's Service is reached: inside the cluster only (the default), on a port of every node, or by a load
// balancer. The trait changes the Service that the component type renders, so it needs a component that serves a port.
import { z } from "zod";
import { parseDuration } from "../../model/document/duration.ts";
import { brokenRule, type Problem, problem } from "../../model/problems/problem.ts";
import { defineTrait } from "../define.ts";
import { nonEmpty, onlyGiven } from "../parts/objects/onlyGiven.ts";
import { described, duration } from "../sharedFields.ts";

/**
 * Seconds of one day, the longest session affinity:
 * https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity
 */
const LONGEST = 86_400;

const schema = z.strictObject({
  type: described(
    z.enum(["ClusterIP", "NodePort", "LoadBalancer"]).optional(),
    "ClusterIP (default): inside only · NodePort: a port of every node · LoadBalancer: an address of the cloud",
    "ClusterIP（默认）仅集群内；NodePort 节点端口；LoadBalancer 云负载均衡",
  ),
  headless: described(
    z.boolean().optional(),
    "No virtual address: the name resolves to the pods themselves; a later change replaces the Service",
    "无虚拟 IP，域名直接解析到 Pod；之后修改需重建 Service",
  ),
  annotations: described(
    z.record(z.string().min(1), z.string()).optional(),
    "Annotations of the Service, e.g. for the cloud's load balancer",
    "Service 注解，如云负载均衡参数",
  ),
  sticky: described(
    duration().optional(),
    "Requests from one address go to the same pod for this time (sessionAffinity), at most 24h",
    "同一来源地址在该时长内访问同一副本（会话保持），最长 24h",
  ),
  localTraffic: described(
    z.boolean().optional(),
    "Only pods on the node that got the request serve it; keeps the client's address",
    "仅转发到本节点副本，保留客户端地址",
  ),
  loadBalancerClass: described(
    z.string().min(1).optional(),
    "Which load balancer, where there are several; cannot be changed later",
    "负载均衡实现类别，之后不可修改",
  ),
  sourceRanges: described(
    z.array(z.string().min(1)).min(1).optional(),
    "Networks from which the load balancer accepts requests",
    "负载均衡允许的来源网段",
  ),
});
type Service = z.output<typeof schema>;

export const service = defineTrait({
  name: "service",
  summary: { en: "How its Service is reached", zh: "Service 的访问方式" },
  schema,
  examples: [
    {
      title: { en: "A load balancer of the cloud", zh: "云负载均衡" },
      value: { type: "LoadBalancer", annotations: { "example.com/internal": "true" }, localTraffic: true },
    },
    {
      title: { en: "A port of every node, sticky", zh: "节点端口与会话保持" },
      value: { type: "NodePort", sticky: "1h" },
    },
  ],
  appliesTo: "ports",
  check: checkService,
  render: (data, _target, context) => ({
    objects: [
      {
        manifest: {
          apiVersion: "v1",
          kind: "Service",
          metadata: { name: context.component, ...(data.annotations && { annotations: data.annotations }) },
          spec: onlyGiven({
            type: data.type,
            clusterIP: data.headless === true ? "None" : undefined,
            ...stickiness(data),
            externalTrafficPolicy: data.localTraffic === true ? "Local" : undefined,
            loadBalancerClass: data.loadBalancerClass,
            loadBalancerSourceRanges: nonEmpty(data.sourceRanges),
          }),
        },
      },
    ],
  }),
});

function stickiness({ sticky }: Service) {
  if (sticky === undefined) return {};
  const timeoutSeconds = Math.max(1, Math.ceil((parseDuration(sticky) ?? 0) / 1000));
  return { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds } } };
}

function checkService(data: Service): readonly Problem[] {
  const outside = data.type === "NodePort" || data.type === "LoadBalancer";
  const balanced = (["loadBalancerClass", "sourceRanges"] as const).filter((field) => data[field] !== undefined);
  return [
    ...(data.headless === true && outside
      ? [
          brokenRule(
            ["headless"],
            { en: "a {type} has a virtual address: leave headless out", zh: "{type} 需要虚拟 IP，不能 headless" },
            { type: data.type ?? "" },
          ),
        ]
      : []),
    ...(data.headless === true && data.sticky !== undefined
      ? [
          brokenRule(["sticky"], {
            en: "a headless Service cannot be sticky: clients reach the pods directly",
            zh: "headless 不支持会话保持：客户端直接访问 Pod",
          }),
        ]
      : []),
    ...(data.localTraffic === true && !outside
      ? [
          brokenRule(["localTraffic"], {
            en: "needs type NodePort or LoadBalancer",
            zh: "需要 type 为 NodePort 或 LoadBalancer",
          }),
        ]
      : []),
    ...(data.type === "LoadBalancer"
      ? []
      : balanced.map((field) =>
          brokenRule([field], { en: "needs type LoadBalancer", zh: "需要 type 为 LoadBalancer" }),
        )),
    ...((parseDuration(data.sticky ?? 0) ?? 0) > LONGEST * 1000
      ? [problem("OutOfRange", ["sticky"], { value: String(data.sticky), bound: "≤ 24h" })]
      : []),
  ];
}
