// Fills the free slots of a process from the queue, so that no group makes all others wait. It asks the queue one
// question at a time; a poke during a question makes it ask once more.
import type { Log } from "../../ports/log.ts";
import type { LeasedDuties } from "../duties/leasedDuties.ts";
import { groupsAboveShare, groupsAtMaximum } from "../duties/shares.ts";

/**
 * The most entries of one question, so that a process with many slots does not take all entries that come at the same
 * time.
 */
const BATCH = 25;

interface TakerParts {
  readonly slots: number;
  readonly duties: Pick<LeasedDuties, "free" | "used">;
  /** Takes at most `limit` entries outside the groups `except`; resolves with the number of entries taken. */
  readonly take: (limit: number, except: readonly string[]) => Promise<number>;
  readonly log: Log;
}

export interface Taker {
  /** Reports that there may be an entry to take, or a free slot. */
  poke(): void;
  /** Resolves once no question is in progress. */
  stop(): Promise<void>;
}

export function createTaker({ slots, duties, take, log }: TakerParts): Taker {
  const stopping = new AbortController();
  const { signal } = stopping;
  let poked = false;
  let filling: Promise<void> | undefined;

  async function fill(): Promise<void> {
    while (poked && !signal.aborted) {
      poked = false;
      await takeAll().catch((error: unknown) => {
        if (!signal.aborted) log.write("warn", "no duties can be taken from the queue now", { error: String(error) });
      });
    }
  }

  async function takeAll(): Promise<void> {
    for (let more = true; more && !signal.aborted; ) {
      const limit = Math.min(duties.free(), BATCH, Math.max(1, Math.floor(slots / 4)));
      if (limit === 0) return;
      const used = duties.used();
      const [shy, shut] = [groupsAboveShare(used, slots), groupsAtMaximum(used, slots)];
      more = (await take(limit, shy)) > 0 || (shy.length > shut.length && (await take(limit, shut)) > 0);
    }
  }

  return {
    poke() {
      poked = true;
      if (!signal.aborted)
        filling ??= fill().finally(() => {
          filling = undefined;
        });
    },
    async stop() {
      stopping.abort();
      await filling;
    },
  };
}
