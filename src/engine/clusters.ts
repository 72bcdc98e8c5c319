// Which cluster a request means. None is ever guessed when there is a choice.
import { PlatformError } from "../model/errors.ts";
import type { ApplicationSummary } from "../model/revision.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { World } from "./world.ts";

export function chooseCluster(world: World, asked: string | undefined, current: ApplicationSummary | null): Cluster {
  const names = world.clusters.names();
  const name = asked ?? current?.cluster ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    throw new PlatformError("InvalidRequest", {
      detail: `this server knows several clusters (${names.join(", ")}): say which one with --cluster`,
    });
  }
  if (asked === undefined && !names.includes(name)) {
    const known = names.join(", ");
    throw new PlatformError("Conflict", {
      detail: `the application runs on cluster ${name}, and this server was started without it (it knows ${known}): start it with that cluster, or deploy under another name`,
    });
  }
  return knownCluster(world, name);
}

export function knownCluster(world: World, name: string): Cluster {
  const cluster = world.clusters.get(name);
  if (cluster === undefined)
    throw new PlatformError("NotFound", { what: "cluster", name, known: world.clusters.names().join(", ") });
  return cluster;
}
