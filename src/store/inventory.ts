// Which objects on which cluster are ours. One row per object, whoever wrote last.
import type { Insertable, Selectable } from "kysely";
import { type ObjectRef, refKey } from "../model/manifest.ts";
import type { OwnedObject } from "../model/revision.ts";
import type { Inventory } from "../ports/store.ts";
import { inBatches } from "./columns.ts";
import type { Database } from "./database.ts";
import type { InventoryTable } from "./schema.ts";

const KEY = ["cluster", "api_group", "kind", "namespace", "name"] as const;

export function createInventory({ queries }: Database): Inventory {
  return {
    async put(objects) {
      const rows = lastOfEach(inKeyOrder(objects)).map(rowOf);
      await queries.transaction().execute(async (transaction) => {
        for (const batch of inBatches(rows)) {
          await transaction
            .insertInto("inventory")
            .values(batch)
            .onConflict((conflict) =>
              conflict.columns(KEY).doUpdateSet((row) => ({
                api_version: row.ref("excluded.api_version"),
                project: row.ref("excluded.project"),
                application: row.ref("excluded.application"),
                component: row.ref("excluded.component"),
                uid: row.ref("excluded.uid"),
                keep: row.ref("excluded.keep"),
              })),
            )
            .execute();
        }
      });
    },
    async remove(objects) {
      await queries.transaction().execute(async (transaction) => {
        for (const object of inKeyOrder(objects)) {
          let query = transaction
            .deleteFrom("inventory")
            .where("project", "=", object.project)
            .where("application", "=", object.application);
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
        .where("application", "=", application);
      const rows = await KEY.reduce((query, column) => query.orderBy(column), mine).execute();
      return rows.map(objectOf);
    },
    async holder(object) {
      let query = queries.selectFrom("inventory").selectAll();
      const address = addressOf(object);
      for (const column of KEY) query = query.where(column, "=", address[column]);
      const row = await query.executeTakeFirst();
      return row === undefined ? null : objectOf(row);
    },
  };
}

function keyOf(object: OwnedObject): string {
  return `${object.cluster}/${refKey(object)}`;
}

/** So that two writers of the same objects never wait for each other in a circle. */
function inKeyOrder(objects: readonly OwnedObject[]): readonly OwnedObject[] {
  const keyed = objects.map((object) => ({ key: keyOf(object), object }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ object }) => object);
}

/** A statement may not write one row twice. */
function lastOfEach(objects: readonly OwnedObject[]): readonly OwnedObject[] {
  return [...new Map(objects.map((object) => [keyOf(object), object])).values()];
}

function addressOf(object: ObjectRef & { readonly cluster: string }): Record<(typeof KEY)[number], string> {
  const { cluster, apiVersion, kind, namespace, name } = object;
  // As refKey has it: the group is what stands before the slash, and empty for the core objects.
  return {
    cluster,
    api_group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
    kind,
    namespace,
    name,
  };
}

function rowOf(object: OwnedObject): Insertable<InventoryTable> {
  const { apiVersion: api_version, project, application, component, uid, keep } = object;
  return { ...addressOf(object), api_version, project, application, component, uid, keep: keep ? 1 : 0 };
}

function objectOf(row: Selectable<InventoryTable>): OwnedObject {
  const { api_group: _, api_version: apiVersion, keep, ...rest } = row;
  return { ...rest, apiVersion, keep: keep === 1 };
}
