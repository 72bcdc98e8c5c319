// Tests that following objects ends with the first answer or when the signal aborts, whichever comes first.
import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { HealthState, ObjectHealth } from "../../src/model/kubernetes/health.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import { followUntil } from "../../src/ports/followUntil.ts";

const REF = { apiVersion: "v1", kind: "Pod", namespace: "default", name: "one" };
const health = (state: HealthState): ObjectHealth => ({ ref: REF, state, reason: reason("Completed"), evidence: [] });

/** Follows an object. The given states are reported before `follow` returns, later states with `tell`. */
function begin(early: readonly HealthState[]) {
  const gone = new AbortController();
  const listeners = new Set<(health: ObjectHealth) => void>();
  const decided: HealthState[] = [];
  const follow = (_: unknown, onHealth: (health: ObjectHealth) => void) => {
    listeners.add(onHealth);
    for (const state of early) onHealth(health(state));
    return () => void listeners.delete(onHealth);
  };
  const decide = ({ state }: ObjectHealth): HealthState | undefined => {
    decided.push(state);
    return state === "progressing" ? undefined : state;
  };
  const answer = followUntil({ follow }, { objects: [], signal: gone.signal, decide });
  const tell = (state: HealthState): void => listeners.forEach((listener) => listener(health(state)));
  const left = (): number => listeners.size + getEventListeners(gone.signal, "abort").length;
  return { answer, decided, gone, tell, left };
}

describe("following until an answer", () => {
  it("gives the first answer and stops following", async () => {
    const { answer, decided, tell, left } = begin(["progressing"]);
    tell("progressing");
    tell("ready");
    tell("failed");
    expect(await answer).toBe("ready");
    expect([decided, left()]).toEqual([["progressing", "progressing", "ready"], 0]);
  });

  it("takes an answer that comes before the cluster has returned what ends the following", async () => {
    const { answer, decided, left } = begin(["ready", "failed"]);
    expect(await answer).toBe("ready");
    expect([decided, left()]).toEqual([["ready"], 0]);
  });

  it("gives null when the signal aborts", async () => {
    const { answer, gone, left } = begin(["progressing"]);
    gone.abort();
    expect(await answer).toBeNull();
    expect(left()).toBe(0);
  });
});
