// Reports the health of objects to a follower: immediately, when an object changes, and when time alone changes a
// verdict. Equal verdicts are reported once. After `failed` or `rejected`, nothing more is reported about an object; a
// caller that wants to see it recover calls `follow` again.

import { canonicalJson } from "../model/data/json.ts";
import type { Health, ObjectHealth } from "../model/kubernetes/health.ts";
import { refKey } from "../model/kubernetes/manifest.ts";
import type { Applied } from "../ports/cluster.ts";
import { watch } from "./changes.ts";
import { healthOf } from "./health/health.ts";
import { nextOf, type SandboxVerdict, verdict } from "./health/healthRule.ts";
import { type SandboxState, viewOf } from "./state.ts";
import { isReachable, unreachable } from "./writeCalls.ts";

export function followObjects(
  state: SandboxState,
  objects: readonly Applied[],
  onHealth: (health: ObjectHealth) => void,
): () => void {
  const told = new Map<string, string>();
  const settled = new Set<string>();
  let stopped = false;
  const tell = (object: Applied, health: Health): void => {
    const [key, text] = [refKey(object.ref), canonicalJson(health)];
    if (stopped || settled.has(key) || told.get(key) === text) return;
    told.set(key, text);
    if (health.state === "failed" || health.state === "rejected") settled.add(key);
    onHealth({ ref: object.ref, ...health });
  };
  const unwatch = watch(state.changes, state.clock, () => {
    const view = viewOf(state);
    const verdicts = objects.map((object) => {
      const found = verdictOn(state, object);
      tell(object, found.health);
      return found;
    });
    return nextOf(
      view.now,
      verdicts.map((one) => one.changesAt),
    );
  });
  const stop = (): void => {
    stopped = true;
    unwatch();
  };
  state.closing.signal.addEventListener("abort", stop, { once: true });
  return () => {
    state.closing.signal.removeEventListener("abort", stop);
    stop();
  };
}

function verdictOn(state: SandboxState, object: Applied): SandboxVerdict {
  if (!isReachable(state)) return verdict("unknown", unreachable(state));
  return healthOf(object.ref, viewOf(state), object.uid);
}
