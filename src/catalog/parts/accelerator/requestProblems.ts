// Rules for a request for accelerators that can be checked without a cluster: fields that exclude each other, and fields
// that the vendor has no resource for. Whether a cluster has such devices is checked against the cluster, in src/capacity.
import { type Localized } from "../../../model/data/text.ts";
import { parseQuantity, suggestBytes } from "../../../model/kubernetes/quantity.ts";
import { brokenRule, type Problem, warning } from "../../../model/problems/problem.ts";
import {
  countPattern,
  type DeviceFields,
  type DeviceKind,
  isModelByAnnotation,
  isModelInName,
  kindOf,
  modelLabelOf,
  modelsOf,
  PART_FIELDS,
  sharedDeviceOf,
  vendorIn,
  vendorNameOf,
} from "./request.ts";
import { domainsOf, type SharedDevice, type Vendor, vendorsWith } from "./vendors.ts";

export function requestProblems(fields: DeviceFields): readonly Problem[] {
  return [
    ...exclusive(fields),
    ...foreignResource(fields),
    ...fewBytes(fields),
    ...unsupported(fields),
    ...severalParts(fields),
    ...profileForm(fields),
    ...modelProblems(fields),
  ];
}

/** For each way to ask for devices, the fields that belong to another way. */
const OTHERS: Readonly<Record<DeviceKind, readonly (keyof DeviceFields)[]>> = {
  resource: ["profile", "shared", ...PART_FIELDS],
  partition: ["shared", ...PART_FIELDS],
  time: [...PART_FIELDS],
  part: [],
  whole: [],
};
const CHOSEN_BY: Readonly<Record<DeviceKind, keyof DeviceFields>> = {
  resource: "resource",
  partition: "profile",
  time: "shared",
  part: "memory",
  whole: "count",
};

function exclusive(fields: DeviceFields): readonly Problem[] {
  const kind = kindOf(fields);
  const text = {
    en: "{field} cannot be used together with {other}: remove one of them",
    zh: "{field} 不能与 {other} 同时使用，请去掉其中一个",
  };
  const apart = (field: keyof DeviceFields, other: keyof DeviceFields): Problem =>
    brokenRule([field], text, { field, other });
  const wrong = OTHERS[kind].filter((field) => fields[field] !== undefined && fields[field] !== false);
  return [
    ...wrong.map((field) => apart(field, CHOSEN_BY[kind])),
    ...(fields.memory !== undefined && fields.memoryPercent !== undefined ? [apart("memoryPercent", "memory")] : []),
  ];
}

function foreignResource(fields: DeviceFields): readonly Problem[] {
  const { vendor: name, resource } = fields;
  const vendor = vendorIn(fields);
  if (name === undefined || resource === undefined || vendor === undefined) return [];
  if (domainsOf(vendor).some((domain) => resource.startsWith(`${domain}/`))) return [];
  const text = {
    en: "{resource} is not a resource of {vendor}, whose resources begin with {domain}/: remove vendor or resource",
    zh: "{resource} 不是 {vendor} 的资源（其资源名以 {domain}/ 开头）：请去掉 vendor 或 resource",
  };
  return [brokenRule(["resource"], text, { resource, vendor: name, domain: domainsOf(vendor).join("/, ") })];
}

const MEBIBYTE = 2 ** 20;

function fewBytes({ memory }: DeviceFields): readonly Problem[] {
  if (memory === undefined || (parseQuantity(memory) ?? 0) >= MEBIBYTE) return [];
  const text = {
    en: "{value} is less than one mebibyte of device memory: write it like 8Gi or 8000Mi",
    zh: "显存 {value} 不足 1 MiB：写法如 8Gi、8000Mi",
  };
  const meant = parseQuantity(memory) === 0 ? undefined : suggestBytes(memory);
  return [brokenRule(["memory"], text, { value: memory }, meant)];
}

const NO_FIELD: Localized = {
  en: "{vendor} has no {field}; vendors that have it: {known}",
  zh: "{vendor} 不支持 {field}；支持的厂商：{known}",
};

/** Whether some middleware of the vendor has a resource for the field. */
const PART_RESOURCE: Readonly<Record<(typeof PART_FIELDS)[number], (shared: SharedDevice) => boolean>> = {
  memory: (shared) => shared.memory !== undefined,
  memoryPercent: (shared) => shared.memoryPercent !== undefined,
  cores: (shared) => shared.cores !== undefined,
  middleware: () => true,
};

function unsupported(fields: DeviceFields): readonly Problem[] {
  const vendor = vendorIn(fields);
  const name = vendorNameOf(fields);
  if (vendor === undefined || name === undefined) return [];
  const missing = (field: keyof DeviceFields, has: (vendor: Vendor) => boolean): readonly Problem[] =>
    has(vendor) ? [] : [brokenRule([field], NO_FIELD, { vendor: name, field, known: vendorsWith(has) })];
  const kind = kindOf(fields);
  if (kind === "time") return missing("shared", (one) => one.timeSliced !== undefined);
  if (kind === "partition") return missing("profile", (one) => one.partition !== undefined);
  if (kind !== "part") return [];
  const middleware = fields.middleware ?? "hami";
  return PART_FIELDS.filter((field) => fields[field] !== undefined).flatMap((field) =>
    missing(field, ({ shared }) => shared?.[middleware] !== undefined && PART_RESOURCE[field](shared[middleware])),
  );
}

