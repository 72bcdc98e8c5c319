// Sinks and their progress. One process at a time has the lease on a sink, and it can only write while it has it.

import { type Selectable, sql, type Transaction } from "kysely";
import { readName, writtenName } from "../../model/kubernetes/name.ts";
import { createNews } from "../../ports/news.ts";
import type { BlockedKey, Sink, SinkLag, SinkLease, SinkProgress, Sinks, StoredSink } from "../../ports/sinks.ts";
import { fromJson, inBatches, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import type { Flag, SinkHeldKeysTable, SinksTable, Tables } from "../connection/schema.ts";

export function createSinks(database: Database): Sinks {
  const changes = createNews();
  const notifying = async (change: Promise<boolean>): Promise<boolean> => {
    const done = await change;
    if (done) changes.notify();
    return done;
  };
  return {
    add: (sink) => notifying(addSink(database, sink)),
    list: (project) => storedSinks(database, project === undefined ? {} : { project }),
    get: async (project, name) => (await storedSinks(database, { project, name }))[0] ?? null,
    remove: (project, name) => notifying(removeSink(database, project, name)),
    lease: (id, lease) => leaseSink(database, id, lease),
    progress: (change) => writeProgress(database, change),
    async yield(id, owner) {
      await database.queries
        .updateTable("sinks")
        .set({ owner: null, owned_until: null })
        .where("id", "=", id)
        .where("owner", "=", owner)
        .execute();
    },
    resume: (project, name, now) => notifying(resumeSink(database, { project, name, now })),
    lag: (stored) => lagOf(database, stored),
    subscribe: (onChange) => changes.subscribe(onChange),
  };
}

async function addSink({ queries }: Database, sink: Sink): Promise<boolean> {
  const { id, project, name, settings, filter, secret, createdAt } = sink;
  return await queries.transaction().execute(async (transaction) => {
    const latest = await transaction
      .selectFrom("events")
      .select((column) => column.fn.max("sequence").as("sequence"))
      .executeTakeFirst();
    const added = await transaction
      .insertInto("sinks")
      .values({
        id,
        project,
        name,
        settings: toJson(settings),
        filter: toJson(filter),
        secret,
        created_at: createdAt,
        position: latest?.sequence ?? 0,
        failures: 0,
        dead: 0,
      })
      .onConflict((conflict) => conflict.columns(["project", "name"]).doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  });
}

interface SinkQuery {
  readonly id?: string;
  readonly project?: string;
  readonly name?: string;
}

async function storedSinks({ queries }: Database, { id, project, name }: SinkQuery): Promise<readonly StoredSink[]> {
  let query = queries.selectFrom("sinks").selectAll();
  if (id !== undefined) query = query.where("id", "=", id);
  if (project !== undefined) query = query.where("project", "=", project);
  if (name !== undefined) query = query.where("name", "=", name);
  const rows = await query.orderBy("project").orderBy("name").execute();
  const stored: StoredSink[] = [];
  for (const batch of inBatches(rows)) {
    const ids = batch.map((row) => row.id);
    const blocked = await queries
      .selectFrom("sink_held_keys")
      .selectAll()
      .where("sink", "in", ids)
      .orderBy("sequence")
      .execute();
    for (const row of batch) stored.push(storedOf(row, blocked.filter((one) => one.sink === row.id).map(blockedKeyOf)));
  }
  return stored;
}

async function removeSink({ queries }: Database, project: string, name: string): Promise<boolean> {
  return await queries.transaction().execute(async (transaction) => {
    const row = await named(transaction, project, name);
    if (row === undefined) return false;
    await transaction.deleteFrom("sink_held_keys").where("sink", "=", row.id).execute();
    await transaction.deleteFrom("sinks").where("id", "=", row.id).execute();
    return true;
  });
}

/** Finds a sink by name, ends its lease, and locks its row until the commit, in both databases. */
function named(transaction: Transaction<Tables>, project: string, name: string) {
  return transaction
    .updateTable("sinks")
    .set({ owner: null, owned_until: null })
    .where("project", "=", project)
    .where("name", "=", name)
    .returning("id")
    .executeTakeFirst();
}

async function leaseSink(database: Database, id: string, { owner, now, until }: SinkLease): Promise<StoredSink | null> {
  const { numUpdatedRows } = await database.queries
    .updateTable("sinks")
    .set({ owner, owned_until: until })
    .where("id", "=", id)
    .where((row) => row.or([row("owner", "is", null), row("owner", "=", owner), row("owned_until", "<", now)]))
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return null;
  return (await storedSinks(database, { id }))[0] ?? null;
}

async function writeProgress({ queries }: Database, change: SinkProgress): Promise<boolean> {
  const { sink, owner, state, blocked, release } = change;
  return await queries.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable("sinks")
      .set({
        position: state.position,
        failures: state.failures,
        failing_since: state.failingSince,
        retry_at: state.retryAt,
        dead: flagOf(state.dead),
        delivered_at: state.deliveredAt,
        failure: state.failure === null ? null : toJson(state.failure),
      })
      .where("id", "=", sink)
      .where("owner", "=", owner)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return false;
    for (const batch of inBatches(blocked)) await putBlockedKeys(transaction, sink, batch);
    for (const { application, run } of release)
      await transaction
        .deleteFrom("sink_held_keys")
        .where("sink", "=", sink)
        .where("application", "=", writtenName(application))
        .where("run", "=", writtenName(run))
        .execute();
    return true;
  });
}

