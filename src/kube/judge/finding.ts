// What a status rule found in one look at an object. How long a finding has lasted is not considered here: verdict.ts
// decides when it becomes final.
import type { Evidence, Health, HealthState } from "../../model/kubernetes/health.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { nameOf, type StatusCondition } from "../objects/statusConditions.ts";
import type { EventFact } from "../watches/eventRing.ts";

export interface HealthFinding extends Health {
  /** When a finding with the same key lasts for `after` milliseconds, the state becomes `into`. */
  readonly turns?: { readonly key: string; readonly after: number; readonly into: "failed" | "rejected" | "ready" };
  /** Milliseconds after which to look again, even if nothing changes on the cluster. */
  readonly again?: number;
  /** The container whose last log lines are shown when the finding becomes final. */
  readonly log?: LogSource;
  /**
   * Whether the object's status says that its present specification was complete before. Only `healthNow` uses it: a
   * follow remembers what it saw itself, because a container that exits immediately counts as complete for an instant.
   */
  readonly wasReady?: boolean;
}

export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

type Facts = NonNullable<Health["facts"]>;

export function ready(facts?: Facts): HealthFinding {
  return { state: "ready", reason: reason("Ready"), evidence: [], ...(facts === undefined ? {} : { facts }) };
}

export function progressing(why: Reason, facts?: Facts): HealthFinding {
  return { state: "progressing", reason: why, evidence: [], ...(facts === undefined ? {} : { facts }) };
}

/** A finding with the number of ready pods, while not all wanted pods are ready. */
export function counted(facts: Facts & { readonly ready: number; readonly wanted: number }): HealthFinding {
  return progressing(reason("Progressing", { ready: facts.ready, wanted: facts.wanted }), facts);
}

export function starting(object: Manifest): HealthFinding {
  return progressing(reason("Starting", { object: shortRef({ kind: object.kind, name: object.metadata.name }) }));
}

export function found(state: HealthState, why: Reason, evidence: readonly Evidence[] = []): HealthFinding {
  return { state, reason: why, evidence };
}

export function fromCondition(object: Manifest, condition: StatusCondition): Evidence {
  const detail = condition.message === "" ? "" : `: ${condition.message}`;
  return {
    source: "condition",
    object: nameOf(object),
    text: `${condition.type}=${condition.status} ${condition.reason}${detail}`,
  };
}

export function fromEvent(event: EventFact): Evidence {
  return { source: "event", object: event.object, text: `${event.reason}: ${event.message}` };
}

export function fromContainer(pod: Manifest, container: string, text: string): Evidence {
  return { source: "container", object: nameOf(pod), text: `${container}: ${text}` };
}

const WEIGHT: Readonly<Partial<Record<HealthState, number>>> = {
  rejected: 0,
  failed: 1,
  blocked: 2,
  degraded: 2,
  progressing: 3,
};

/**
 * Whether a trouble leaves a complete count valid. A `progressing` one does: pods that the cluster interrupted remain
 * next to the new ones.
 */
export function isHarmless(trouble: HealthFinding | undefined): boolean {
  return trouble === undefined || trouble.state === "progressing";
}

/** The most important finding: final before blocked, and one that becomes final before one that may wait for ever. */
export function gravest(findings: readonly HealthFinding[]): HealthFinding | undefined {
  const weight = (one: HealthFinding): number =>
    (WEIGHT[one.state] ?? 4) * 1e9 + (one.turns === undefined ? 1e8 : one.turns.after);
  return findings.reduce<HealthFinding | undefined>(
    (best, one) => (best === undefined || weight(one) < weight(best) ? one : best),
    undefined,
  );
}
