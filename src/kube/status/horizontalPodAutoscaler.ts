// HorizontalPodAutoscaler: an adviser. A deploy never waits for it: metrics come minutes after the pods, and many clusters have none
// (argo-cd#6287, argo-cd#28522). What keeps it from working is told beside the ready.
import { conditionsOf } from "../fields.ts";
import { type Finding, fromCondition, ready } from "../finding.ts";
import type { Question } from "./rule.ts";

export function autoscalerStatus({ object }: Question): Finding {
  const troubles = conditionsOf(object).filter(
    ({ type, status, reason }) =>
      status === "False" && (type === "AbleToScale" || type === "ScalingActive") && reason !== "ScalingDisabled",
  );
  return { ...ready(), evidence: troubles.map((one) => fromCondition(object, one)) };
}
