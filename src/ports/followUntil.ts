// Follows objects of a cluster until one answer is found, then stops following. It never polls: the cluster reports each
// change of health.
import type { ObjectHealth } from "../model/kubernetes/health.ts";
import type { Applied, Cluster } from "./cluster.ts";

interface FollowQuestion<T> {
  readonly objects: readonly Applied[];
  readonly signal: AbortSignal;
  /** Called with each reported health, until it returns something other than `undefined`: that is the answer. */
  readonly decide: (health: ObjectHealth) => T | undefined;
}

/** The first answer of `decide`; `null` when the signal aborts before. */
export function followUntil<T>(
  cluster: Pick<Cluster, "follow">,
  { objects, signal, decide }: FollowQuestion<T>,
): Promise<T | null> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(null);
    let unfollow = (): void => {};
    let settled = false;
    const settle = (answer: T | null): void => {
      settled = true;
      signal.removeEventListener("abort", abort);
      // The cluster may report before `follow` has returned the function that ends it.
      queueMicrotask(() => unfollow());
      resolve(answer);
    };
    const abort = (): void => settle(null);
    signal.addEventListener("abort", abort, { once: true });
    unfollow = cluster.follow(objects, (health) => {
      const answer = settled ? undefined : decide(health);
      if (answer !== undefined) settle(answer);
    });
  });
}
