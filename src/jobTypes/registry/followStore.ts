// How a copy of what the store holds is kept fresh: one look at a time, soon after each wake, and from time to time without one.
import type { RegistryWorld } from "./registryDependencies.ts";

/** Beside the wakes of the store, which may be lost with a connection: a switch that stops a type must not be. */
const LOOK_EVERY = 2_000;
/** Events come in crowds. */
const SOON = 100;

/** Whoever asks while it runs is answered by the run after it: the one that goes on may have looked already. */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    await running?.catch(() => undefined);
    next = undefined;
    running = work();
    await running;
  };
  return () => (next ??= start());
}

export interface Following {
  readonly wake: () => void;
  stop(): Promise<void>;
}

export function follow({ clock, log }: Pick<RegistryWorld, "clock" | "log">, look: () => Promise<void>): Following {
  const stopping = new AbortController();
  let woken = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(LOOK_EVERY, AbortSignal.any([stopping.signal, woken.signal]));
      if (woken.signal.aborted) await clock.sleep(SOON, stopping.signal);
      woken = new AbortController();
      if (stopping.signal.aborted) return;
      await look().catch((error: unknown) =>
        log.write("warn", "registered job types could not be read", { error: String(error) }),
      );
    }
  };
  const done = loop();
  return {
    wake: () => woken.abort(),
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
