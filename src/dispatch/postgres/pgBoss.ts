// Duties are entries of a pg-boss queue in the PostgreSQL database that holds the state: many processes take them, each one is held by one.
// pg-boss does the queue, the leases (heartbeats), priorities, delays and dead letters; which entry goes to whom next, so that it is fair,
// is ours, and so is telling a holder at once that something happened. An entry only says that a duty has to be looked at: what it is and
// how far it got is in the store, and a process that lost its lease is fenced off there.
import { PgBoss } from "pg-boss";
import { dig } from "../../model/data/json.ts";
import type { Dispatch } from "../../ports/dispatch.ts";
import { placeInLine } from "../duties/leasedDuties.ts";
import { Holder } from "./dutyConsumer.ts";
import { createEntries } from "./entries.ts";
import type { PgBossOptions } from "./options.ts";
import { openQueue, settingsOf } from "./queue.ts";
import { createSender } from "./sender.ts";

export interface PgBossDispatch extends Dispatch {
  /** Ends the connections; after `stop`. */
  close(): Promise<void>;
}

export async function pgBossDispatch(options: PgBossOptions): Promise<PgBossDispatch> {
  const { log, works, clock } = options;
  const boss = new PgBoss(settingsOf(options));
  boss.on("error", (error) => log.write("warn", "the queue of the database has trouble", { error: textOf(error) }));
  await openQueue(boss);
  const entries = createEntries(boss, clock);
  const sender = createSender(entries, log);
  const holder = works ? new Holder(options, entries) : undefined;
  return {
    shared: true,
    start: async (drive, giveUp) => holder?.start(drive, giveUp),
    async wake(duty, terms = {}) {
      if (holder?.wake(duty) !== true) await sender.send(duty, terms);
    },
    async ensure(duties) {
      await Promise.all((await entries.missing(duties)).map(({ duty, terms }) => sender.send(duty, terms)));
    },
    state: () => holder?.state() ?? { held: 0, resting: 0, slots: 0 },
    async inLine(duties) {
      const found = await entries.inLine(duties);
      return new Map([...found].map(([duty, holders]) => [duty, placeInLine(holders, options.groupLimit)]));
    },
    async stop() {
      await holder?.stop();
      await sender.stop();
    },
    close: () => boss.stop({ graceful: false, close: true }),
  };
}

/** pg-boss tells errors with what it was doing, as an object that is no Error. */
function textOf(error: unknown): string {
  const message = dig(error, "message");
  return error instanceof Error || typeof message !== "string" ? String(error) : message;
}
