// HorizontalPodAutoscaler: advisory. The pods run whether it can scale them or not, so it never delays a deployment;
// the reason why it cannot scale is reported. Metrics of new pods take a while to arrive, so missing metrics count only
// when they stay missing.

import { listAt, numberAt, textAt, timeAt } from "../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, nameOf, type StatusCondition } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, fromCondition, type HealthFinding, ready } from "../finding.ts";
import type { RuleInput } from "./rule.ts";

const METRICS_COME_WITHIN = 120_000;

export function horizontalPodAutoscalerStatus({ object, view }: RuleInput): HealthFinding {
  const facts = {
    ready: numberAt(object, "status", "currentReplicas"),
    wanted: numberAt(object, "status", "desiredReplicas"),
  };
  const able = conditionOf(object, "AbleToScale");
  const active = conditionOf(object, "ScalingActive");
  if (active?.status === "False" && active.reason === "ScalingDisabled")
    return {
      ...found("ready", reason("Suspended", { object: nameOf(object) }), [fromCondition(object, active)]),
      facts,
    };
  const bad = [able, active].find((one): one is StatusCondition => one?.status === "False");
  if (bad === undefined) return ready(facts);
  const left = bad.reason.startsWith("FailedGet") ? METRICS_COME_WITHIN - (view.now - sinceOf(object, bad.type)) : 0;
  if (left > 0) return { ...ready(facts), again: left };
  const why = reason("Advisory", { object: nameOf(object), detail: clip(`${bad.reason}: ${bad.message}`) });
  return { ...found("ready", why, [fromCondition(object, bad)]), facts };
}

function sinceOf(object: Manifest, type: string): number {
  const condition = listAt(object, "status", "conditions").find((one) => textAt(one, "type") === type);
  return timeAt(condition, "lastTransitionTime") ?? 0;
}
