// The statements about entries of the queue: put, hurry, take, renew, give back. Each statement about a held entry
// names the attempt by which this process took it, so that a process that lost its lease cannot change the entry.
import { randomUUID } from "node:crypto";
import type { PgBoss } from "pg-boss";
import { dig } from "../../model/data/json.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Duty, DutyTerms } from "../../ports/dispatch.ts";
import { DEAD, QUEUE } from "./queue.ts";

/**
 * The channel of notifications to all processes. A message is the duty, and the id of its entry when one was written.
 */
const CHANNEL = "kubemin_duties";

export interface DutyRequest {
  readonly duty: Duty;
  readonly terms: DutyTerms;
}

/** An entry that this process took. */
export interface TakenEntry extends DutyRequest {
  readonly id: string;
  readonly retryCount: number;
}

/**
 * Something happened to the duty. A process that took the entry `entry`, which was written for this news, knows of it
 * already.
 */
interface DutyNotice {
  readonly duty: Duty;
  readonly entry?: string;
}

interface Data {
  readonly duty: Duty;
  readonly priority: number;
}

export interface Entries {
  /**
   * Writes an entry per duty, unless one waits already. If the new one is due, the waiting one becomes due and gets the
   * new group.
   */
  put(wanted: readonly DutyRequest[]): Promise<readonly DutyNotice[]>;
  /** Notifies all processes. */
  notify(notices: readonly DutyNotice[]): Promise<void>;
  take(
    limit: number,
    options: { readonly except: readonly string[]; readonly groupLimit?: number },
  ): Promise<readonly TakenEntry[]>;
  /** Sends a heartbeat; resolves with the ids of the entries that this process still holds. */
  touch(entries: readonly TakenEntry[]): Promise<ReadonlySet<string>>;
  remove(entry: TakenEntry): Promise<void>;
  /** The duties that have no entry, neither a waiting nor a held one. */
  missing(wanted: readonly DutyRequest[]): Promise<readonly DutyRequest[]>;
  /** The duties that are due and that no process holds, each with the held duties of its group. */
  queued(duties: readonly Duty[]): Promise<ReadonlyMap<Duty, readonly Duty[]>>;
  /** Makes all held entries available again. Called when the processes that held them are gone. */
  orphan(): Promise<void>;
  takeDead(): Promise<readonly TakenEntry[]>;
  removeDead(entry: TakenEntry): Promise<void>;
  listen(onNews: (notices: DutyNotice) => void, onReconnect: () => void): Promise<{ close(): Promise<void> }>;
}

export function createEntries(boss: PgBoss, clock: Pick<Clock, "now">): Entries {
  const database = boss.getDb();
  return {
    put: (wanted) => put(boss, clock, wanted),
    async notify(notices) {
      const texts = notices.map(({ duty, entry = "" }) => `${duty} ${entry}`);
      await database.executeSql("select pg_notify($1, news) from unnest($2::text[]) as news", [CHANNEL, texts]);
    },
    async take(limit, { except, groupLimit }) {
      const jobs = await boss.fetch<Data>(QUEUE, {
        batchSize: limit,
        includeMetadata: true,
        ignoreGroups: [...except],
        ...(groupLimit === undefined ? {} : { groupConcurrency: groupLimit }),
      });
      return jobs.map(takenOf);
    },
    async touch(entries) {
      const answer: unknown = await boss.touch(QUEUE, entries.map(attemptOf));
      // The declared type does not describe the answer; test/contracts/dispatch checks it.
      const ids = dig(answer, "settled");
      return new Set(Array.isArray(ids) ? ids.map(String) : []);
    },
    async remove(entry) {
      await boss.deleteJob(QUEUE, attemptOf(entry));
    },
    missing: (wanted) => missing(boss, wanted),
    queued: (duties) => queuedDuties(boss, duties),
    async orphan() {
      // pg-boss does the same with holders whose heartbeat is missing; this only makes it happen earlier.
      await database.executeSql(
        "update kubemin_queue.job set heartbeat_on = now() - interval '1 day' where name = $1 and state = 'active'",
        [QUEUE],
      );
    },
    async takeDead() {
      const jobs = await boss.fetch<Data>(DEAD, { batchSize: 10, includeMetadata: true });
      return jobs.map(takenOf);
    },
    async removeDead(entry) {
      await boss.deleteJob(DEAD, attemptOf(entry));
    },
    async listen(onNews, onReconnect) {
      if (database.listen === undefined) throw new Error("pg-boss has no connection that can listen");
      const onNotification = (text: string): void => {
        const [duty = "", entry = ""] = text.split(" ");
        // The cast is safe, because only `notify` sends on this channel.
        onNews({ duty: duty as Duty, ...(entry === "" ? {} : { entry }) });
      };
      return database.listen(CHANNEL, onNotification, onReconnect);
    },
  };
}

