// Accelerators of the main container. They are extended resources: amounts are whole numbers, and the request always
// equals the limit. https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/
// Not done here: sharing one device by time slicing. MIG profiles are resources of their own, which `resource` can
// name.
import { z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";
import { defineTrait } from "../define.ts";
import { described, NODE_LABEL } from "../sharedFields.ts";

/** `domain/name`, the form of an extended resource. Names without a domain belong to Kubernetes. */
const RESOURCE = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const product = z.string().regex(VALUE, "a value of a node label, such as NVIDIA-A100-SXM4-80GB");

const schema = z.strictObject({
  count: described(z.int().min(1).max(64), "How many devices", "设备数量"),
  resource: described(
    z.string().regex(RESOURCE, "a resource such as nvidia.com/gpu").default("nvidia.com/gpu"),
    "Extended resource that the device plug-in offers",
    "设备插件提供的扩展资源名",
  ),
  product: described(
    z.union([product, z.array(product).min(1).max(20)]).optional(),
    "Only nodes with this model, or with one of these models",
    "限定显卡型号，可写多个",
  ),
  productLabel: described(
    z.string().regex(NODE_LABEL, "the key of a node label").optional(),
    "Node label that names the model; default: <domain of the resource>/gpu.product",
    "标识型号的节点标签，默认 <资源域名>/gpu.product",
  ),
  tolerate: described(
    z.boolean().default(true),
    "Also run on nodes that are reserved for such devices (taint of the resource's name)",
    "容忍以资源名为键的节点污点",
  ),
});
type Gpu = z.output<typeof schema>;

export const gpu = defineTrait({
  name: "gpu",
  summary: { en: "Accelerators such as GPUs", zh: "GPU 等加速设备" },
  schema,
  examples: [
    { title: { en: "One GPU", zh: "一块 GPU" }, value: { count: 1 } },
    {
      title: { en: "Two of a certain model", zh: "指定型号两块" },
      value: { count: 2, product: ["NVIDIA-A100-SXM4-80GB", "NVIDIA-H100-80GB-HBM3"] },
    },
  ],
  appliesTo: "pods",
  render(data) {
    const amount = { [data.resource]: String(data.count) };
    const affinity = modelOf(data);
    return {
      container: { resources: { requests: amount, limits: amount } },
      pod: {
        ...(affinity === undefined ? {} : { affinity }),
        ...(data.tolerate ? { tolerations: [{ key: data.resource, operator: "Exists", effect: "NoSchedule" }] } : {}),
      },
    };
  },
});

function modelOf({ product: wanted, productLabel, resource }: Gpu): JsonObject | undefined {
  if (wanted === undefined) return undefined;
  const key = productLabel ?? `${resource.slice(0, resource.indexOf("/"))}/gpu.product`;
  const expression = { key, operator: "In", values: typeof wanted === "string" ? [wanted] : wanted };
  const required = { nodeSelectorTerms: [{ matchExpressions: [expression] }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
}
