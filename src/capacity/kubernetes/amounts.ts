// Amounts of resources as whole numbers, in the scheduler's units: cpu in thousandths of a core, everything else in
// units or bytes, always rounded up. Sums of whole numbers are exact, so a pod that fills a node to the last byte still
// fits.
import { isObject } from "../../model/data/json.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";

export type Amounts = ReadonlyMap<string, number>;
/**
 * Differences below this come from binary fractions ("0.1" cores), not from the text. The smallest step is 1n = 1e-6 of
 * a milli.
 */
const NOISE = 1e-7;

function amountOf(resource: string, text: unknown): number {
  if (typeof text !== "string" && typeof text !== "number") return 0;
  const value = (parseQuantity(text) ?? 0) * (isCpu(resource) ? 1_000 : 1);
  const whole = Math.round(value);
  return Math.abs(value - whole) < NOISE ? whole : Math.ceil(value);
}

/** Quotas also count cpu under the longer names. */
function isCpu(resource: string): boolean {
  return resource === "cpu" || resource === "requests.cpu" || resource === "limits.cpu";
}

/** `{cpu: "500m", memory: "1Gi"}` */
export function readAmounts(value: unknown): Map<string, number> {
  const amounts = new Map<string, number>();
  if (!isObject(value)) return amounts;
  for (const [resource, text] of Object.entries(value)) amounts.set(resource, amountOf(resource, text));
  return amounts;
}

export function addTo(sum: Map<string, number>, more: Amounts, times = 1): void {
  for (const [resource, amount] of more) sum.set(resource, (sum.get(resource) ?? 0) + amount * times);
}

export function raiseTo(sum: Map<string, number>, more: Amounts): void {
  for (const [resource, amount] of more) sum.set(resource, Math.max(sum.get(resource) ?? 0, amount));
}

const BINARY = ["Ei", "Pi", "Ti", "Gi", "Mi", "Ki"] as const;

/** Writes an amount for users, in the notation of Kubernetes: `500m`, `12Gi`, `3`. */
export function writeAmount(resource: string, amount: number): string {
  if (isCpu(resource)) return amount % 1_000 === 0 ? String(amount / 1_000) : `${amount}m`;
  if (!/memory$|storage$|hugepages-/.test(resource)) return String(amount);
  const at = BINARY.findIndex((_, index) => Math.abs(amount) >= 1024 ** (BINARY.length - index));
  const unit = BINARY[at];
  if (unit === undefined) return String(amount);
  const scaled = amount / 1024 ** (BINARY.length - at);
  return `${Number.isInteger(scaled) ? scaled : scaled.toFixed(1)}${unit}`;
}

export function namedAmount(resource: string, amount: number): string {
  return `${writeAmount(resource, amount)} ${resource}`;
}

/**
 * Whether a device plug-in offers the resource, not the kubelet: its name has a domain that is not `kubernetes.io` or a
 * quota prefix.
 */
export function isExtended(resource: string): boolean {
  return resource.includes("/") && !resource.startsWith("kubernetes.io/") && !resource.startsWith("requests.");
}