const attemptOf = ({ id, retryCount }: TakenEntry) => ({ id, retryCount });

interface Fetched {
  readonly id: string;
  readonly data: Data;
  readonly retryCount: number;
  readonly groupId?: string | null;
}

function takenOf({ id, data, retryCount, groupId }: Fetched): TakenEntry {
  const group = groupId ?? undefined;
  return {
    id,
    retryCount,
    duty: data.duty,
    terms: { priority: data.priority, ...(group === undefined ? {} : { group }) },
  };
}

async function put(
  boss: PgBoss,
  clock: Pick<Clock, "now">,
  wanted: readonly DutyRequest[],
): Promise<readonly DutyNotice[]> {
  const jobs = wanted.map(({ duty, terms: { group, priority = 0, at } }) => ({
    id: randomUUID(),
    data: { duty, priority },
    singletonKey: duty,
    priority,
    ...(group === undefined ? {} : { group: { id: group } }),
    // A duration in seconds, because the clocks of this process and of the database may differ.
    ...(at === undefined ? {} : { startAfter: Math.max(0, Math.ceil((at.getTime() - clock.now().getTime()) / 1_000)) }),
  }));
  const written = new Map<Duty, string>();
  const inserted = new Set(await boss.insert(QUEUE, jobs, { returnId: true }));
  for (const { id, singletonKey, startAfter, group } of jobs) {
    if (inserted.has(id)) written.set(singletonKey, id);
    else if (startAfter === undefined) {
      // No job is returned when a process took the entry meanwhile. That process may have looked too early, so it must
      // be notified.
      const [hurried] = (
        await boss.update(QUEUE, undefined, {
          singletonKey,
          startAfter: EARLY,
          ...(group === undefined ? {} : { group }),
        })
      ).jobs;
      if (hurried !== undefined) written.set(singletonKey, hurried);
    }
  }
  return wanted.map(({ duty }) => {
    const entry = written.get(duty);
    return { duty, ...(entry === undefined ? {} : { entry }) };
  });
}

/** A time before that of every clock, so that the entry is due immediately. */
const EARLY = new Date(0);

async function missing(boss: PgBoss, wanted: readonly DutyRequest[]): Promise<readonly DutyRequest[]> {
  if (wanted.length === 0) return [];
  const { rows } = await boss.getDb().executeSql(
    `select duty from unnest($2::text[]) as duty where not exists (
         select 1 from kubemin_queue.job where name = $1 and singleton_key = duty and state <= 'active')`,
    [QUEUE, wanted.map((one) => one.duty)],
  );
  const missingDuties = new Set(rows.map((row) => String(dig(row, "duty"))));
  return wanted.filter((one) => missingDuties.has(one.duty));
}

async function queuedDuties(boss: PgBoss, duties: readonly Duty[]): Promise<ReadonlyMap<Duty, readonly Duty[]>> {
  if (duties.length === 0) return new Map();
  const { rows } = await boss.getDb().executeSql(
    `select waiting.singleton_key as duty, held.singleton_key as holder from kubemin_queue.job as waiting
       left join kubemin_queue.job as held
         on held.name = $1 and held.state = 'active' and held.group_id = waiting.group_id
       where waiting.name = $1 and waiting.singleton_key = any($2::text[]) and waiting.state < 'active'
         and waiting.start_after <= now() and not exists (select 1 from kubemin_queue.job as same
           where same.name = $1 and same.state = 'active' and same.singleton_key = waiting.singleton_key)`,
    [QUEUE, [...duties]],
  );
  const found = new Map<Duty, Duty[]>();
  for (const row of rows) {
    // The casts are safe: the keys of entries are duties, because only `put` writes them.
    const [duty, holder] = [dig(row, "duty") as Duty, dig(row, "holder") as Duty | null];
    found.set(duty, [...(found.get(duty) ?? []), ...(holder === null ? [] : [holder])]);
  }
  return found;
}
