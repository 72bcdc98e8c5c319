// The Deployment around a pod. The component types that run without an end share it.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import { brokenRule, type Problem } from "../../../model/problems/problem.ts";
import type { VolumeClaim, Workload } from "../../define.ts";
import { described } from "../../sharedFields.ts";
import { onlyGiven } from "../objects/onlyGiven.ts";
import { isNothing, share } from "./countOrPercent.ts";
import { minReadySeconds } from "./minReady.ts";

export const updateField = described(
  z
    .strictObject({
      strategy: described(
        z.enum(["rolling", "recreate"]).default("rolling"),
        "rolling: new pods start first; recreate: old pods end before new ones start",
        "rolling 先起新副本；recreate 先停旧副本",
      ),
      maxSurge: described(share().default(1), "Pods above the wanted number during an update", "更新时可多出的副本"),
      maxUnavailable: described(
        share().default(0),
        "Pods below the wanted number during an update",
        "更新时可缺少的副本",
      ),
    })
    .optional(),
  "How pods are replaced",
  "副本更新方式",
);

type Update = z.output<typeof updateField>;

export function checkUpdate(update: Update): readonly Problem[] {
  if (update === undefined || update.strategy === "recreate") return [];
  if (!isNothing(update.maxSurge) || !isNothing(update.maxUnavailable)) return [];
  const text = { en: "maxSurge and maxUnavailable cannot both be 0", zh: "maxSurge 与 maxUnavailable 不能同时为 0" };
  return [brokenRule(["update"], text)];
}

interface DeploymentFields {
  readonly name: string;
  readonly replicas: number;
  readonly update?: Update;
  /** Milliseconds without progress after which the rollout has failed. */
  readonly timeout: number;
}

/**
 * New pods start first (maxUnavailable 0), so that an update loses no request. The exception is a volume that only one
 * node can mount: the new pod would wait for the old one forever if it lands on another node. There the old pod ends
 * first, unless the user decided otherwise.
 */
export function deploymentOf(fields: DeploymentFields): NonNullable<Workload["controller"]> {
  return ({ template, labels, claims }) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: fields.name },
    spec: onlyGiven({
      replicas: fields.replicas,
      minReadySeconds: minReadySeconds(template),
      strategy: strategy(fields.update, claims),
      progressDeadlineSeconds: Math.max(1, Math.ceil(fields.timeout / 1000)),
      selector: { matchLabels: labels },
      template,
    }),
  });
}

/** True when pods on several nodes can use the volume. */
export function isShared(claim: Pick<VolumeClaim, "accessModes">): boolean {
  return claim.accessModes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
}

function strategy(update: Update, claims: readonly VolumeClaim[]): JsonObject {
  const recreate = update === undefined ? !claims.every(isShared) : update.strategy === "recreate";
  if (recreate) return { type: "Recreate" };
  const { maxSurge = 1, maxUnavailable = 0 } = update ?? {};
  return { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } };
}
