// What a status rule found, before time has been considered: verdict.ts decides when a finding that lasts becomes final.
import type { Evidence, Health, HealthState } from "../../model/kubernetes/health.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { type Condition, nameOf } from "../objects/statusConditions.ts";
import type { EventFact } from "../watches/eventRing.ts";

export interface Finding extends Health {
  /** If this very thing (same key) lasts `after` milliseconds, the state becomes `into`. */
  readonly turns?: { readonly key: string; readonly after: number; readonly into: "failed" | "rejected" | "ready" };
  /** Nothing will change on the cluster, but look again after so many milliseconds. */
  readonly again?: number;
  /** Whose last words to show when it becomes final. */
  readonly log?: LogSource;
  /** The object says that its present specification was complete before. Whoever followed it from the start knows better: a container
   * that exits at once is complete for an instant. */
  readonly wasReady?: boolean;
}

export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

type Facts = NonNullable<Health["facts"]>;

export function ready(facts?: Facts): Finding {
  return { state: "ready", reason: reason("Ready"), evidence: [], ...(facts === undefined ? {} : { facts }) };
}

export function progressing(why: Reason, facts?: Facts): Finding {
  return { state: "progressing", reason: why, evidence: [], ...(facts === undefined ? {} : { facts }) };
}

/** So many of the wanted pods, and not all yet. */
export function counted(facts: Facts & { readonly ready: number; readonly wanted: number }): Finding {
  return progressing(reason("Progressing", { ready: facts.ready, wanted: facts.wanted }), facts);
}

export function starting(object: Manifest): Finding {
  return progressing(reason("Starting", { object: shortRef({ kind: object.kind, name: object.metadata.name }) }));
}

export function found(state: HealthState, why: Reason, evidence: readonly Evidence[] = []): Finding {
  return { state, reason: why, evidence };
}

export function fromCondition(object: Manifest, condition: Condition): Evidence {
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

/** Trouble that does not contradict what the counts say: pods that the cluster interrupted leave their remains beside the new ones. */
export function isHarmless(trouble: Finding | undefined): boolean {
  return trouble === undefined || trouble.state === "progressing";
}

/** The finding that tells most: what is final before what is blocked, what will become final before what may wait for ever. */
export function gravest(findings: readonly Finding[]): Finding | undefined {
  const weight = (one: Finding): number =>
    (WEIGHT[one.state] ?? 4) * 1e9 + (one.turns === undefined ? 1e8 : one.turns.after);
  return findings.reduce<Finding | undefined>(
    (best, one) => (best === undefined || weight(one) < weight(best) ? one : best),
    undefined,
  );
}
