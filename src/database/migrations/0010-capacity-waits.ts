// How long jobs waited for room, by cluster and flavor.
import type { Migration } from "./migration.ts";

export const capacityWaits: Migration = {
  name: "0010-capacity-waits",
  statements: ({ text, position, long, tableEnd }) => [
    `create table capacity_waits (
      position ${position},
      cluster ${text} not null,
      flavor ${text} not null,
      milliseconds ${long} not null
    )${tableEnd}`,
    `create index capacity_waits_by_flavor on capacity_waits (cluster, flavor, position)`,
  ],
};
