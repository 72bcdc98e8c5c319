// The inventory: which objects on which cluster each application owns. There is one row per object. A row with a uid
// replaces any other row; a row without a uid (an intent) never replaces the row of another application.

import type { Kysely, Selectable, Transaction } from "kysely";
import { type ObjectRef, refKey } from "../../model/kubernetes/manifest.ts";
import { readName, writtenName } from "../../model/kubernetes/name.ts";
import type { OwnedObject } from "../../model/run/revision.ts";
import { type Inventory, OwnedByOther } from "../../ports/store.ts";
import { inBatches } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import type { InventoryTable, Tables } from "../connection/schema.ts";

const KEY = ["cluster", "api_group", "kind", "namespace", "name"] as const;

export function createInventory({ queries }: Database): Inventory {
  return {
    async put(objects) {
      const rows = lastOfEach(inKeyOrder(objects)).map(rowOf);
      await queries.transaction().execute(async (transaction) => {
        for (const batch of inBatches(rows)) await writeOrRefuse(transaction, batch);
      });
    },
    async remove(objects) {
      await queries.transaction().execute(async (transaction) => {
        for (const object of inKeyOrder(objects)) {
          let query = transaction
            .deleteFrom("inventory")
            .where("project", "=", object.project)
            .where("application", "=", writtenName(object.application));
          const address = addressOf(object);
          for (const column of KEY) query = query.where(column, "=", address[column]);
          await query.execute();
        }
      });
    },
    async list(project, application) {
      const mine = queries
        .selectFrom("inventory")
        .selectAll()
        .where("project", "=", project)
        .where("application", "=", writtenName(application));
      const rows = await KEY.reduce((query, column) => query.orderBy(column), mine).execute();
      return rows.map(objectOf);
    },
    async owner(object) {
      const row = await rowAt(queries, addressOf(object));
      return row === undefined ? null : objectOf(row);
    },
  };
}

/** Throws `OwnedByOther` when a row is refused, which rolls back the whole transaction. */
async function writeOrRefuse(transaction: Transaction<Tables>, batch: readonly Row[]): Promise<void> {
  const written = await transaction
    .insertInto("inventory")
    .values(batch)
    .onConflict((conflict) =>
      conflict
        .columns(KEY)
        .doUpdateSet((row) => ({
          api_version: row.ref("excluded.api_version"),
          project: row.ref("excluded.project"),
          application: row.ref("excluded.application"),
          component: row.ref("excluded.component"),
          uid: row.ref("excluded.uid"),
          keep: row.ref("excluded.keep"),
        }))
        .where((row) =>
          row.or([
            row("excluded.uid", "is not", null),
            row.and([
              row("excluded.project", "=", row.ref("inventory.project")),
              row("excluded.application", "=", row.ref("inventory.application")),
            ]),
          ]),
        ),
    )
    // Rows that the condition did not change are not returned.
    .returning(KEY)
    .execute();
  if (written.length === batch.length) return;
  const done = new Set(written.map(rowKey));
  const refused = batch.find((row) => !done.has(rowKey(row)));
  const holder = refused === undefined ? undefined : await rowAt(transaction, refused);
  // The conflict locked the row, so it exists until this transaction ends.
  if (refused !== undefined && holder !== undefined) throw new OwnedByOther(objectOf(refused), objectOf(holder));
}

type Row = Selectable<InventoryTable>;
type Address = Readonly<Record<(typeof KEY)[number], string>>;

function rowKey(row: Address): string {
  return KEY.map((column) => row[column]).join("/");
}

function rowAt(queries: Kysely<Tables>, address: Address): Promise<Row | undefined> {
  let query = queries.selectFrom("inventory").selectAll();
  for (const column of KEY) query = query.where(column, "=", address[column]);
  return query.executeTakeFirst();
}

function keyOf(object: OwnedObject): string {
  return `${object.cluster}/${refKey(object)}`;
}

/** Sorts objects by key, so that two transactions that write the same rows cannot deadlock. */
function inKeyOrder(objects: readonly OwnedObject[]): readonly OwnedObject[] {
  const keyed = objects.map((object) => ({ key: keyOf(object), object }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ object }) => object);
}

/** Keeps the last of several objects with the same key, because a statement may not write one row twice. */
function lastOfEach(objects: readonly OwnedObject[]): readonly OwnedObject[] {
  return [...new Map(objects.map((object) => [keyOf(object), object])).values()];
}

function addressOf(object: ObjectRef & { readonly cluster: string }): Address {
  const { cluster, apiVersion, kind, namespace, name } = object;
  // The same key as `refKey`: the group is the text before the slash, and empty for core objects.
  return {
    cluster,
    api_group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
    kind,
    namespace,
    name,
  };
}

function rowOf(object: OwnedObject): Row {
  const { apiVersion: api_version, project, uid, keep } = object;
  const [application, component] = [writtenName(object.application), writtenName(object.component)];
  return { ...addressOf(object), api_version, project, application, component, uid, keep: keep ? 1 : 0 };
}

function objectOf(row: Row): OwnedObject {
  const { api_group: _, api_version: apiVersion, keep, application, component, ...rest } = row;
  return { ...rest, application: readName(application), component: readName(component), apiVersion, keep: keep === 1 };
}
