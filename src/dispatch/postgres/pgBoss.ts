// The dispatch of several processes: duties are entries of a pg-boss queue in the same PostgreSQL database as the
// store, and each entry is held by one process at a time. pg-boss provides the queue, leases (heartbeats), priorities,
// delays and dead letters. kubemin adds fairness between groups (src/dispatch/duties/shares.ts) and immediate
// notifications (entries.ts). An entry only says that a duty must be looked at; its state is in the store, and the
// store refuses writes of a process that lost its lease (src/database/tables/fences.ts).
import { PgBoss } from "pg-boss";
import { dig } from "../../model/data/json.ts";
import type { Dispatch } from "../../ports/dispatch.ts";
import { queuedBecause } from "../duties/leasedDuties.ts";
import { DutyConsumer } from "./dutyConsumer.ts";
import { createEntries } from "./entries.ts";
import type { PgBossOptions } from "./options.ts";
import { openQueue, settingsOf } from "./queue.ts";
import { createSender } from "./sender.ts";

export interface PgBossDispatch extends Dispatch {
  /** Closes the connections. Call it after `stop`. */
  close(): Promise<void>;
}

export async function pgBossDispatch(options: PgBossOptions): Promise<PgBossDispatch> {
  const { log, works, clock } = options;
  const boss = new PgBoss(settingsOf(options));
  boss.on("error", (error) => log.write("warn", "the queue of the database has trouble", { error: textOf(error) }));
  await openQueue(boss);
  const entries = createEntries(boss, clock);
  const sender = createSender(entries, log);
  const consumer = works ? new DutyConsumer(options, entries) : undefined;
  return {
    shared: true,
    start: async (drive, giveUp) => consumer?.start(drive, giveUp),
    async wake(duty, terms = {}) {
      if (consumer?.wake(duty) !== true) await sender.send(duty, terms);
    },
    async ensure(duties) {
      await Promise.all((await entries.missing(duties)).map(({ duty, terms }) => sender.send(duty, terms)));
    },
    state: () => consumer?.state() ?? { held: 0, resting: 0, slots: 0 },
    async queued(duties) {
      const found = await entries.queued(duties);
      return new Map([...found].map(([duty, holders]) => [duty, queuedBecause(holders, options.groupLimit)]));
    },
    async stop() {
      await consumer?.stop();
      await sender.stop();
    },
    close: () => boss.stop({ graceful: false, close: true }),
  };
}

/** pg-boss emits errors together with details of the call, as an object that is not an Error. */
function textOf(error: unknown): string {
  const message = dig(error, "message");
  return error instanceof Error || typeof message !== "string" ? String(error) : message;
}
