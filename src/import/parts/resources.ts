// Requests and limits of Kubernetes become the trait resources; devices become the trait gpu.
import { isObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, words } from "../mapping/reportWords.ts";
import { field, fieldsOf, type InputPart } from "../mapping/rules.ts";

const NAMES: Readonly<Record<string, string>> = {
  cpu: "cpu",
  memory: "memory",
  "ephemeral-storage": "ephemeralStorage",
};
const USUAL = "nvidia.com/gpu";
/** The form of the names of extended resources: `domain/name`. */
const EXTENDED = /^[^/]+\/[^/]+$/;
const DEVICES = words("became the trait gpu", "改为 gpu 特征");
const SAME = words("not needed: requests and limits of devices are always equal", "无需填写：设备的请求量始终等于上限");
const ONE_KIND = advised(
  ["the trait gpu supports only one kind of device", "gpu 特征只支持一种设备"],
  ["keep the workload as it is in a component of type objects", "请用 objects 组件保留原工作负载"],
);

export function resources(part: InputPart<unknown>, to: Path): void {
  amounts(field(part, "limits"), [...to, "limits"]);
  amounts(field(part, "requests"), to);
}

function amounts(part: InputPart<unknown> | undefined, to: Path): void {
  if (part === undefined) return;
  for (const [name, amount] of fieldsOf(part)) {
    const ours = NAMES[name];
    if (ours !== undefined)
      put(part.importing.ledger, { draft: part.draft, path: [...to, ours] }, amount.value, amount.at);
    else if (EXTENDED.test(name) && to[1] === "resources") devices(name, amount);
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** What HAMi calls a part of a device, as fields of the trait `gpu`. */
const PARTS: Readonly<Record<string, readonly [field: string, written: (amount: number) => string | number]>> = {
  "nvidia.com/gpumem": ["memory", (mebibytes) => `${mebibytes}Mi`],
  "nvidia.com/gpumem-percentage": ["memoryPercent", Number],
  "nvidia.com/gpucores": ["cores", Number],
};

/** Writes the devices of the main container to the trait gpu. Devices of further containers are not supported. */
export function devices(name: string, amount: InputPart<unknown>): void {
  const { draft, importing } = amount;
  const count = parseQuantity(textOf(amount.value)) ?? Number(amount.value);
  const part = PARTS[name];
  const target = { draft, path: ["traits", "gpu", part?.[0] ?? "count"] };
  const present = valueAt(draft, ["traits", "gpu"]);
  if (part !== undefined) {
    const [, written] = part;
    const isWritten = valueAt(draft, target.path) !== undefined;
    return isWritten
      ? say(importing.ledger, amount.at, "changed", SAME, target)
      : put(importing.ledger, target, written(count), amount.at, DEVICES);
  }
  if (isObject(present) && present["count"] !== undefined) {
    const same = present["count"] === count && (present["resource"] ?? USUAL) === name;
    return say(importing.ledger, amount.at, same ? "changed" : "unsupported", same ? SAME : ONE_KIND, target);
  }
  if (name !== USUAL) place(draft, ["traits", "gpu", "resource"], name);
  put(importing.ledger, target, count, amount.at, DEVICES);
}
