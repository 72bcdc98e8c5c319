// The table of accelerator vendors: under which names the pods of a cluster ask for whole devices, for parts of one, and
// for a model. All of it is data; accelerator/resources.ts turns a request into names and amounts. The names are the
// defaults of the vendors' device plug-ins and of HAMi 2.10 (charts/hami/values.yaml and
// charts/hami/templates/scheduler/device-configmap.yaml in Project-HAMi/HAMi), unless a row names another source. A
// cluster that renamed them is reached with the field `resource`.

/** How a middleware lets pods share one device. The amounts are for each device. */
export interface SharedDevice {
  /** Resource that counts the parts. Absent: a request names only memory and cores. */
  readonly count?: string;
  /** Resource for device memory, and how many MiB one unit of it is. */
  readonly memory?: { readonly resource: string; readonly unit: number };
  /** Resource for device memory in percent of the device. */
  readonly memoryPercent?: string;
  /** Resource for compute, how many units of it a whole device has, and annotations that a limit of cores needs. */
  readonly cores?: {
    readonly resource: string;
    readonly whole: number;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** True when a container gets part of one device only, never parts of several. */
  readonly single?: true;
  /** `schedulerName` without which the parts are never assigned. Absent: a webhook of the middleware sets it. */
  readonly scheduler?: string;
}

export interface Vendor {
  /** Resource for whole devices. `{product}` stands for the model, which is then a part of the name. */
  readonly whole: string;
  /** For names with `{product}`: the model of the vendor's own device plug-in. */
  readonly standardProduct?: string;
  /** Other domains of its resources, in addition to that of `whole`. */
  readonly domains?: readonly string[];
  readonly shared?: Readonly<Partial<Record<Middleware, SharedDevice>>>;
  /** Resource of devices that several pods use in turns (time slicing), without limits. */
  readonly timeSliced?: string;
  /** Resource of a device that is partitioned in hardware. `{profile}` stands for the profile. */
  readonly partition?: { readonly resource: string; readonly pattern: RegExp; readonly example: string };
  /** Node label that names the model. */
  readonly modelLabel?: string;
  /** Annotations of a pod with which HAMi and Volcano choose or avoid a model. */
  readonly modelAnnotations?: { readonly use: string; readonly avoid: string };
  /** True when the middleware knows a model under its name with spaces, where the node label has dashes. */
  readonly spacedModels?: true;
}

export const MIDDLEWARE = ["hami", "volcano"] as const;
export type Middleware = (typeof MIDDLEWARE)[number];

/** HAMi's names for an Ascend chip; Volcano reads the same ones (docs/how-to-use-volcano-ascend.md of HAMi). */
const ASCEND: SharedDevice = {
  count: "huawei.com/{product}",
  memory: { resource: "huawei.com/{product}-memory", unit: 1 },
  // docs/ascend910-hami-vnpu-core-support.md: cores are percent, and only this mode limits them.
  cores: { resource: "huawei.com/{product}-core", whole: 100, annotations: { "huawei.com/vnpu-mode": "hami-core" } },
  single: true,
};

const TABLE = {
  // Time slicing, MIG and labels: NVIDIA/k8s-device-plugin, README.md. Sharing: HAMi, docs/config.md and
  // examples/nvidia; the Volcano vGPU plug-in: docs/how-to-use-volcano-vgpu.md.
  nvidia: {
    whole: "nvidia.com/gpu",
    shared: {
      hami: {
        count: "nvidia.com/gpu",
        memory: { resource: "nvidia.com/gpumem", unit: 1 },
        memoryPercent: "nvidia.com/gpumem-percentage",
        cores: { resource: "nvidia.com/gpucores", whole: 100 },
      },
      volcano: {
        count: "volcano.sh/vgpu-number",
        memory: { resource: "volcano.sh/vgpu-memory", unit: 1 },
        memoryPercent: "volcano.sh/vgpu-memory-percentage",
        cores: { resource: "volcano.sh/vgpu-cores", whole: 100 },
        scheduler: "volcano",
      },
    },
    timeSliced: "nvidia.com/gpu.shared",
    partition: {
      resource: "nvidia.com/mig-{profile}",
      pattern: /^([1-9]c\.)?[1-9]g\.\d{1,3}gb([.-][a-z]{2,4})*$/,
      example: "1g.10gb",
    },
    modelLabel: "nvidia.com/gpu.product",
    modelAnnotations: { use: "nvidia.com/use-gputype", avoid: "nvidia.com/nouse-gputype" },
    spacedModels: true,
  },
  // ROCm/k8s-device-plugin: docs/user-guide/configuration.md (partitions with the naming strategy `mixed`) and
  // cmd/k8s-node-labeller/README.md. Sharing: HAMi, docs/amd-vgpu-usage.md (MiB and percent of each device).
  amd: {
    whole: "amd.com/gpu",
    shared: {
      hami: {
        count: "amd.com/gpu",
        memory: { resource: "amd.com/gpumem", unit: 1 },
        cores: { resource: "amd.com/gpucores", whole: 100 },
      },
    },
    partition: { resource: "amd.com/{profile}", pattern: /^[sdtqc]px_nps[1248]$/, example: "cpx_nps4" },
    modelLabel: "amd.com/gpu.product-name",
    modelAnnotations: { use: "amd.com/use-gputype", avoid: "amd.com/nouse-gputype" },
  },
  // intel/intel-device-plugins-for-kubernetes, cmd/gpu_plugin/README.md. Devices of the newer driver are
  // `resource: gpu.intel.com/xe`.
  intel: { whole: "gpu.intel.com/i915", modelLabel: "gpu.intel.com/product" },
  // The vendor's plug-in counts `huawei.com/Ascend910`; HAMi has one resource for each chip. Memory is rounded up to
  // the next template of the chip, and only containers with one device can share: docs/ascend-support.md of HAMi.
  huawei: {
    whole: "huawei.com/{product}",
    standardProduct: "Ascend910",
    shared: { hami: ASCEND, volcano: { ...ASCEND, scheduler: "volcano" } },
  },
  // HAMi, docs/cambricon-mlu-support.md and pkg/device/cambricon: a unit of memory is 256 MiB.
  cambricon: {
    whole: "cambricon.com/mlu",
    shared: {
      hami: {
        count: "cambricon.com/vmlu",
        memory: { resource: "cambricon.com/mlu.smlu.vmemory", unit: 256 },
        cores: { resource: "cambricon.com/mlu.smlu.vcore", whole: 100 },
      },
    },
    modelAnnotations: { use: "cambricon.com/use-mlutype", avoid: "cambricon.com/nouse-mlutype" },
  },
  // HAMi up to 2.9, docs/hygon-dcu-support.md: one part for each container.
  hygon: {
    whole: "hygon.com/dcu",
    shared: {
      hami: {
        count: "hygon.com/dcunum",
        memory: { resource: "hygon.com/dcumem", unit: 1 },
        cores: { resource: "hygon.com/dcucores", whole: 100 },
        single: true,
      },
    },
    modelAnnotations: { use: "hygon.com/use-dcutype", avoid: "hygon.com/nouse-dcutype" },
  },
  // The same cards with the names of HAMi 2.10: docs/hygon-hcu-support.md.
  "hygon-hcu": {
    whole: "hygon.com/hcunum",
    shared: {
      hami: {
        count: "hygon.com/hcunum",
        memory: { resource: "hygon.com/hcumem", unit: 1 },
        cores: { resource: "hygon.com/hcucores", whole: 100 },
      },
    },
    modelAnnotations: { use: "hygon.com/use-hcutype", avoid: "hygon.com/nouse-hcutype" },
  },
  // HAMi, docs/metax-support.md: `vmemory` without a unit means GiB.
  metax: {
    whole: "metax-tech.com/gpu",
    shared: {
      hami: {
        count: "metax-tech.com/sgpu",
        memory: { resource: "metax-tech.com/vmemory", unit: 1024 },
        cores: { resource: "metax-tech.com/vcore", whole: 100 },
      },
    },
  },
  // HAMi, docs/enflame-gcu-support.md and docs/enflame-vgcu-support.md: a part is asked for by memory and cores alone.
  enflame: {
    whole: "enflame.com/gcu",
    shared: {
      hami: {
        memory: { resource: "enflame.com/gcu-memory", unit: 1 },
        cores: { resource: "enflame.com/gcu-core", whole: 100 },
        single: true,
      },
    },
  },
  // HAMi, docs/kunlun-vxpu-support.md: memory in MiB, rounded up to a quarter or a half of the card.
  kunlunxin: {
    whole: "kunlunxin.com/xpu",
    shared: {
      hami: { count: "kunlunxin.com/vxpu", memory: { resource: "kunlunxin.com/vxpu-memory", unit: 1 } },
    },
  },
  // Whole cards: the vendor's ix-device-plugin. Sharing: HAMi, docs/iluvatar-gpu-support.md and
  // examples/iluvatar/default_use_BI-V150.yaml: a unit of memory is 256 MiB, one part for each container.
  iluvatar: {
    whole: "iluvatar.com/gpu",
    domains: ["iluvatar.ai"],
    shared: {
      hami: {
        count: "iluvatar.ai/{product}-vgpu",
        memory: { resource: "iluvatar.ai/{product}.vMem", unit: 256 },
        cores: { resource: "iluvatar.ai/{product}.vCore", whole: 100 },
        single: true,
      },
    },
  },
  // HAMi, docs/mthreads-support.md: a unit of memory is 512 MiB, a card has 16 units of cores, one card is shared.
  moorethreads: {
    whole: "mthreads.com/gpu",
    shared: {
      hami: {
        count: "mthreads.com/vgpu",
        memory: { resource: "mthreads.com/sgpu-memory", unit: 512 },
        cores: { resource: "mthreads.com/sgpu-core", whole: 16 },
        single: true,
      },
    },
  },
  // HAMi, docs/biren-support.md and docs/vastai-support.md: whole devices only.
  biren: { whole: "birentech.com/gpu" },
  vastai: { whole: "vastaitech.com/va" },
} as const satisfies Readonly<Record<string, Vendor>>;

export type VendorName = keyof typeof TABLE;
export const VENDORS: Readonly<Record<VendorName, Vendor>> = TABLE;

// The keys of the table are the names, in its order.
export const VENDOR_NAMES = Object.keys(TABLE) as [VendorName, ...VendorName[]];

const domainOf = (resource: string): string => resource.slice(0, resource.indexOf("/"));

export function domainsOf(vendor: Vendor): readonly string[] {
  return [domainOf(vendor.whole), ...(vendor.domains ?? [])];
}

/** The vendor that a resource belongs to by its domain, such as `nvidia.com`. */
export function vendorOf(resource: string): VendorName | undefined {
  return VENDOR_NAMES.find((name) => domainsOf(VENDORS[name]).includes(domainOf(resource)));
}

/** Names of the vendors for which the test holds, for a sentence. */
export function vendorsWith(test: (vendor: Vendor) => boolean): string {
  return VENDOR_NAMES.filter((name) => test(VENDORS[name])).join(", ");
}
