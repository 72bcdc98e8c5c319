// Entries of the queue as statements: put, hurry, take, keep, give back. Every statement about an entry that we hold names the attempt under
// which we took it, so that a holder that was given up changes nothing.
import { randomUUID } from "node:crypto";
import type { PgBoss } from "pg-boss";
import { dig } from "../../model/data/json.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Duty, Terms } from "../../ports/dispatch.ts";
import { DEAD, QUEUE } from "./queue.ts";

/** The channel on which holders are told: the duty, and the entry when it is a new one. */
const CHANNEL = "kubemin_duties";

export interface Wanted {
  readonly duty: Duty;
  readonly terms: Terms;
}

/** An entry that this process took. */
export interface Taken extends Wanted {
  readonly id: string;
  readonly retryCount: number;
}

/** Something happened to the duty. `entry`: it was written for this, so whoever took just that one afterwards knows already. */
interface News {
  readonly duty: Duty;
  readonly entry?: string;
}

interface Data {
  readonly duty: Duty;
  readonly priority: number;
}

export interface Entries {
  /** One entry for each, unless one waits already; that one is then due at once, and of the new group, when the new one would be due. */
  put(wanted: readonly Wanted[]): Promise<readonly News[]>;
  /** Tells all processes. */
  tell(news: readonly News[]): Promise<void>;
  take(
    limit: number,
    options: { readonly except: readonly string[]; readonly groupLimit?: number },
  ): Promise<readonly Taken[]>;
  /** Another sign of life; answers the ids that are still ours. */
  touch(taken: readonly Taken[]): Promise<ReadonlySet<string>>;
  remove(taken: Taken): Promise<void>;
  /** Those of them for which there is no entry, neither waiting nor held. */
  missing(wanted: readonly Wanted[]): Promise<readonly Wanted[]>;
  /** Those of them that are due and that no process holds, with the duties of their group that are held. */
  inLine(duties: readonly Duty[]): Promise<ReadonlyMap<Duty, readonly Duty[]>>;
  /** All that is held was left behind: it is handed out anew. */
  orphan(): Promise<void>;
  takeDead(): Promise<readonly Taken[]>;
  removeDead(taken: Taken): Promise<void>;
  listen(onNews: (news: News) => void, onReconnect: () => void): Promise<{ close(): Promise<void> }>;
}

export function createEntries(boss: PgBoss, clock: Pick<Clock, "now">): Entries {
  const database = boss.getDb();
  return {
    put: (wanted) => put(boss, clock, wanted),
    async tell(news) {
      const texts = news.map(({ duty, entry = "" }) => `${duty} ${entry}`);
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
    async touch(taken) {
      const answer: unknown = await boss.touch(QUEUE, taken.map(attemptOf));
      // Its type says nothing of what it answers; test/contracts/dispatch holds it to that.
      const ids = dig(answer, "settled");
      return new Set(Array.isArray(ids) ? ids.map(String) : []);
    },
    async remove(taken) {
      await boss.deleteJob(QUEUE, attemptOf(taken));
    },
    missing: (wanted) => missing(boss, wanted),
    inLine: (duties) => inLine(boss, duties),
    async orphan() {
      // What pg-boss itself does with holders that are not heard of, a little earlier.
      await database.executeSql(
        "update kubemin_queue.job set heartbeat_on = now() - interval '1 day' where name = $1 and state = 'active'",
        [QUEUE],
      );
    },
    async takeDead() {
      const jobs = await boss.fetch<Data>(DEAD, { batchSize: 10, includeMetadata: true });
      return jobs.map(takenOf);
    },
    async removeDead(taken) {
      await boss.deleteJob(DEAD, attemptOf(taken));
    },
    async listen(onNews, onReconnect) {
      if (database.listen === undefined) throw new Error("pg-boss has no connection that can listen");
      const hear = (text: string): void => {
        const [duty = "", entry = ""] = text.split(" ");
        // Only `tell` speaks on this channel.
        onNews({ duty: duty as Duty, ...(entry === "" ? {} : { entry }) });
      };
      return database.listen(CHANNEL, hear, onReconnect);
    },
  };
}

const attemptOf = ({ id, retryCount }: Taken) => ({ id, retryCount });

interface Fetched {
  readonly id: string;
  readonly data: Data;
  readonly retryCount: number;
  readonly groupId?: string | null;
}

function takenOf({ id, data, retryCount, groupId }: Fetched): Taken {
  const group = groupId ?? undefined;
  return {
    id,
    retryCount,
    duty: data.duty,
    terms: { priority: data.priority, ...(group === undefined ? {} : { group }) },
  };
}

async function put(boss: PgBoss, clock: Pick<Clock, "now">, wanted: readonly Wanted[]): Promise<readonly News[]> {
  const jobs = wanted.map(({ duty, terms: { group, priority = 0, at } }) => ({
    id: randomUUID(),
    data: { duty, priority },
    singletonKey: duty,
    priority,
    ...(group === undefined ? {} : { group: { id: group } }),
    // A number of seconds: our clock and that of the database may differ.
    ...(at === undefined ? {} : { startAfter: Math.max(0, Math.ceil((at.getTime() - clock.now().getTime()) / 1_000)) }),
  }));
  const written = new Map<Duty, string>();
  const inserted = new Set(await boss.insert(QUEUE, jobs, { returnId: true }));
  for (const { id, singletonKey, startAfter, group } of jobs) {
    if (inserted.has(id)) written.set(singletonKey, id);
    else if (startAfter === undefined) {
      // It answers none when the entry was taken meanwhile: by somebody who may have looked before this happened.
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

/** Before every clock: due at once. */
const EARLY = new Date(0);

async function missing(boss: PgBoss, wanted: readonly Wanted[]): Promise<readonly Wanted[]> {
  if (wanted.length === 0) return [];
  const { rows } = await boss.getDb().executeSql(
    `select duty from unnest($2::text[]) as duty where not exists (
         select 1 from kubemin_queue.job where name = $1 and singleton_key = duty and state <= 'active')`,
    [QUEUE, wanted.map((one) => one.duty)],
  );
  const gone = new Set(rows.map((row) => String(dig(row, "duty"))));
  return wanted.filter((one) => gone.has(one.duty));
}

async function inLine(boss: PgBoss, duties: readonly Duty[]): Promise<ReadonlyMap<Duty, readonly Duty[]>> {
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
    // The keys of entries are duties: only `put` writes them.
    const [duty, holder] = [dig(row, "duty") as Duty, dig(row, "holder") as Duty | null];
    found.set(duty, [...(found.get(duty) ?? []), ...(holder === null ? [] : [holder])]);
  }
  return found;
}