async function putBlockedKeys(
  transaction: Transaction<Tables>,
  sink: string,
  keys: readonly BlockedKey[],
): Promise<void> {
  const rows = keys.map(({ application, run, sequence, failures, since, retryAt, dead }) => ({
    sink,
    application: writtenName(application),
    run: writtenName(run),
    sequence,
    failures,
    since,
    retry_at: retryAt,
    dead: flagOf(dead),
  }));
  await transaction
    .insertInto("sink_held_keys")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["sink", "application", "run"]).doUpdateSet((row) => ({
        sequence: row.ref("excluded.sequence"),
        failures: row.ref("excluded.failures"),
        since: row.ref("excluded.since"),
        retry_at: row.ref("excluded.retry_at"),
        dead: row.ref("excluded.dead"),
      })),
    )
    .execute();
}

function flagOf(value: boolean): Flag {
  return value ? 1 : 0;
}

interface Resumption {
  readonly project: string;
  readonly name: string;
  readonly now: string;
}

/**
 * Ends the lease, so that a process that delivers at this moment cannot overwrite the new state with the old one.
 */
async function resumeSink({ queries }: Database, { project, name, now }: Resumption): Promise<boolean> {
  return await queries.transaction().execute(async (transaction) => {
    const row = await named(transaction, project, name);
    if (row === undefined) return false;
    await transaction
      .updateTable("sinks")
      .set({ dead: 0, failures: 0, failing_since: null, retry_at: null })
      .where("id", "=", row.id)
      .execute();
    await transaction
      .updateTable("sink_held_keys")
      .set({ dead: 0, failures: 0, since: now, retry_at: now })
      .where("sink", "=", row.id)
      .execute();
    return true;
  });
}

async function lagOf({ queries }: Database, { sink, state, blocked }: StoredSink): Promise<SinkLag> {
  const events = queries.selectFrom("events").where("project", "=", sink.project);
  const { count } = await events
    .where("sequence", ">", state.position)
    .select(sql<number>`count(*)`.as("count"))
    .executeTakeFirstOrThrow();
  const waiting = blocked.filter((one) => !one.dead);
  const first = Math.min(state.position + 1, ...waiting.map((one) => one.sequence));
  const oldest = await events
    .where("sequence", ">=", first)
    .select("at")
    .orderBy("sequence")
    .limit(1)
    .executeTakeFirst();
  return { events: count, since: oldest?.at ?? null };
}

function storedOf(row: Selectable<SinksTable>, blocked: readonly BlockedKey[]): StoredSink {
  const { id, project, name, secret } = row;
  return {
    sink: {
      id,
      project,
      name,
      settings: fromJson(row.settings),
      filter: fromJson(row.filter),
      secret,
      createdAt: row.created_at,
    },
    state: {
      position: row.position,
      failures: row.failures,
      failingSince: row.failing_since,
      retryAt: row.retry_at,
      dead: row.dead === 1,
      deliveredAt: row.delivered_at,
      failure: row.failure === null ? null : fromJson(row.failure),
    },
    blocked,
  };
}

function blockedKeyOf({
  application,
  run,
  sequence,
  failures,
  since,
  retry_at,
  dead,
}: Selectable<SinkHeldKeysTable>): BlockedKey {
  const key = { application: readName(application), run: readName(run) };
  return { ...key, sequence, failures, since, retryAt: retry_at, dead: dead === 1 };
}
