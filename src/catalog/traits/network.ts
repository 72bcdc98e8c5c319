// Which peers may connect to the pods, and to which peers the pods may connect. It renders a NetworkPolicy that allows
// what is written here, and DNS; everything else is refused. Whether it is enforced depends on the network plug-in of
// the cluster: some plug-ins enforce none. Ports are those on which programs listen (a NetworkPolicy sees pods, not
// Services); a Service port of this component is translated.
import { isIP } from "node:net";
import { z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";
import { brokenRule, type Problem } from "../../model/problems/problem.ts";
import { defineTrait, type Reference, type RenderContext, type TraitTarget } from "../define.ts";
import { selectorOf } from "../parts/objects/labels.ts";
import { type PortProperties, servedPorts } from "../parts/service/ports.ts";
import { componentName, described, objectName, port } from "../sharedFields.ts";

const cidr = () =>
  z
    .string()
    .refine(isCidr, { error: "not a network such as 10.0.0.0/8", params: { zh: "不是 10.0.0.0/8 形式的网段" } });

const block = z.union([
  cidr(),
  z.strictObject({
    cidr: described(cidr(), "Network, e.g. 0.0.0.0/0", "网段，如 0.0.0.0/0"),
    except: described(z.array(cidr()).min(1), "Networks inside it that are excluded", "其中排除的网段"),
  }),
]);

const rule = z.strictObject({
  components: described(z.array(componentName()).min(1).optional(), "Components of this application", "本应用的组件"),
  namespaces: described(z.array(objectName()).min(1).optional(), "Everything in these namespaces", "这些命名空间"),
  networks: described(z.array(block).min(1).optional(), "Addresses outside of the cluster", "集群外网段"),
  ports: described(z.array(port()).min(1).optional(), "Only these ports; default: all", "仅这些端口，不写则全部"),
});
type Rule = z.output<typeof rule>;

const rules = (en: string, zh: string) =>
  described(z.union([z.literal("any"), z.array(rule).max(100)]).default([]), en, zh);

const schema = z.strictObject({
  from: rules(
    'Peers that may connect to it; default: none; "any": all',
    '允许谁访问它；不写则都不允许；"any" 表示不限',
  ),
  to: rules(
    'Peers to which it may connect, in addition to DNS; default: none; "any": all',
    '允许它访问谁（DNS 始终允许）；不写则都不允许；"any" 表示不限',
  ),
});
type Network = z.output<typeof schema>;

export const network = defineTrait({
  name: "network",
  summary: { en: "Which connections it accepts and which it may open", zh: "网络访问控制" },
  schema,
  examples: [
    { title: { en: "No connections except DNS", zh: "全部拒绝，仅 DNS" }, value: {} },
    {
      title: { en: "From the gateway; to the store and to the internet", zh: "来自网关；访问存储与公网" },
      value: {
        from: [{ namespaces: ["gateway-system"], ports: [8080] }],
        to: [
          { components: ["redis"], ports: [6379] },
          { networks: [{ cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] }], ports: [443] },
        ],
      },
    },
  ],
  appliesTo: "pods",
  // Components that connect to this one need not come first. Components that it connects to come first, unless that
  // makes a cycle.
  references: (data) => [...componentsOf(data.from, "from", "none"), ...componentsOf(data.to, "to", "wish")],
  check: (data) => [...checkRules(data.from, "from"), ...checkRules(data.to, "to")],
  render: (data, target, context) => ({ objects: [{ manifest: policy(data, target, context) }] }),
});

function componentsOf(list: Network["from"], field: string, order: "none" | "wish"): readonly Reference[] {
  if (list === "any") return [];
  return list.flatMap(({ components }, index) =>
    (components ?? []).map((name, at) => ({
      kind: "component" as const,
      name,
      order,
      path: [field, index, "components", at],
    })),
  );
}

function checkRules(list: Network["from"], field: string): readonly Problem[] {
  if (list === "any") return [];
  return list.flatMap((one, index) => {
    const outside = (one.networks ?? []).flatMap((entry, at): readonly Problem[] => {
      if (typeof entry === "string") return [];
      const wrong = entry.except.filter((inner) => !contains(entry.cidr, inner));
      if (wrong.length === 0) return [];
      const text = { en: "{networks} is not inside of {cidr}", zh: "{networks} 不在 {cidr} 内" };
      const params = { networks: wrong.join(", "), cidr: entry.cidr };
      return [brokenRule([field, index, "networks", at, "except"], text, params)];
    });
    if (one.components ?? one.namespaces ?? one.networks ?? one.ports) return outside;
    return [
      brokenRule([field, index], {
        en: "an empty rule allows everything: write any",
        zh: "空规则等于不限，请写 any",
      }),
    ];
  });
}

/** UDP and TCP to any address, because the cluster's DNS may be a pod, a cache on the node or something outside. */
const DNS: JsonObject = {
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

function policy(data: Network, target: TraitTarget, context: RenderContext) {
  // The properties were parsed by a type that serves ports; these fields are the same in all such types.
  const served = servedPorts((target.properties ?? {}) as PortProperties);
  const listening = (number: number): number => served.find((one) => one.port === number)?.containerPort ?? number;
  const ingress = data.from === "any" ? [{}] : data.from.map((one) => ruleOf(one, "from", { context, listening }));
  const egress =
    data.to === "any"
      ? [{}]
      : [DNS, ...data.to.map((one) => ruleOf(one, "to", { context, listening: (number) => number }))];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: context.component },
    spec: {
      podSelector: { matchLabels: selectorOf(context) },
      policyTypes: ["Ingress", "Egress"],
      ...(ingress.length === 0 ? {} : { ingress }),
      egress,
    },
  };
}

interface Ruling {
  readonly context: RenderContext;
  readonly listening: (port: number) => number;
}

function ruleOf(one: Rule, side: "from" | "to", { context, listening }: Ruling): JsonObject {
  const peers = [
    ...(one.components ?? []).map((name) => ({
      podSelector: { matchLabels: selectorOf({ application: context.application, component: name }) },
    })),
    ...(one.namespaces ?? []).map((name) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    })),
    ...(one.networks ?? []).map((entry) => ({ ipBlock: typeof entry === "string" ? { cidr: entry } : entry })),
  ];
  // The API server treats a rule as one piece, so the protocol that it would add is written out.
  const ports = one.ports?.map((number) => ({ protocol: "TCP", port: listening(number) }));
  return { ...(peers.length === 0 ? {} : { [side]: peers }), ...(ports === undefined ? {} : { ports }) };
}

function isCidr(text: string): boolean {
  const [address = "", bits = "", ...more] = text.split("/");
  const family = isIP(address);
  return more.length === 0 && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/**
 * Whether an IPv4 network contains another. For IPv6 only the families are compared; the API server checks the rest.
 */
function contains(outer: string, inner: string): boolean {
  const [[address = "", bits = ""], [other = "", otherBits = ""]] = [outer.split("/"), inner.split("/")];
  if (isIP(address) !== isIP(other)) return false;
  if (isIP(address) === 6) return true;
  const head = (text: string): number => Math.floor(numeric(text) / 2 ** (32 - Number(bits)));
  return Number(otherBits) > Number(bits) && head(address) === head(other);
}

function numeric(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
