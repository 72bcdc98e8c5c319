// For each vendor and middleware, what the trait `gpu` must render. A test without a cluster compares it, and a test on a
// cluster asks the API server whether it accepts it.
import type { JsonObject } from "../../../src/model/data/json.ts";

interface GpuRow {
  readonly gpu: JsonObject;
  readonly limits: JsonObject;
  readonly annotations?: JsonObject;
  readonly taints?: readonly string[];
  readonly label?: readonly unknown[];
  readonly scheduler?: string;
}

/**
 * What the documentation of the middleware says that a pod must ask for (Project-HAMi/HAMi: docs, examples and
 * pkg/device; NVIDIA, AMD and Intel: the README of the device plug-in). Amounts are spelled as the API server prints them.
 */
export const GPU_ROWS: Readonly<Record<string, GpuRow>> = {
  "nvidia, whole": { gpu: { count: 2 }, limits: { "nvidia.com/gpu": "2" }, taints: ["nvidia.com/gpu"] },
  "nvidia, HAMi": {
    gpu: { count: 2, memory: "8Gi", cores: 30 },
    limits: { "nvidia.com/gpu": "2", "nvidia.com/gpumem": "8192", "nvidia.com/gpucores": "30" },
    taints: ["nvidia.com/gpu"],
  },
  "nvidia, HAMi, above 10,000 MiB": {
    gpu: { memory: "20000Mi" },
    limits: { "nvidia.com/gpu": "1", "nvidia.com/gpumem": "20k" },
  },
  "nvidia, HAMi, percent": {
    gpu: { memoryPercent: 50 },
    limits: { "nvidia.com/gpu": "1", "nvidia.com/gpumem-percentage": "50" },
  },
  "nvidia, HAMi, a model with dashes and one with spaces": {
    gpu: { memory: "3000Mi", product: ["NVIDIA-A100-SXM4-80GB", "NVIDIA-A10"] },
    limits: { "nvidia.com/gpu": "1", "nvidia.com/gpumem": "3k" },
    annotations: {
      "nvidia.com/use-gputype":
        "NVIDIA-A100-SXM4-80GB,NVIDIA A100-SXM4-80GB,NVIDIA A100 SXM4-80GB,NVIDIA A100 SXM4 80GB,NVIDIA-A10,NVIDIA A10",
    },
  },
  "nvidia, HAMi, not that model": {
    gpu: { cores: 20, avoid: "T4" },
    limits: { "nvidia.com/gpu": "1", "nvidia.com/gpucores": "20" },
    annotations: { "nvidia.com/nouse-gputype": "T4" },
  },
  "nvidia, HAMi, a model by a node label": {
    gpu: { cores: 20, product: "T4", productLabel: "nvidia.com/gpu.product" },
    limits: { "nvidia.com/gpu": "1", "nvidia.com/gpucores": "20" },
    label: [{ key: "nvidia.com/gpu.product", operator: "In", values: ["T4"] }],
  },
  "nvidia, Volcano": {
    gpu: { count: 2, middleware: "volcano", memory: "3000Mi", cores: 50 },
    limits: { "volcano.sh/vgpu-number": "2", "volcano.sh/vgpu-memory": "3k", "volcano.sh/vgpu-cores": "50" },
    scheduler: "volcano",
    taints: ["volcano.sh/vgpu-number", "nvidia.com/gpu"],
  },
  "nvidia, MIG: the nodes carry the taint of the whole device": {
    gpu: { profile: "1g.10gb", product: "NVIDIA-A100-SXM4-80GB" },
    limits: { "nvidia.com/mig-1g.10gb": "1" },
    taints: ["nvidia.com/mig-1g.10gb", "nvidia.com/gpu"],
    label: [{ key: "nvidia.com/gpu.product", operator: "In", values: ["NVIDIA-A100-SXM4-80GB"] }],
  },
  "nvidia, MIG by the name of the resource": {
    gpu: { resource: "nvidia.com/mig-3g.40gb" },
    limits: { "nvidia.com/mig-3g.40gb": "1" },
    taints: ["nvidia.com/mig-3g.40gb", "nvidia.com/gpu"],
  },
  "nvidia, time slicing": {
    gpu: { shared: true },
    limits: { "nvidia.com/gpu.shared": "1" },
    taints: ["nvidia.com/gpu.shared", "nvidia.com/gpu"],
  },
  "amd, whole": {
    gpu: { vendor: "amd", count: 4, product: "AMD_Instinct_MI300X", avoid: "AMD_Instinct_MI210" },
    limits: { "amd.com/gpu": "4" },
    taints: ["amd.com/gpu"],
    label: [
      { key: "amd.com/gpu.product-name", operator: "In", values: ["AMD_Instinct_MI300X"] },
      { key: "amd.com/gpu.product-name", operator: "NotIn", values: ["AMD_Instinct_MI210"] },
    ],
  },
  "amd, HAMi": {
    gpu: { vendor: "amd", memory: "48Gi", cores: 25, product: "AMD_Instinct_MI300X_VF" },
    limits: { "amd.com/gpu": "1", "amd.com/gpumem": "49152", "amd.com/gpucores": "25" },
    annotations: { "amd.com/use-gputype": "AMD_Instinct_MI300X_VF" },
  },
  "amd, a partition": { gpu: { vendor: "amd", profile: "cpx_nps4" }, limits: { "amd.com/cpx_nps4": "1" } },
  intel: { gpu: { vendor: "intel" }, limits: { "gpu.intel.com/i915": "1" }, taints: ["gpu.intel.com/i915"] },
  "intel, the newer driver": {
    gpu: { resource: "gpu.intel.com/xe", product: "Arc_B580" },
    limits: { "gpu.intel.com/xe": "1" },
    label: [{ key: "gpu.intel.com/product", operator: "In", values: ["Arc_B580"] }],
  },
  "huawei, the vendor's plug-in": {
    gpu: { vendor: "huawei", count: 8 },
    limits: { "huawei.com/Ascend910": "8" },
    taints: ["huawei.com/Ascend910"],
  },
  "huawei, HAMi": {
    gpu: { vendor: "huawei", product: "Ascend910B3", memory: "28Gi", cores: 40 },
    limits: {
      "huawei.com/Ascend910B3": "1",
      "huawei.com/Ascend910B3-memory": "28672",
      "huawei.com/Ascend910B3-core": "40",
    },
    annotations: { "huawei.com/vnpu-mode": "hami-core" },
  },
  "huawei, Volcano": {
    gpu: { vendor: "huawei", product: "Ascend310P", memory: "4096Mi", middleware: "volcano" },
    limits: { "huawei.com/Ascend310P": "1", "huawei.com/Ascend310P-memory": "4096" },
    scheduler: "volcano",
  },
  "cambricon, whole": { gpu: { vendor: "cambricon" }, limits: { "cambricon.com/mlu": "1" } },
  "cambricon, HAMi: 256 MiB are a unit": {
    gpu: { vendor: "cambricon", memory: "5Gi", cores: 10, product: "MLU370" },
    limits: {
      "cambricon.com/vmlu": "1",
      "cambricon.com/mlu.smlu.vmemory": "20",
      "cambricon.com/mlu.smlu.vcore": "10",
    },
    annotations: { "cambricon.com/use-mlutype": "MLU370" },
  },
  "hygon, whole": { gpu: { vendor: "hygon" }, limits: { "hygon.com/dcu": "1" } },
  "hygon, HAMi": {
    gpu: { vendor: "hygon", memory: "2000Mi", cores: 60, avoid: "Z100" },
    limits: { "hygon.com/dcunum": "1", "hygon.com/dcumem": "2k", "hygon.com/dcucores": "60" },
    annotations: { "hygon.com/nouse-dcutype": "Z100" },
  },
  "hygon, the names of HAMi 2.10": {
    gpu: { vendor: "hygon-hcu", memory: "2000Mi", cores: 60 },
    limits: { "hygon.com/hcunum": "1", "hygon.com/hcumem": "2k", "hygon.com/hcucores": "60" },
  },
  "metax, whole": { gpu: { vendor: "metax" }, limits: { "metax-tech.com/gpu": "1" } },
  "metax, HAMi: GiB, rounded up": {
    gpu: { vendor: "metax", memory: "3500Mi", cores: 60 },
    limits: { "metax-tech.com/sgpu": "1", "metax-tech.com/vmemory": "4", "metax-tech.com/vcore": "60" },
  },
  "enflame, whole": { gpu: { vendor: "enflame" }, limits: { "enflame.com/gcu": "1" } },
  "enflame, HAMi: without a count": {
    gpu: { vendor: "enflame", memory: "20Gi", cores: 40 },
    limits: { "enflame.com/gcu-memory": "20480", "enflame.com/gcu-core": "40" },
    taints: ["enflame.com/gcu"],
  },
  "kunlunxin, whole": { gpu: { vendor: "kunlunxin", count: 2 }, limits: { "kunlunxin.com/xpu": "2" } },
  "kunlunxin, HAMi": {
    gpu: { vendor: "kunlunxin", count: 6, memory: "24Gi" },
    limits: { "kunlunxin.com/vxpu": "6", "kunlunxin.com/vxpu-memory": "24576" },
  },
  "iluvatar, whole": { gpu: { vendor: "iluvatar" }, limits: { "iluvatar.com/gpu": "1" } },
  "iluvatar, HAMi: 256 MiB are a unit": {
    gpu: { vendor: "iluvatar", product: "BI-V150", memory: "16Gi", cores: 50 },
    limits: { "iluvatar.ai/BI-V150-vgpu": "1", "iluvatar.ai/BI-V150.vMem": "64", "iluvatar.ai/BI-V150.vCore": "50" },
  },
  "moorethreads, whole": { gpu: { vendor: "moorethreads" }, limits: { "mthreads.com/gpu": "1" } },
  "moorethreads, HAMi: 512 MiB are a unit, 16 cores a card": {
    gpu: { vendor: "moorethreads", memory: "16Gi", cores: 50 },
    limits: { "mthreads.com/vgpu": "1", "mthreads.com/sgpu-memory": "32", "mthreads.com/sgpu-core": "8" },
  },
  biren: { gpu: { vendor: "biren" }, limits: { "birentech.com/gpu": "1" } },
  vastai: { gpu: { vendor: "vastai" }, limits: { "vastaitech.com/va": "1" } },
  "a device that is not in the table": {
    gpu: { resource: "example.com/fpga", product: "one" },
    limits: { "example.com/fpga": "1" },
    taints: ["example.com/fpga"],
    label: [{ key: "example.com/gpu.product", operator: "In", values: ["one"] }],
  },
};
