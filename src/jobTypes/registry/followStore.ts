// How a copy of what the store holds is kept fresh: one look at a time, soon after each wake, and from time to time without one.
import type { News } from "../../ports/news.ts";
import type { RegistryDependencies } from "./registryDependencies.ts";

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

interface Followed {
  /** Announces that the store may hold something new. Closed when the following stops. */
  readonly news: News;
  readonly look: () => Promise<void>;
}

/** Calls `look` after news, and from time to time. Returns the function that stops that: it resolves when no look is under way. */
export function follow(
  { clock, log }: Pick<RegistryDependencies, "clock" | "log">,
  { news, look }: Followed,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = async (): Promise<void> => {
    let seen = news.count();
    while (!signal.aborted) {
      await news.after(seen, { signal, limit: { clock, milliseconds: LOOK_EVERY } });
      if (news.count() > seen) await clock.sleep(SOON, signal);
      seen = news.count();
      if (signal.aborted) return;
      await look().catch((error: unknown) =>
        log.write("warn", "registered job types could not be read", { error: String(error) }),
      );
    }
  };
  const done = loop();
  return async () => {
    stopping.abort();
    news.close();
    await done;
  };
}
