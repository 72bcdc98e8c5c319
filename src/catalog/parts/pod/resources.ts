// Compute resources of a container: requests and limits in the API server's own spelling.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import { parseQuantity } from "../../../model/kubernetes/quantity.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { byteAmount, described, quantity } from "../../sharedFields.ts";
import { onlyGiven } from "../objects/onlyGiven.ts";
import { canonicalQuantity } from "./quantity.ts";

const amounts = {
  cpu: described(quantity().optional(), "Cores, e.g. 0.5 or 500m", "CPU 核数，如 0.5 或 500m"),
  memory: described(byteAmount().optional(), "Memory, e.g. 256Mi", "内存，如 256Mi"),
  ephemeralStorage: described(byteAmount().optional(), "Local disk, e.g. 1Gi", "本地磁盘，如 1Gi"),
};

export const resourcesField = () =>
  z.strictObject({
    ...amounts,
    limits: described(
      z.strictObject(amounts).optional(),
      "The most that it may use; default: no limit",
      "使用上限；不写则不限制",
    ),
  });

type Resources = z.output<ReturnType<typeof resourcesField>>;
type Amounts = NonNullable<Resources["limits"]>;

const NAMES = { cpu: "cpu", memory: "memory", ephemeralStorage: "ephemeral-storage" } as const;

export function resourceFields(resources: Resources): JsonObject {
  return onlyGiven({ requests: spelled(resources), limits: resources.limits && spelled(resources.limits) });
}

function spelled(amounts: Amounts): JsonObject | undefined {
  const fields = eachAmount(amounts).map(([field, value]) => [NAMES[field], canonicalQuantity(value)] as const);
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

export function checkResources(resources: Resources, path: Path): readonly Problem[] {
  return eachAmount(resources).flatMap(([field, request]) => {
    const limit = resources.limits?.[field];
    if (limit === undefined || (parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? 0)) return [];
    return [problem("RequestOverLimit", [...path, field], { request, limit })];
  });
}

function eachAmount(amounts: Amounts): readonly (readonly [keyof typeof NAMES, string | number])[] {
  const fields: readonly (keyof typeof NAMES)[] = ["cpu", "memory", "ephemeralStorage"];
  return fields.flatMap((field) => {
    const value = amounts[field];
    return value === undefined ? [] : [[field, value] as const];
  });
}
