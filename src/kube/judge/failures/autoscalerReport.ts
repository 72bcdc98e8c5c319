// What an autoscaler reports about a pod that has no node: Cluster Autoscaler and Karpenter write events on the pod. The
// newest report counts, because an autoscaler looks again and again. It decides nothing: whether the pod can ever run is
// computed by src/capacity.
// https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/processors/status/eventing_scale_up_processor.go
// https://github.com/kubernetes-sigs/karpenter/blob/main/pkg/controllers/provisioning/scheduling/events.go
import { type Reason, reason, withAlso } from "../../../model/reasons/reason.ts";
import { clip } from "../../refusals/admission.ts";
import type { EventFact } from "../../watches/eventRing.ts";

interface AutoscalerReport {
  readonly reason: Reason;
  readonly event: EventFact;
}

/** By the reason of the event. `undefined`: the event is not a report of an autoscaler, or its form is not known. */
const READERS: Readonly<Record<string, (message: string) => Reason | undefined>> = {
  TriggeredScaleUp: growing,
  NotTriggerScaleUp: refusing,
  Nominated: (message) => {
    const node = /^Pod should schedule on: (.+)$/.exec(message)?.[1];
    return node === undefined ? undefined : reason("NodeStarting", { node: clip(node) });
  },
  // The scheduler writes events with this reason too; only Karpenter begins them so.
  FailedScheduling: (message) => {
    const detail = /^Failed to schedule pod, (.+)$/s.exec(message)?.[1];
    return detail === undefined
      ? undefined
      : withAlso(reason("NoNewNode"), reason("AutoscalerSaid", { detail: clip(detail) }));
  },
};

/** `undefined` when no autoscaler has reported anything about the pod. */
export function autoscalerReport(events: readonly EventFact[]): AutoscalerReport | undefined {
  for (const event of events.toReversed()) {
    const why = READERS[event.reason]?.(event.message.trim());
    if (why !== undefined) return { reason: why, event };
  }
  return undefined;
}

/** `pod triggered scale-up: [{pool-a 1->2 (max: 5)} {pool-b 0->1 (max: 3)}]` */
function growing(message: string): Reason | undefined {
  const grown = [...message.matchAll(/\{(\S+) (\d+)->(\d+) \(max: \d+\)\}/g)].map(([, path = "", from = "", to = ""]) =>
    reason("NodeComing", { group: path.slice(path.lastIndexOf("/") + 1), from: Number(from), to: Number(to) }),
  );
  const [first, ...others] = grown;
  return first === undefined ? undefined : withAlso(first, ...others);
}

/** `pod didn't trigger scale-up: 2 max node group size reached, 1 node(s) didn't match Pod's node affinity/selector` */
function refusing(message: string): Reason {
  const causes = message.replace(/^pod didn't trigger scale-up:?\s*/, "");
  // The causes come in any order, and each new order would be reported as a change.
  const parts = causes.split(/, (?=\d+ )/).filter((one) => one !== "");
  const facts = parts.map(groupsIn).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return withAlso(reason("NoNewNode"), ...facts);
}

function groupsIn(part: string): Reason {
  const [, number = "", detail = ""] = /^(\d+) (.*)$/s.exec(part) ?? [];
  if (detail === "") return reason("AutoscalerSaid", { detail: clip(part) });
  const count = Number(number);
  if (/max node group size reached/.test(detail))
    return reason(count === 1 ? "GroupAtMost" : "GroupsAtMost", { count });
  if (/in backoff/.test(detail)) return reason("GroupsBackOff", { count });
  return reason("GroupsUnfit", { count, detail: clip(detail) });
}
