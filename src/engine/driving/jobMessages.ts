// What people and workers send to a job, as the job reads it: everything from the beginning, then each as it comes.
// Kept in the store before anybody is woken, so a job that is taken up again after a crash reads the same.
import type { JobMessage } from "../../catalog/job.ts";
import type { World } from "../interface/dependencies.ts";
import type { Attempt } from "./attempt.ts";

/** `parks`: between messages the job can be left. */
export async function* messagesOf(
  world: World,
  attempt: Attempt,
  { signal, parks }: { readonly signal: AbortSignal; readonly parks: boolean },
): AsyncIterable<JobMessage> {
  let seen = 0;
  while (!signal.aborted) {
    const bell = doorbell(attempt, signal);
    try {
      for (const message of await world.store.messages.after(attempt.run.id, attempt.job.name, seen)) {
        seen = message.sequence;
        const { sequence, kind, attempt: meant, data, actor, at } = message;
        yield { sequence, kind, attempt: meant, data, actor, at };
        if (signal.aborted) return;
      }
      if (parks) bell.wait();
      await bell.rung;
    } finally {
      bell.remove();
    }
  }
}

/** Hung up before looking, so that nothing that comes while we look is missed. */
function doorbell(
  attempt: Attempt,
  signal: AbortSignal,
): { readonly rung: Promise<void>; readonly wait: () => void; readonly remove: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let rang = false;
  let stir: (() => void) | undefined;
  // What rings has to be looked at before the run may be left alone again.
  const ring = (): void => {
    rang = true;
    stir?.();
    resolve();
  };
  const silence = attempt.onMessage(ring);
  signal.addEventListener("abort", ring, { once: true });
  return {
    rung: promise,
    wait: () => {
      if (!rang) stir = attempt.wait(null);
    },
    remove: () => {
      stir?.();
      silence();
      signal.removeEventListener("abort", ring);
    },
  };
}
