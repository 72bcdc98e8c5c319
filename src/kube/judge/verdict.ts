// Turns findings into verdicts by looking at how long they last: a trouble that lasts for its time window becomes
// final, and an object that was ready and no longer is becomes degraded.
// This is a pure state machine: memory and the current time go in, the new memory and the time of the next look come
// out. The timers are in follow.ts.
import type { Health } from "../../model/kubernetes/health.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { HealthFinding, LogSource } from "./finding.ts";

interface Seen {
  readonly first: number;
  readonly last: number;
}

export interface Memory {
  readonly seen: ReadonlyMap<string, Seen>;
  readonly wasReady: boolean;
}

export interface HealthVerdict {
  readonly health: Health;
  /** Whether later findings no longer change the verdict. */
  readonly final: boolean;
  readonly memory: Memory;
  /**
   * Milliseconds after which the same finding may be judged differently; `undefined` when time alone changes nothing.
   */
  readonly again: number | undefined;
  readonly log: LogSource | undefined;
}

export const NO_MEMORY: Memory = { seen: new Map(), wasReady: false };

/**
 * Milliseconds for which a trouble may be absent and still count as lasting: a crash loop shows a running container now
 * and then, and an image pull alternates between two messages.
 */
const GAP = 15_000;
/**
 * Milliseconds after which a lasting trouble is looked at again. Shorter than GAP, because the cluster may report no
 * change for minutes while the trouble lasts.
 */
const CHECK_AGAIN = 10_000;
/** Reasons that do not make an object degraded although it was ready before. */
const NO_LOSS: ReadonlySet<string> = new Set(["Terminating", "VolumePending"]);

export function judge(finding: HealthFinding, memory: Memory, now: number): HealthVerdict {
  const seen = remember(finding, memory, now);
  const { turns } = finding;
  const lasted = turns === undefined ? 0 : now - (seen.get(turns.key)?.first ?? now);
  const turned = turns !== undefined && lasted >= turns.after;
  const state = turned ? turns.into : finding.state;
  const health = healthOf(finding, state, memory.wasReady);
  const isReady = health.state === "ready";
  return {
    health,
    final: health.state === "failed" || health.state === "rejected",
    // A finding that turned into ready keeps its entry, so that it stays ready while it is found again. All other
    // troubles are over.
    memory: { seen: isReady ? only(seen, turned ? turns.key : "") : seen, wasReady: memory.wasReady || isReady },
    again:
      turned || turns === undefined
        ? finding.again
        : Math.min(turns.after - lasted, CHECK_AGAIN, finding.again ?? Number.POSITIVE_INFINITY),
    log: finding.log,
  };
}

function only(seen: ReadonlyMap<string, Seen>, key: string): ReadonlyMap<string, Seen> {
  const one = seen.get(key);
  return new Map(one === undefined ? [] : [[key, one]]);
}

function remember(finding: HealthFinding, memory: Memory, now: number): ReadonlyMap<string, Seen> {
  const kept = [...memory.seen].filter(([, one]) => now - one.last <= GAP);
  const { turns } = finding;
  if (turns === undefined) return new Map(kept);
  const first = kept.find(([key]) => key === turns.key)?.[1].first ?? now;
  return new Map([...kept, [turns.key, { first, last: now }]]);
}

function healthOf(finding: HealthFinding, state: Health["state"], wasReady: boolean): Health {
  const loss = wasReady && ["progressing", "blocked", "failed"].includes(state) && !NO_LOSS.has(finding.reason.code);
  const facts = finding.facts === undefined ? {} : { facts: finding.facts };
  if (state === "ready") {
    const why = finding.state === "ready" ? finding.reason : reason("Ready");
    return { state, reason: why, evidence: finding.evidence, ...facts };
  }
  return { state: loss ? "degraded" : state, reason: finding.reason, evidence: finding.evidence, ...facts };
}
