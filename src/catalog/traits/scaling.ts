// How many pods: a number, or a range within which the cluster decides (HorizontalPodAutoscaler). In a range, the
// number belongs to the autoscaler: kubemin never sends it, so that a deploy does not reset it.
// Utilization is that of the main container alone: sidecars without requests would otherwise stop the autoscaler from
// computing anything.
import { z } from "zod";
import { dig, type JsonObject } from "../../model/data/json.ts";
import { brokenRule, type Problem, problem } from "../../model/problems/problem.ts";
import { defineTrait, type RenderContext, type TraitTarget } from "../define.ts";
import { described, replicas } from "../sharedFields.ts";

const percent = () => z.int().min(1).max(1_000);

const schema = z.strictObject({
  replicas: described(replicas().optional(), "A fixed number of pods", "固定副本数"),
  min: described(z.int().min(1).max(10_000).optional(), "The fewest pods; default: 1", "最少副本数，默认 1"),
  max: described(z.int().min(1).max(10_000).optional(), "The most pods", "最多副本数"),
  cpu: described(
    percent().optional(),
    "Percent of the requested CPU that pods should use on average; default: 80 when neither cpu nor memory is given",
    "平均 CPU 使用率（相对请求量的百分比）；cpu 与 memory 都不写时为 80",
  ),
  memory: described(
    percent().optional(),
    "Percent of the requested memory that pods should use on average",
    "平均内存使用率（相对请求量的百分比）",
  ),
});
type Scaling = z.output<typeof schema>;

const KINDS: Readonly<Record<string, string>> = { store: "StatefulSet" };

export const scaling = defineTrait({
  name: "scaling",
  summary: { en: "How many pods, fixed or by load", zh: "副本数：固定或按负载伸缩" },
  schema,
  examples: [
    { title: { en: "Three pods", zh: "三个副本" }, value: { replicas: 3 } },
    { title: { en: "Two to ten, by load", zh: "按负载 2 到 10 个" }, value: { min: 2, max: 10, cpu: 70 } },
  ],
  appliesTo: ["webservice", "worker", "store"],
  check: checkScaling,
  render(data, target, context) {
    if (data.max === undefined) return { controller: { replicas: data.replicas ?? 1 } };
    return {
      unmanaged: ["replicas"],
      objects: [{ manifest: autoscaler(data, KINDS[target.type] ?? "Deployment", context) }],
    };
  },
});

function checkScaling(data: Scaling, target: TraitTarget): readonly Problem[] {
  const range = data.min ?? data.cpu ?? data.memory ?? data.max;
  if (data.replicas !== undefined && range !== undefined)
    return [
      brokenRule(["replicas"], {
        en: "give either replicas or a range (min, max, cpu, memory)",
        zh: "replicas 与范围（min、max、cpu、memory）只能二选一",
      }),
    ];
  if (data.replicas === undefined && data.max === undefined)
    return [problem("Required", [], { field: range === undefined ? "replicas" : "max" })];
  if (data.max !== undefined && (data.min ?? 1) > data.max)
    return [problem("OutOfRange", ["min"], { value: data.min ?? 1, bound: `≤ ${data.max}` })];
  return saidTwice(data, target);
}

/** A component has one replica when its document says nothing, so a `replicas` of 1 does not contradict this trait. */
function saidTwice(data: Scaling, target: TraitTarget): readonly Problem[] {
  const own = dig(target.properties, "replicas");
  if (typeof own !== "number" || own === 1 || own === data.replicas) return [];
  const text = {
    en: "the component's own `replicas` also says a number, {own}: keep one of the two",
    zh: "组件的 replicas 也写了 {own}，请只保留一处",
  };
  return [brokenRule(data.replicas === undefined ? [] : ["replicas"], text, { own })];
}

function autoscaler(data: Scaling, kind: string, context: RenderContext) {
  const cpu = data.cpu ?? (data.memory === undefined ? 80 : undefined);
  const metrics = [metric("cpu", cpu, context), metric("memory", data.memory, context)].flat();
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: context.component },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind, name: context.component },
      minReplicas: data.min ?? 1,
      maxReplicas: data.max ?? 1,
      metrics,
    },
  };
}

function metric(
  name: string,
  averageUtilization: number | undefined,
  { component }: RenderContext,
): readonly JsonObject[] {
  if (averageUtilization === undefined) return [];
  const containerResource = { name, container: component, target: { type: "Utilization", averageUtilization } };
  return [{ type: "ContainerResource", containerResource }];
}
