// A single pod. A failed pod is failed, and a running pod is not ready before its condition says so. (kstatus and
// gitops-engine differ on both.)

import { textAt } from "../../../../model/data/fieldReaders.ts";
import { reason } from "../../../../model/reasons/reason.ts";
import { nameOf } from "../../../objects/statusConditions.ts";
import { gravestTrouble, interruption, isPodReady } from "../../failures/pod.ts";
import { found, type HealthFinding, isHarmless, ready, starting } from "../../finding.ts";
import type { RuleInput } from "../rule.ts";

export function podStatus({ object, view }: RuleInput): HealthFinding {
  const phase = textAt(object, "status", "phase");
  if (phase === "Succeeded") return { ...ready(), reason: reason("Completed") };
  const trouble = gravestTrouble([object], view);
  if (phase === "Failed") {
    const evidence = trouble?.evidence ?? [
      {
        source: "condition",
        object: nameOf(object),
        text: textAt(object, "status", "message") || "phase Failed",
      } as const,
    ];
    const why = trouble?.reason ?? interruption(object)?.reason ?? reason("TaskFailed", { exitCode: "unknown" });
    return { ...found("failed", why, evidence), ...(trouble?.log === undefined ? {} : { log: trouble.log }) };
  }
  if (isPodReady(object) && isHarmless(trouble)) return ready();
  return trouble ?? starting(object);
}