function severalParts(fields: DeviceFields): readonly Problem[] {
  const limited = fields.memory !== undefined || fields.memoryPercent !== undefined || fields.cores !== undefined;
  if (fields.count === 1 || !limited || sharedDeviceOf(fields)?.single !== true) return [];
  const text = {
    en: "a container gets part of one {vendor} device only: write count: 1, or ask for whole devices without {fields}",
    zh: "{vendor} 的容器只能使用一块设备的一部分：请写 count: 1，或去掉 {fields} 申请整卡",
  };
  const given = PART_FIELDS.filter((field) => fields[field] !== undefined).join(", ");
  return [brokenRule(["count"], text, { vendor: vendorNameOf(fields) ?? "", fields: given })];
}

function profileForm(fields: DeviceFields): readonly Problem[] {
  const partition = vendorIn(fields)?.partition;
  const { profile } = fields;
  if (profile === undefined || partition === undefined || partition.pattern.test(profile)) return [];
  const text = {
    en: "{value} is not a profile of {vendor}: write it like {example}",
    zh: "{value} 不是 {vendor} 的分区规格：写法如 {example}",
  };
  const params = { value: profile, vendor: vendorNameOf(fields) ?? "", example: partition.example };
  return [brokenRule(["profile"], text, params, meantProfile(profile, partition.pattern))];
}

/** The profile that the author of `mig-1g.10gb`, `1G.10GB` or `1g.10gb+me` meant. */
function meantProfile(profile: string, pattern: RegExp): string | undefined {
  const meant = profile
    .toLowerCase()
    .replace(/^(?:[a-z.]+\/)?(?:mig-)?/, "")
    .replace("+", ".");
  return pattern.test(meant) ? meant : undefined;
}

function modelProblems(fields: DeviceFields): readonly Problem[] {
  const [use, avoid] = [modelsOf(fields.product), modelsOf(fields.avoid)];
  const contradiction = use.length > 0 && use.every((model) => avoid.includes(model));
  const never = {
    en: "every model of product is also one to avoid, so that no device is left: {models}",
    zh: "product 中的型号全部在 avoid 里，没有可用的设备：{models}",
  };
  return [
    ...(contradiction ? [brokenRule(["avoid"], never, { models: use.join(", ") })] : []),
    ...(isModelInName(fields) ? modelInName(fields) : modelWithoutPlace(fields)),
  ];
}

/** The model is a part of the resource's name, so a request has exactly one. */
function modelInName(fields: DeviceFields): readonly Problem[] {
  const models = modelsOf(fields.product);
  const vendor = vendorNameOf(fields) ?? "";
  const isNeeded = kindOf(fields) === "part" || vendorIn(fields)?.standardProduct === undefined;
  const one = {
    en: "{vendor} has resources for each model: give one model as product, such as {example}",
    zh: "{vendor} 的资源按型号区分：请在 product 中写一个型号，如 {example}",
  };
  const example = vendor === "iluvatar" ? "BI-V150" : "Ascend910B3";
  const never = {
    en: "{vendor} has resources for each model, so avoid means nothing: give the model as product",
    zh: "{vendor} 的资源按型号区分，avoid 没有意义：请在 product 中写型号",
  };
  return [
    ...(models.length > 1 || (models.length === 0 && isNeeded)
      ? [brokenRule(["product"], one, { vendor, example })]
      : []),
    ...(fields.avoid === undefined ? [] : [brokenRule(["avoid"], never, { vendor })]),
  ];
}

/** A model was asked for, and it is not known how the vendor's nodes tell it. */
function modelWithoutPlace(fields: DeviceFields): readonly Problem[] {
  if (isModelByAnnotation(fields) || modelLabelOf(fields) !== undefined) return [];
  const given = (["product", "avoid"] as const).filter((field) => fields[field] !== undefined);
  const text = {
    en: "the nodes of {vendor} have no known label for the model: give the key of your nodes' label as productLabel",
    zh: "{vendor} 的节点没有已知的型号标签：请用 productLabel 写出节点上的标签键",
  };
  return given.map((field): Problem => brokenRule([field], text, { vendor: vendorNameOf(fields) ?? "" }));
}

/** What works, but not as its author may think. */
export function requestWarnings(fields: DeviceFields): readonly Problem[] {
  const sliced = vendorIn(fields)?.timeSliced;
  if (fields.count === 1 || sliced === undefined || countPattern(fields) !== sliced) return [];
  return [warning("SlicesNoFaster", ["count"], { resource: sliced, count: fields.count })];
}
