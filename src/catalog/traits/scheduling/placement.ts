// On which nodes the pods run: by label, spread out, next to other components or away from them, and on nodes that are
// reserved. `prefer`, and `spread` unless it is strict, yield when the cluster is full. The rest is required: pods wait
// rather than run elsewhere.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import { type Localized } from "../../../model/data/text.ts";
import { brokenRule, type Problem } from "../../../model/problems/problem.ts";
import { defineTrait, type Reference, type RenderContext } from "../../define.ts";
import { selectorOf } from "../../parts/objects/labels.ts";
import { nonEmpty, onlyGiven } from "../../parts/objects/onlyGiven.ts";
import { componentName, described, NODE_LABEL, objectName } from "../../sharedFields.ts";

const OVER = { hosts: "kubernetes.io/hostname", zones: "topology.kubernetes.io/zone" } as const;
const over = () => z.enum(["hosts", "zones"]);
const labelKey = () => z.string().regex(NODE_LABEL, "the key of a node label");
const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

const toleration = z.strictObject({
  key: described(labelKey().optional(), "Key of the taint; default: every taint", "污点键，不写则匹配所有"),
  operator: described(
    z.enum(["Equal", "Exists"]).default("Equal"),
    "Equal: key and value; Exists: the key",
    "Equal 匹配键值，Exists 仅匹配键",
  ),
  value: described(z.string().optional(), "Value of the taint", "污点值"),
  effect: described(z.enum(EFFECTS).optional(), "Only taints of this effect", "仅匹配该效果"),
  seconds: described(
    z.int().min(0).optional(),
    "With NoExecute: how many seconds the pod stays",
    "NoExecute 时的停留秒数",
  ),
});

const spreading = z.strictObject({
  over: described(
    z.union([over(), labelKey()]),
    "hosts, zones, or the key of a node label",
    "hosts、zones 或节点标签键",
  ),
  maxSkew: described(z.int().min(1).default(1), "Largest difference in the number of pods", "Pod 数量允许的最大差值"),
  strict: described(z.boolean().default(false), "Pods wait rather than make it more uneven", "宁可等待也不加剧不均衡"),
});

const neighbour = (en: string, zh: string) =>
  described(z.array(componentName()).min(1).max(20).optional(), `Components ${en}`, zh);

const schema = z.strictObject({
  nodes: described(
    z.record(labelKey(), z.union([z.string(), z.array(z.string()).min(1)])).optional(),
    "Node labels that are required: key -> value, or a list of values",
    "要求的节点标签：键 -> 值或值列表",
  ),
  prefer: described(
    z.record(labelKey(), z.union([z.string(), z.array(z.string()).min(1)])).optional(),
    "Node labels that are preferred",
    "优先的节点标签",
  ),
  spread: described(
    z
      .union([
        over(),
        z
          .array(z.union([over(), spreading]))
          .min(1)
          .max(10),
      ])
      .optional(),
    "Spreads the pods evenly: hosts, zones, or rules",
    "均匀分布：hosts、zones 或详细规则",
  ),
  together: neighbour("whose hosts it shares", "与这些组件同主机"),
  apart: neighbour("whose hosts it avoids", "避开这些组件所在主机"),
  onePerHost: described(
    z.boolean().optional(),
    "Never two of its pods on one host; an update needs a free host",
    "每台主机至多一个副本；更新时需要空闲主机",
  ),
  tolerations: described(z.array(toleration).min(1).max(50).optional(), "Taints that it tolerates", "容忍的污点"),
  priorityClass: described(z.string().min(1).optional(), "Name of a PriorityClass", "PriorityClass 名称"),
  scheduler: described(
    objectName().optional(),
    "Scheduler that places the pods; default: the cluster's default scheduler",
    "放置 Pod 的调度器，默认为集群的默认调度器",
  ),
});
type Placement = z.output<typeof schema>;

export const placement = defineTrait({
  name: "placement",
  summary: { en: "On which nodes its pods run", zh: "Pod 运行在哪些节点" },
  schema,
  examples: [
    { title: { en: "Spread over hosts and zones", zh: "按主机与可用区分布" }, value: { spread: ["hosts", "zones"] } },
    {
      title: { en: "Fast disks, away from the store", zh: "高速磁盘，避开存储组件" },
      value: {
        nodes: { "example.com/disk": ["ssd", "nvme"] },
        apart: ["redis"],
        tolerations: [{ key: "example.com/dedicated", value: "shop", effect: "NoSchedule" }],
      },
    },
  ],
  appliesTo: "pods",
  references: (data) => [...named(data.together, "together"), ...named(data.apart, "apart")],
  check: (data) => [...checkTolerations(data), ...checkNeighbours(data), ...checkSpread(data)],
  render: (data, _target, context) => ({
    pod: onlyGiven({
      affinity: affinityOf(data, context),
      topologySpreadConstraints: nonEmpty(spreadOf(data, context)),
      tolerations: nonEmpty(data.tolerations?.map(tolerationOf)),
      priorityClassName: data.priorityClass,
      schedulerName: data.scheduler,
    }),
  }),
});

