// Registered clusters. Each change writes an event of the whole installation, so that all processes notice it.
import type { Selectable, Transaction } from "kysely";
import { INSTALLATION } from "../../model/run/event.ts";
import type { ClusterRemoval, RegisteredCluster, RegisteredClusters } from "../../ports/clusterRegistry.ts";
import { fromJson, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import type { ClustersTable, Tables } from "../connection/schema.ts";
import { commit, insertEvents } from "./events.ts";

export function createClusters(database: Database): RegisteredClusters {
  return {
    async list() {
      const rows = await database.queries.selectFrom("clusters").selectAll().orderBy("name").execute();
      return rows.map(clusterOf);
    },
    add: (cluster) =>
      commit(database, async (transaction) => {
        const added = await transaction
          .insertInto("clusters")
          .values(rowOf(cluster))
          .onConflict((conflict) => conflict.column("name").doNothing())
          .executeTakeFirst();
        return recordChange(database, transaction, {
          done: added.numInsertedOrUpdatedRows === 1n,
          change: "added",
          ...cluster,
        });
      }),
    update: (cluster) =>
      commit(database, async (transaction) => {
        const updated = await transaction
          .updateTable("clusters")
          .set(rowOf(cluster))
          .where("name", "=", cluster.name)
          .where("generation", "=", cluster.generation - 1)
          .executeTakeFirst();
        return recordChange(database, transaction, {
          done: updated.numUpdatedRows === 1n,
          change: "updated",
          ...cluster,
        });
      }),
    remove: (name, options) => commit(database, (transaction) => remove(database, transaction, { name, ...options })),
  };
}

interface ClusterChange {
  readonly done: boolean;
  readonly change: "added" | "updated" | "removed";
  readonly name: string;
  readonly actor: string;
}

async function recordChange(
  database: Database,
  transaction: Transaction<Tables>,
  { done, change, name: cluster, actor }: ClusterChange,
): Promise<boolean> {
  const data = { cluster, change, actor };
  if (done)
    await insertEvents(database, transaction, [
      { project: INSTALLATION, application: null, run: null, type: "cluster.changed", data },
    ]);
  return done;
}

interface Removal {
  readonly name: string;
  readonly forget: boolean;
  readonly actor: string;
}

const NAMES_LISTED = 20;

async function remove(
  database: Database,
  transaction: Transaction<Tables>,
  { name, forget, actor }: Removal,
): Promise<ClusterRemoval> {
  const found = await transaction.selectFrom("clusters").select("name").where("name", "=", name).executeTakeFirst();
  if (found === undefined) return { outcome: "missing" };
  const runs = transaction.selectFrom("runs").select("id").where("phase", "=", "running").where("cluster", "=", name);
  const unfinished = (await runs.execute()).length;
  const applications = await applicationsOn(transaction, name);
  if (unfinished > 0 || (applications.length > 0 && !forget)) {
    const names = applications.slice(0, NAMES_LISTED).map((one) => `${one.project}/${one.name}`);
    return { outcome: "used", applications: names, count: applications.length, runs: unfinished };
  }
  for (const application of applications) await forgetApplication(transaction, application);
  await transaction.deleteFrom("inventory").where("cluster", "=", name).execute();
  await transaction.deleteFrom("clusters").where("name", "=", name).execute();
  await recordChange(database, transaction, { done: true, change: "removed", name, actor });
  return { outcome: "removed" };
}

interface OfProject {
  readonly project: string;
  readonly name: string;
}

function applicationsOn(transaction: Transaction<Tables>, cluster: string): Promise<readonly OfProject[]> {
  return transaction
    .selectFrom("applications")
    .select(["project", "name"])
    .where("cluster", "=", cluster)
    .where("deleted", "=", 0)
    .orderBy("project")
    .orderBy("name")
    .execute();
}

/** Removes the application from the database, as a delete run does at its end. */
async function forgetApplication(transaction: Transaction<Tables>, { project, name }: OfProject): Promise<void> {
  await transaction
    .updateTable("applications")
    .set({ deleted: 1 })
    .where("project", "=", project)
    .where("name", "=", name)
    .execute();
  await transaction.deleteFrom("revisions").where("project", "=", project).where("application", "=", name).execute();
  await transaction.deleteFrom("completions").where("project", "=", project).where("application", "=", name).execute();
}

function rowOf({ way, user, projects, createdAt, updatedAt, ...rest }: RegisteredCluster): ClustersTable {
  return {
    ...rest,
    way: toJson(way),
    account: user,
    projects: toJson(projects),
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

function clusterOf(row: Selectable<ClustersTable>): RegisteredCluster {
  const { way, account: user, projects, created_at: createdAt, updated_at: updatedAt, ...rest } = row;
  return { ...rest, way: fromJson(way), user, projects: fromJson(projects), createdAt, updatedAt };
}
