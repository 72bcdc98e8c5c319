// Quotas of a namespace, counted like a ResourceQuota: pods, requests.*, limits.*, persistentvolumeclaims,
// requests.storage.

import { scalarAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { groupKind } from "./kinds.ts";
import type { SandboxObjects, SandboxPod, StoredObject } from "./sandboxObjects.ts";
import { resourcesOf, templateOf, workloadKind } from "./workloadTemplate.ts";

/** `{ "requests.cpu": "4", pods: "10" }` */
export type Quota = Readonly<Record<string, string>>;
export type Quotas = ReadonlyMap<string, Quota>;
export const QUOTA_NAME = "sandbox";

type Usage = ReadonlyMap<string, number>;

/** The reason when the request exceeds what is left of the quota; `null` when it fits or there is no quota. */
export function overQuota(quota: Quota | undefined, used: Usage, asked: Usage): Reason | null {
  for (const [resource, limited] of Object.entries(quota ?? {})) {
    const amount = asked.get(resource) ?? 0;
    const before = used.get(resource) ?? 0;
    if (amount === 0 || before + amount <= (parseQuantity(limited) ?? 0)) continue;
    return reason("QuotaExceeded", {
      quota: QUOTA_NAME,
      requested: `${resource}=${amount}`,
      used: `${resource}=${before}`,
      limited: `${resource}=${limited}`,
    });
  }
  return null;
}

export function podUsage(object: StoredObject): Usage {
  const sums = [...resourcesOf(templateOf(object.manifest))].map(
    ([resource, values]) => [resource, total(values)] as const,
  );
  return new Map([["pods", 1], ...sums]);
}

export function claimUsage(claim: Manifest): Usage {
  const storage = parseQuantity(scalarAt(claim, "spec", "resources", "requests", "storage")) ?? 0;
  return new Map([
    ["persistentvolumeclaims", 1],
    ["requests.storage", storage],
  ]);
}

/** What the namespace uses now: its claims, and its pods except those that the quota blocks or that have ended. */
export function usageOf(objects: SandboxObjects, namespace: string): Map<string, number> {
  const used = new Map<string, number>();
  for (const object of objects.list(namespace)) {
    const admitted = object.pods.filter((pod) => counts(object, pod, objects.now())).length;
    for (let count = 0; count < admitted; count += 1) addUsage(used, podUsage(object));
    if (groupKind(object.manifest) === "PersistentVolumeClaim") addUsage(used, claimUsage(object.manifest));
  }
  return used;
}

function counts({ manifest }: StoredObject, { hold, due }: SandboxPod, now: number): boolean {
  if (hold !== null) return hold.code !== "QuotaExceeded";
  return workloadKind(manifest)?.style !== "end" || due > now;
}

export function addUsage(sum: Map<string, number>, more: Usage): void {
  for (const [resource, amount] of more) sum.set(resource, (sum.get(resource) ?? 0) + amount);
}

function total(values: readonly (string | number)[]): number {
  return values.reduce<number>((sum, value) => sum + (parseQuantity(value) ?? 0), 0);
}
