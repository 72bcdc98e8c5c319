// Turns the fields of the trait `gpu` into names and amounts of resources, with the table in vendors.ts. It expects
// fields that requestProblems.ts found nothing wrong with.
import { parseQuantity } from "../../../model/kubernetes/quantity.ts";
import { canonicalQuantity } from "../pod/quantity.ts";
import { type Middleware, type SharedDevice, VENDORS, type Vendor, type VendorName, vendorOf } from "./vendors.ts";

export interface DeviceFields {
  readonly count: number;
  readonly vendor?: VendorName | undefined;
  readonly resource?: string | undefined;
  readonly memory?: string | number | undefined;
  readonly memoryPercent?: number | undefined;
  readonly cores?: number | undefined;
  readonly middleware?: Middleware | undefined;
  readonly profile?: string | undefined;
  readonly shared?: boolean | undefined;
  readonly product?: string | readonly string[] | undefined;
  readonly avoid?: string | readonly string[] | undefined;
  readonly productLabel?: string | undefined;
}

/** resource: the name that the user wrote · part: part of a device, by a middleware */
export type DeviceKind = "resource" | "time" | "partition" | "part" | "whole";

export const PART_FIELDS = ["memory", "memoryPercent", "cores", "middleware"] as const;

export function kindOf(fields: DeviceFields): DeviceKind {
  if (fields.resource !== undefined) return "resource";
  if (fields.profile !== undefined) return "partition";
  if (fields.shared === true) return "time";
  return PART_FIELDS.some((name) => fields[name] !== undefined) ? "part" : "whole";
}

/** `undefined` for a resource of a vendor that is not in the table. */
export function vendorNameOf({ vendor, resource }: DeviceFields): VendorName | undefined {
  return vendor ?? (resource === undefined ? "nvidia" : vendorOf(resource));
}

export function vendorIn(fields: DeviceFields): Vendor | undefined {
  const name = vendorNameOf(fields);
  return name === undefined ? undefined : VENDORS[name];
}

/** How the vendor's devices are shared; `undefined` when the request is not for a part, or the vendor has no parts. */
export function sharedDeviceOf(fields: DeviceFields): SharedDevice | undefined {
  return kindOf(fields) === "part" ? vendorIn(fields)?.shared?.[fields.middleware ?? "hami"] : undefined;
}

const MEBIBYTE = 2 ** 20;

/** The pattern of the resource that counts the devices or their parts. */
export function countPattern(fields: DeviceFields): string | undefined {
  const vendor = vendorIn(fields);
  const patterns: Readonly<Record<DeviceKind, string | undefined>> = {
    resource: fields.resource,
    time: vendor?.timeSliced,
    partition: vendor?.partition?.resource,
    part: sharedDeviceOf(fields)?.count,
    whole: vendor?.whole,
  };
  return patterns[kindOf(fields)];
}

/** Whether the model is a part of the resources' names. */
export function isModelInName(fields: DeviceFields): boolean {
  const shared = sharedDeviceOf(fields);
  return [countPattern(fields), shared?.memory?.resource].some((pattern) => pattern?.includes("{product}"));
}

export function modelsOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function filled(pattern: string, fields: DeviceFields): string {
  const product = modelsOf(fields.product)[0] ?? vendorIn(fields)?.standardProduct ?? "";
  return pattern.replace("{product}", product).replace("{profile}", fields.profile ?? "");
}

/** Names and amounts of the resources, as the API server prints them. */
export function amountsOf(fields: DeviceFields): Readonly<Record<string, string>> {
  const shared = sharedDeviceOf(fields);
  const count = countPattern(fields);
  const memory = fields.memory === undefined ? undefined : (parseQuantity(fields.memory) ?? 0) / MEBIBYTE;
  const pairs: (readonly [string | undefined, number | undefined])[] = [
    [count, fields.count],
    [shared?.memory?.resource, memory && Math.ceil(memory / (shared?.memory?.unit ?? 1))],
    [shared?.memoryPercent, fields.memoryPercent],
    [shared?.cores?.resource, fields.cores && Math.ceil((fields.cores * (shared?.cores?.whole ?? 100)) / 100)],
  ];
  return Object.fromEntries(
    pairs.flatMap(([pattern, amount]) =>
      pattern === undefined || amount === undefined ? [] : [[filled(pattern, fields), canonicalQuantity(amount)]],
    ),
  );
}

/**
 * Keys of the taints that keep other pods off the nodes. A node with partitions or parts of devices carries the taint of
 * the whole devices (`nvidia.com/gpu`).
 */
export function taintKeysOf(fields: DeviceFields): readonly string[] {
  const patterns = [countPattern(fields), vendorIn(fields)?.whole];
  return [...new Set(patterns.flatMap((one) => (one === undefined ? [] : [filled(one, fields)])))];
}

/** The node label that names the model; `undefined` when the vendor has none that is known. */
export function modelLabelOf(fields: DeviceFields): string | undefined {
  if (fields.productLabel !== undefined) return fields.productLabel;
  const known = vendorIn(fields)?.modelLabel;
  if (known !== undefined || fields.resource === undefined) return known;
  return `${fields.resource.slice(0, fields.resource.indexOf("/"))}/gpu.product`;
}

/** Whether the middleware, and not a node label, chooses the model. */
export function isModelByAnnotation(fields: DeviceFields): boolean {
  const asked = kindOf(fields) === "part" && fields.productLabel === undefined && !isModelInName(fields);
  return asked && vendorIn(fields)?.modelAnnotations !== undefined;
}

/** Annotations of the pod for the middleware. */
export function deviceAnnotations(fields: DeviceFields): Readonly<Record<string, string>> {
  const vendor = vendorIn(fields);
  const names = isModelByAnnotation(fields) ? vendor?.modelAnnotations : undefined;
  const spelled = (models: readonly string[]): string =>
    [...new Set(models.flatMap((one) => (vendor?.spacedModels ? spellings(one) : [one])))].join(",");
  const [use, avoid] = [modelsOf(fields.product), modelsOf(fields.avoid)];
  return {
    ...(fields.cores === undefined ? {} : sharedDeviceOf(fields)?.cores?.annotations),
    ...(names === undefined || use.length === 0 ? {} : { [names.use]: spelled(use) }),
    ...(names === undefined || avoid.length === 0 ? {} : { [names.avoid]: spelled(avoid) }),
  };
}

/**
 * The node label NVIDIA-A100-SXM4-80GB stands for the card `NVIDIA A100-SXM4-80GB`: spaces became dashes, and which ones
 * cannot be seen. In the names of cards, spaces come before dashes, so one spelling for each number of spaces covers
 * them. HAMi takes a card when its name contains one of the spellings.
 */
function spellings(label: string): readonly string[] {
  const words = label.split("-");
  return words.map((_, spaces) => [words.slice(0, spaces + 1).join(" "), ...words.slice(spaces + 1)].join("-"));
}
