// HAMi's own quota: it reads `limits.nvidia.com/gpumem` and `limits.nvidia.com/gpucores` of a ResourceQuota, which
// Kubernetes does not count, and adds up the shares of the pods of the namespace. The amounts count once for each part
// of a card that a container asks for. Follows pkg/device/quota.go of HAMi 2.10.
import type { JsonObject } from "../../model/data/json.ts";
import { readAmounts } from "../kubernetes/amounts.ts";
import { listAt, objectAt } from "../kubernetes/optionalFields.ts";
import { containerRequests } from "../kubernetes/podRequests.ts";

const COUNT = "nvidia.com/gpu";
const MEMORY = "nvidia.com/gpumem";
const CORES = "nvidia.com/gpucores";
const KEYS: ReadonlySet<string> = new Set([MEMORY, CORES].map((name) => `limits.${name}`));

interface CardPart {
  readonly memory: number;
  readonly cores: number;
}

export function hasHamiQuota(quotas: readonly JsonObject[]): boolean {
  return quotas.some((quota) => [...readAmounts(objectAt(quota, "spec", "hard")).keys()].some((one) => KEYS.has(one)));
}

/** What a pod takes of the quota. Whole cards are not counted, because their memory is only known on their node. */
export function hamiCharge(spec: JsonObject): ReadonlyMap<string, number> {
  let [memory, cores] = [0, 0];
  for (const container of listAt(spec, "containers")) {
    const asks = containerRequests(container);
    const parts = asks.get(COUNT) ?? 1;
    memory += (asks.get(MEMORY) ?? 0) * parts;
    cores += (asks.get(CORES) ?? 0) * parts;
  }
  return charges(memory, cores);
}

/** What the placed pods of the namespace take of it. */
export function hamiUse(shares: Iterable<readonly CardPart[]>): ReadonlyMap<string, number> {
  let [memory, cores] = [0, 0];
  for (const pod of shares)
    for (const share of pod) {
      memory += share.memory;
      cores += share.cores;
    }
  return charges(memory, cores);
}

function charges(memory: number, cores: number): ReadonlyMap<string, number> {
  return new Map([
    [`limits.${MEMORY}`, memory],
    [`limits.${CORES}`, cores],
  ]);
}
