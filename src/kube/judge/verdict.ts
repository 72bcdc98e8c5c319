// Time over findings: a trouble becomes a final verdict when it lasted for its window, what was ready and is not is degraded.
// A pure state machine: memory and now come in, memory and the moment to look again come out. Whoever follows owns the timer.
import type { Health } from "../../model/kubernetes/health.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Finding, LogSource } from "./finding.ts";

interface Seen {
  readonly first: number;
  readonly last: number;
}

export interface Memory {
  readonly seen: ReadonlyMap<string, Seen>;
  readonly wasReady: boolean;
}

export interface Verdict {
  readonly health: Health;
  /** Nothing that follows changes it. */
  readonly final: boolean;
  readonly memory: Memory;
  /** Milliseconds after which the same finding would be judged differently. */
  readonly again: number | undefined;
  readonly log: LogSource | undefined;
}

export const NO_MEMORY: Memory = { seen: new Map(), wasReady: false };

/** A crash loop shows a running container now and then, an image pull alternates between two words: gaps up to this do not end a trouble. */
const GAP = 15_000;
/** Looked at again before its gap is over: the cluster may have nothing new to say for minutes, and a trouble has to last all the same. */
const LOOK_AGAIN = 10_000;
/** What is not a loss, though the object was ready before. */
const NO_LOSS: ReadonlySet<string> = new Set(["Terminating", "VolumePending"]);

export function judge(finding: Finding, memory: Memory, now: number): Verdict {
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
    // What has turned ready stays so while it is found again; every other trouble is over.
    memory: { seen: isReady ? only(seen, turned ? turns.key : "") : seen, wasReady: memory.wasReady || isReady },
    again:
      turned || turns === undefined
        ? finding.again
        : Math.min(turns.after - lasted, LOOK_AGAIN, finding.again ?? Number.POSITIVE_INFINITY),
    log: finding.log,
  };
}

function only(seen: ReadonlyMap<string, Seen>, key: string): ReadonlyMap<string, Seen> {
  const one = seen.get(key);
  return new Map(one === undefined ? [] : [[key, one]]);
}

function remember(finding: Finding, memory: Memory, now: number): ReadonlyMap<string, Seen> {
  const kept = [...memory.seen].filter(([, one]) => now - one.last <= GAP);
  const { turns } = finding;
  if (turns === undefined) return new Map(kept);
  const first = kept.find(([key]) => key === turns.key)?.[1].first ?? now;
  return new Map([...kept, [turns.key, { first, last: now }]]);
}

function healthOf(finding: Finding, state: Health["state"], wasReady: boolean): Health {
  const loss = wasReady && ["progressing", "blocked", "failed"].includes(state) && !NO_LOSS.has(finding.reason.code);
  const facts = finding.facts === undefined ? {} : { facts: finding.facts };
  if (state === "ready") {
    const why = finding.state === "ready" ? finding.reason : reason("Ready");
    return { state, reason: why, evidence: finding.evidence, ...facts };
  }
  return { state: loss ? "degraded" : state, reason: finding.reason, evidence: finding.evidence, ...facts };
}
