// Without a readiness probe Kubernetes calls a container ready in the instant in which it starts, even one that exits a moment later.
// So a ready that nothing has probed is believed only after the container has lived for a moment. Probed ones are believed at once.
import type { Manifest } from "../model/manifest.ts";
import { reason } from "../model/reason.ts";
import { containerPairs } from "./failures/pod.ts";
import { conditionOf, isTrue, timeAt } from "./fields.ts";
import { type Finding, progressing } from "./finding.ts";

/** Programs that cannot start (bad configuration, unreachable database) mostly say so within this. */
const BELIEVED = 2_000;

/** `whenReady`, or progressing until the unprobed containers of these pods have lived long enough. */
export function onceSettled(pods: readonly Manifest[], now: number, whenReady: Finding): Finding {
  const young = pods.flatMap((pod) => youngStarts(pod, now));
  if (young.length === 0) return whenReady;
  const { ready = 0, wanted = 1 } = whenReady.facts ?? {};
  // Our own clock counts, from the first look: the node's may be ahead.
  const turns = { key: `settling/${Math.max(...young)}`, after: BELIEVED, into: "ready" } as const;
  return { ...progressing(reason("Progressing", { ready, wanted }), whenReady.facts), turns };
}

/** When those containers started that run unprobed since a moment ago. */
function youngStarts(pod: Manifest, now: number): readonly number[] {
  if (!isTrue(conditionOf(pod, "Ready"))) return [];
  return containerPairs(pod).flatMap(({ spec, status, role }) => {
    const started = timeAt(status, "state", "running", "startedAt");
    if (role === "init" || spec["readinessProbe"] !== undefined || started === undefined) return [];
    // The cluster tells whole seconds only: one more is needed to be sure.
    return now - started >= BELIEVED + 1_000 ? [] : [started];
  });
}
