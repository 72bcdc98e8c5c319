// Keeps a copy of database content up to date. It reads soon after news and every two seconds without news, one read at
// a time.
import type { News } from "../../ports/news.ts";
import type { RegistryDependencies } from "./registryDependencies.ts";

/**
 * Milliseconds between reads without news. News may be lost with a connection, but a switch that stops a type must not
 * be missed.
 */
const LOOK_EVERY = 2_000;
/** Milliseconds to wait after news, because several events often come together. */
const SOON = 100;

/**
 * A call while the work runs waits for another run of the work after it, because the present one may already have read
 * the data.
 */
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
  /** Notifies that the database may have something new. Closed when following stops. */
  readonly news: News;
  readonly look: () => Promise<void>;
}

/**
 * Calls `look` after news and every two seconds. Returns a function that stops this and resolves when no call is in
 * progress.
 */
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
