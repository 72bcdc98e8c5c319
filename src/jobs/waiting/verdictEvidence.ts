// The evidence that a job reports while it waits for room: who uses the room, the position in the queue, how long other
// jobs waited, which node lacks the least, and what would be possible now. Jobs of other projects are counted and not
// named.

import { formatDuration } from "../../model/document/duration.ts";
import type { CapacityVerdict } from "../../model/kubernetes/capacity.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { whyBefore } from "../../model/kubernetes/whyBefore.ts";
import { heldBy } from "../../model/reasons/heldBy.ts";
import { explainReason, type Reason, reason, withAlso } from "../../model/reasons/reason.ts";

/** Number of earlier waits that is needed for an estimate. */
const ENOUGH = 3;

/** `lately`: milliseconds that other jobs waited for the same flavor. */
export function verdictEvidence(verdict: CapacityVerdict, lately: readonly number[]): readonly Evidence[] {
  const { best, hint, holders, queue, flavor = "" } = verdict;
  const rows: readonly (readonly [string, Reason | undefined])[] = [
    ["holders", heldBy(holders)],
    ["line", queue === undefined ? undefined : reason("InLine", { position: queue.position, of: queue.of, flavor })],
    ...Object.entries(whyBefore(queue?.before)),
    ["expected wait", lately.length < ENOUGH ? undefined : expected(lately, flavor)],
    [
      "best node",
      best === undefined || best.lacks.length === 0
        ? undefined
        : withAlso(reason("BestNode", { node: best.name }), ...best.lacks),
    ],
    ["possible now", hint],
  ];
  return rows.flatMap(([object, why]) =>
    why === undefined ? [] : [{ source: "capacity", object, text: explainReason(why, "en"), reason: why } as const],
  );
}

function expected(lately: readonly number[], flavor: string): Reason {
  const sorted = lately.toSorted((a, b) => a - b);
  const share = (part: number): string => formatDuration(sorted[Math.ceil(sorted.length * part) - 1] ?? 0);
  return reason("ExpectedWait", { count: lately.length, flavor, p50: share(0.5), p90: share(0.9) });
}
