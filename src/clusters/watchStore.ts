// Reports that registered clusters were changed by another process. It reads the events of the installation; a
// notification of the store only says when to read them, and a read every 20 seconds makes up for lost notifications.
import { INSTALLATION } from "../model/run/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { createNews } from "../ports/news.ts";
import type { Store } from "../ports/store.ts";

/** The least time between two reads, in milliseconds: every commit of every process causes a notification. */
const CALM = 500;
const LOOK = 20_000;
const PAGE = 100;

interface StoreWatchOptions {
  readonly store: Pick<Store, "events">;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Reads the clusters again. An error is logged, and the function is called again later. */
  readonly onChange: () => Promise<void>;
}

/** Resolves once the signal is aborted and no read is in progress. */
export async function watchStore({ store, clock, log, signal, onChange }: StoreWatchOptions): Promise<void> {
  const commits = createNews((notify) => store.events.subscribe(notify));
  let counted = commits.count();
  let seen = 0;
  while (!signal.aborted) {
    await commits.after(counted, { signal, limit: { clock, milliseconds: LOOK } });
    const byWake = commits.count() > counted;
    counted = commits.count();
    if (signal.aborted) break;
    try {
      const events = await store.events.after({ project: INSTALLATION }, seen, PAGE);
      seen = events.at(-1)?.sequence ?? seen;
      if (!byWake || events.some((event) => event.type === "cluster.changed")) await onChange();
    } catch (error) {
      if (!signal.aborted) log.write("warn", "the registered clusters could not be read", { error: String(error) });
    }
    await clock.sleep(CALM, signal);
  }
  commits.close();
}
