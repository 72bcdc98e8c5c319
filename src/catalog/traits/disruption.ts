// How many pods may be taken away at the same time when a node is drained (PodDisruptionBudget). A budget that lets no
// pod go blocks every drain. That is known only together with the number of pods, so plan/render/checkTogether.ts warns
// about it and not this file.
import { z } from "zod";
import { brokenRule, type Problem } from "../../model/problems/problem.ts";
import { defineTrait } from "../define.ts";
import { selectorOf } from "../parts/objects/labels.ts";
import { onlyGiven } from "../parts/objects/onlyGiven.ts";
import { share } from "../parts/pod/countOrPercent.ts";
import { described } from "../sharedFields.ts";

const schema = z.strictObject({
  minAvailable: described(
    share().optional(),
    "Pods that must stay, as a number or a percentage",
    "必须保持可用的副本数或百分比",
  ),
  maxUnavailable: described(
    share().optional(),
    "Pods that may be missing, as a number or a percentage",
    "允许缺少的副本数或百分比",
  ),
});
type Disruption = z.output<typeof schema>;

export const disruption = defineTrait({
  name: "disruption",
  summary: { en: "How many pods may be taken away at once", zh: "允许同时中断的副本数" },
  schema,
  examples: [
    { title: { en: "One at a time", zh: "一次一个" }, value: { maxUnavailable: 1 } },
    { title: { en: "Half must stay", zh: "至少一半可用" }, value: { minAvailable: "50%" } },
  ],
  appliesTo: ["webservice", "worker", "store"],
  check: checkDisruption,
  render: (data, _target, context) => ({
    objects: [
      {
        manifest: {
          apiVersion: "policy/v1",
          kind: "PodDisruptionBudget",
          metadata: { name: context.component },
          spec: onlyGiven({
            minAvailable: data.minAvailable,
            maxUnavailable: data.maxUnavailable,
            selector: { matchLabels: selectorOf(context) },
            // A pod that is not ready does no work, so it must not block the drain of a node forever.
            unhealthyPodEvictionPolicy: "AlwaysAllow",
          }),
        },
      },
    ],
  }),
});

function checkDisruption({ minAvailable, maxUnavailable }: Disruption): readonly Problem[] {
  if ((minAvailable === undefined) !== (maxUnavailable === undefined)) return [];
  const text = {
    en: "give either minAvailable or maxUnavailable",
    zh: "minAvailable 与 maxUnavailable 必须且只能写一个",
  };
  return [brokenRule([], text)];
}
