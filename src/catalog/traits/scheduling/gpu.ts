// Accelerators of the main container: whole devices, parts of one (HAMi, Volcano), partitions (MIG) and time slices.
// They are extended resources: amounts are whole numbers, and the request always equals the limit.
// https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/
// The names for each vendor are in parts/accelerator/vendors.ts. Devices of dynamic resource allocation are asked for
// with the trait `devices`.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import { defineTrait } from "../../define.ts";
import {
  amountsOf,
  type DeviceFields,
  deviceAnnotations,
  isModelByAnnotation,
  isModelInName,
  modelLabelOf,
  modelsOf,
  sharedDeviceOf,
  taintKeysOf,
} from "../../parts/accelerator/request.ts";
import { requestProblems, requestWarnings } from "../../parts/accelerator/requestProblems.ts";
import { MIDDLEWARE, VENDOR_NAMES } from "../../parts/accelerator/vendors.ts";
import { onlyGiven } from "../../parts/objects/onlyGiven.ts";
import { byteAmount, described, NODE_LABEL } from "../../sharedFields.ts";

/** `domain/name`, the form of an extended resource. Names without a domain belong to Kubernetes. */
const RESOURCE = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const model = z.string().regex(VALUE, "a value of a node label, such as NVIDIA-A100-SXM4-80GB");
const models = () => z.union([model, z.array(model).min(1).max(20)]).optional();
const percent = () => z.int().min(1).max(100).optional();

const schema = z.strictObject({
  count: described(z.int().min(1).max(64).default(1), "How many devices, or parts of devices", "设备数量，或共享份数"),
  vendor: described(z.enum(VENDOR_NAMES).optional(), "Vendor of the devices; default: nvidia", "设备厂商，默认 nvidia"),
  memory: described(
    byteAmount().optional(),
    "Device memory of each part, e.g. 8Gi; rounded up to the unit of the middleware",
    "每份的显存，如 8Gi；按中间件的单位向上取整",
  ),
  memoryPercent: described(percent(), "Device memory of each part in percent of the device", "每份的显存百分比"),
  cores: described(percent(), "Compute of each part in percent of the device", "每份的算力百分比"),
  middleware: described(
    z.enum(MIDDLEWARE).optional(),
    "What shares the devices; default: hami",
    "共享设备的中间件，默认 hami",
  ),
  profile: described(
    z.string().min(1).max(40).optional(),
    "Partition of a device, e.g. 1g.10gb (MIG) or cpx_nps4 (AMD)",
    "硬件分区规格，如 1g.10gb（MIG）、cpx_nps4（AMD）",
  ),
  shared: described(
    z.boolean().optional(),
    "A device that several pods use in turns (time slicing), without limits",
    "多个 Pod 按时间片轮流使用的设备，无显存与算力限制",
  ),
  resource: described(
    z.string().regex(RESOURCE, "a resource such as nvidia.com/gpu").optional(),
    "Extended resource by its name, for devices that the other fields cannot name",
    "直接写扩展资源名，用于其他字段无法表示的设备",
  ),
  product: described(models(), "Only this model, or one of these models", "限定型号，可写多个"),
  avoid: described(models(), "Not this model, or none of these models", "排除的型号，可写多个"),
  productLabel: described(
    z.string().regex(NODE_LABEL, "the key of a node label").optional(),
    "Node label that names the model; default: the vendor's label",
    "标识型号的节点标签，默认为厂商的标签",
  ),
  tolerate: described(
    z.boolean().default(true),
    "Also run on nodes that are reserved for such devices (taint of the resource's name)",
    "容忍以资源名为键的节点污点",
  ),
});

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
    { title: { en: "Part of a GPU, shared by HAMi", zh: "HAMi 共享的部分 GPU" }, value: { memory: "8Gi", cores: 30 } },
    { title: { en: "A MIG partition", zh: "MIG 分区" }, value: { profile: "1g.10gb" } },
    {
      title: { en: "Half of an Ascend NPU", zh: "半块昇腾 NPU" },
      value: { vendor: "huawei", product: "Ascend910B3", memory: "32Gi" },
    },
  ],
  appliesTo: "pods",
  check: requestProblems,
  render(data) {
    const amounts = amountsOf(data);
    const annotations = deviceAnnotations(data);
    const tolerations = taintKeysOf(data).map((key) => ({ key, operator: "Exists", effect: "NoSchedule" }));
    return {
      container: { resources: { requests: amounts, limits: amounts } },
      pod: onlyGiven({
        affinity: modelAffinity(data),
        tolerations: data.tolerate ? tolerations : undefined,
        schedulerName: sharedDeviceOf(data)?.scheduler,
      }),
      ...(Object.keys(annotations).length === 0 ? {} : { metadata: { pods: { annotations } } }),
      warnings: requestWarnings(data),
    };
  },
});

function modelAffinity(data: DeviceFields): JsonObject | undefined {
  const key = modelLabelOf(data);
  const isElsewhere = isModelByAnnotation(data) || (isModelInName(data) && data.productLabel === undefined);
  if (key === undefined || isElsewhere) return undefined;
  const expressions = [
    { key, operator: "In", values: modelsOf(data.product) },
    { key, operator: "NotIn", values: modelsOf(data.avoid) },
  ].filter(({ values }) => values.length > 0);
  if (expressions.length === 0) return undefined;
  const required = { nodeSelectorTerms: [{ matchExpressions: expressions }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
}
