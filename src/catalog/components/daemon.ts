// The component type `daemon`: a program that runs once on every node. It renders a DaemonSet, and a Service of the
// component's name when it has a port. Traits choose the nodes (node selection, tolerations); `allNodes` is a short
// form for all nodes without exception.
import { z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";
import { brokenRule, type Problem } from "../../model/problems/problem.ts";
import { defineComponent, type Workload } from "../define.ts";
import { nonEmpty, onlyGiven } from "../parts/objects/onlyGiven.ts";
import { share } from "../parts/pod/countOrPercent.ts";
import { minReadySeconds } from "../parts/pod/minReady.ts";
import { imageField, podOf, programFields, programReferences } from "../parts/pod/program.ts";
import { tcpProbe } from "../parts/pod/tcpProbe.ts";
import { outputsOf } from "../parts/service/outputs.ts";
import { checkPorts, containerPorts, portFields, servedPorts, serviceFor } from "../parts/service/ports.ts";
import { described } from "../sharedFields.ts";

const updateField = described(
  z
    .strictObject({
      strategy: described(
        z.enum(["rolling", "manual"]).default("rolling"),
        "rolling: node after node; manual: a pod is replaced only after it was deleted by hand",
        "rolling 逐个节点更新；manual 手动删除 Pod 后才替换",
      ),
      maxUnavailable: described(
        share().optional(),
        "How many nodes may be without a ready pod during an update; default: 1",
        "更新时允许没有就绪 Pod 的节点数，默认 1",
      ),
      maxSurge: described(
        share().optional(),
        "How many nodes may run an old and a new pod during an update; use it instead of maxUnavailable",
        "更新时允许新旧 Pod 并存的节点数，与 maxUnavailable 二选一",
      ),
    })
    .optional(),
  "How pods are replaced",
  "副本更新方式",
);
type Update = z.output<typeof updateField>;

export const daemon = defineComponent({
  name: "daemon",
  summary: { en: "A program that runs once on every node", zh: "每个节点运行一份的程序" },
  schema: z.strictObject({
    image: imageField,
    ...portFields,
    ...programFields,
    allNodes: described(
      z.boolean().default(false),
      "Also run on nodes that keep ordinary pods away (control plane, reserved nodes)",
      "也运行在带污点的节点上（控制面、专用节点）",
    ),
    update: updateField,
  }),
  examples: [
    {
      title: { en: "A log collector on all nodes without exception", zh: "所有节点上的日志采集" },
      value: { image: "fluent/fluent-bit:3.2", allNodes: true },
    },
    {
      title: { en: "Metrics of each node, a quarter of the nodes at a time", zh: "节点指标，每次更新四分之一节点" },
      value: { image: "prom/node-exporter:v1.8.2", port: 9100, update: { maxUnavailable: "25%" } },
    },
  ],
  job: "deploy",
  outputs: (name, properties) => outputsOf(name, servedPorts(properties), "http"),
  references: programReferences,
  check: (properties) => [...checkPorts(properties), ...checkUpdate(properties.update)],
  render(properties, context) {
    const ports = servedPorts(properties);
    const container = onlyGiven({ ports: nonEmpty(containerPorts(ports)), readinessProbe: tcpProbe(ports) });
    const pod = podOf(context.component, properties, container);
    return {
      pod: properties.allNodes ? { ...pod, tolerations: [{ operator: "Exists" }] } : pod,
      controller: daemonSet(context.component, properties.update),
      objects: ports.length === 0 ? [] : [{ manifest: serviceFor(ports, context) }],
    };
  },
});

/** The API server (validation of apps/v1) requires that exactly one of the two fields is more than 0. */
function checkUpdate(update: Update): readonly Problem[] {
  if (update === undefined || update.strategy === "manual") return [];
  const { maxUnavailable, maxSurge } = update;
  const some = (value: number | string | undefined): boolean => Number.parseInt(String(value ?? 0), 10) > 0;
  const neither = !some(maxSurge) && maxUnavailable !== undefined && !some(maxUnavailable);
  if (!neither && !(some(maxSurge) && some(maxUnavailable))) return [];
  const text = {
    en: "give either maxUnavailable or maxSurge, more than 0",
    zh: "maxUnavailable 与 maxSurge 只能有一个，且大于 0",
  };
  return [brokenRule(["update"], text)];
}

function strategyOf(update: Update): JsonObject {
  if (update?.strategy === "manual") return { type: "OnDelete" };
  const { maxSurge = 0, maxUnavailable } = update ?? {};
  const surging = Number.parseInt(String(maxSurge), 10) > 0;
  return { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable: surging ? 0 : (maxUnavailable ?? 1) } };
}

function daemonSet(name: string, update: Update): NonNullable<Workload["controller"]> {
  return ({ template, labels }) => ({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name },
    spec: onlyGiven({
      minReadySeconds: minReadySeconds(template),
      updateStrategy: strategyOf(update),
      selector: { matchLabels: labels },
      template,
    }),
  });
}
