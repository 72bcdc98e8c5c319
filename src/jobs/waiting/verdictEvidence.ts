// The evidence that a job reports while it waits for room: who uses the room, the position in the queue, how long other
// jobs waited, which node lacks the least, and what would be possible now. Jobs of other projects are counted and not
// named.

import { formatDuration } from "../../model/document/duration.ts";
import type { BeforeInQueue, CapacityVerdict } from "../../model/kubernetes/capacity.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { firstNames, heldBy } from "../../model/reasons/heldBy.ts";
import { explainReason, type Reason, reason, withAlso } from "../../model/reasons/reason.ts";

/** Number of earlier waits that is needed for an estimate. */
const ENOUGH = 3;

/** `lately`: milliseconds that other jobs waited for the same flavor. */
export function verdictEvidence(verdict: CapacityVerdict, lately: readonly number[]): readonly Evidence[] {
  const { best, hint, holders, queue, flavor = "" } = verdict;
  const rows: readonly (readonly [string, Reason | undefined])[] = [
    ["holders", heldBy(holders)],
    ["line", queue === undefined ? undefined : reason("InLine", { position: queue.position, of: queue.of, flavor })],
    ...beforeIt(queue?.before),
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

function beforeIt(before: BeforeInQueue | undefined): readonly (readonly [string, Reason | undefined])[] {
  if (before === undefined) return [];
  const { own, others, shares } = before;
  return [
    ["before it", own.length === 0 ? undefined : reason("BeforeOwn", { jobs: firstNames(own) })],
    ["shares", shares === undefined ? undefined : sharesBefore(others, shares)],
  ];
}

function sharesBefore(count: number, { first, own }: NonNullable<BeforeInQueue["shares"]>): Reason {
  const { used, share } = first;
  return reason("BeforeOthers", { count, used, share, own: own.used, ownShare: own.share });
}

function expected(lately: readonly number[], flavor: string): Reason {
  const sorted = lately.toSorted((a, b) => a - b);
  const share = (part: number): string => formatDuration(sorted[Math.ceil(sorted.length * part) - 1] ?? 0);
  return reason("ExpectedWait", { count: lately.length, flavor, p50: share(0.5), p90: share(0.9) });
}