function named(names: readonly string[] | undefined, field: string): readonly Reference[] {
  // On which nodes pods run does not decide which component comes first.
  return (names ?? []).map((name, index) => ({ kind: "component", name, order: "none", path: [field, index] }));
}

function checkTolerations({ tolerations }: Placement): readonly Problem[] {
  return (tolerations ?? []).flatMap((one, index) => {
    const wrong = (field: string, text: Localized): Problem => brokenRule(["tolerations", index, field], text);
    return [
      ...(one.operator === "Exists" && one.value !== undefined
        ? [
            wrong("value", {
              en: "Exists compares only the key: leave the value out",
              zh: "Exists 只匹配键，请去掉 value",
            }),
          ]
        : []),
      ...(one.operator === "Equal" && one.key === undefined
        ? [
            wrong("key", {
              en: "Equal needs a key; every taint is tolerated with operator: Exists",
              zh: "Equal 需要 key；容忍所有污点请用 Exists",
            }),
          ]
        : []),
      ...(one.seconds !== undefined && one.effect !== "NoExecute"
        ? [wrong("seconds", { en: "seconds needs effect: NoExecute", zh: "seconds 仅用于 effect: NoExecute" })]
        : []),
    ];
  });
}

function checkNeighbours({ together, apart }: Placement): readonly Problem[] {
  return (apart ?? []).flatMap((name, index) => {
    if (!together?.includes(name)) return [];
    const text = { en: "{name} cannot be both together and apart", zh: "{name} 不能既 together 又 apart" };
    return [brokenRule(["apart", index], text, { name })];
  });
}

interface Spreading {
  readonly over: string;
  readonly maxSkew: number;
  readonly strict: boolean;
}

function spreadings({ spread }: Placement): readonly Spreading[] {
  const list = spread === undefined ? [] : typeof spread === "string" ? [spread] : spread;
  return list.map((one) => (typeof one === "string" ? { over: one, maxSkew: 1, strict: false } : one));
}

function checkSpread(data: Placement): readonly Problem[] {
  const keys = spreadings(data).map((one) => keyOf(one.over));
  return keys.flatMap((key, index) => {
    if (keys.indexOf(key) === index) return [];
    return [brokenRule(["spread", index], { en: "{key} is spread over twice", zh: "{key} 重复" }, { key })];
  });
}

function keyOf(name: string): string {
  return name === "hosts" || name === "zones" ? OVER[name] : name;
}

function spreadOf(data: Placement, context: RenderContext): readonly JsonObject[] {
  return spreadings(data).map(({ over: name, maxSkew, strict }) => ({
    maxSkew,
    topologyKey: keyOf(name),
    whenUnsatisfiable: strict ? "DoNotSchedule" : "ScheduleAnyway",
    labelSelector: { matchLabels: selectorOf(context) },
  }));
}

function tolerationOf(one: z.output<typeof toleration>): JsonObject {
  const { key, operator, value, effect, seconds } = one;
  return onlyGiven({ key, operator, value, effect, tolerationSeconds: seconds });
}

function expressions(labels: Placement["nodes"]): readonly JsonObject[] {
  return Object.entries(labels ?? {}).map(([key, value]) => ({
    key,
    operator: "In",
    values: typeof value === "string" ? [value] : value,
  }));
}

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

function affinityOf(data: Placement, context: RenderContext): JsonObject | undefined {
  const [required, preferred] = [expressions(data.nodes), expressions(data.prefer)];
  const node = onlyGiven({
    [REQUIRED]: required.length === 0 ? undefined : { nodeSelectorTerms: [{ matchExpressions: required }] },
    [PREFERRED]: nonEmpty(preferred)?.map((one) => ({ weight: 50, preference: { matchExpressions: [one] } })),
  });
  const beside = (data.together ?? []).map((name) => hostOf({ ...context, component: name }));
  const away = (data.apart ?? []).map((name) => hostOf({ ...context, component: name }));
  const alone = data.onePerHost === true ? [hostOf(context)] : [];
  const affinity = onlyGiven({
    nodeAffinity: Object.keys(node).length === 0 ? undefined : node,
    podAffinity: beside.length === 0 ? undefined : { [REQUIRED]: beside },
    podAntiAffinity: away.length + alone.length === 0 ? undefined : { [REQUIRED]: [...away, ...alone] },
  });
  return Object.keys(affinity).length === 0 ? undefined : affinity;
}

function hostOf(context: Pick<RenderContext, "application" | "component">): JsonObject {
  return { labelSelector: { matchLabels: selectorOf(context) }, topologyKey: OVER.hosts };
}
