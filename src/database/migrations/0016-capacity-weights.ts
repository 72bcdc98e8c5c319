// How the projects share the capacity of the clusters. An empty flavor stands for all flavors.
import type { Migration } from "./migration.ts";

export const capacityWeights: Migration = {
  name: "0016-capacity-weights",
  statements: ({ text, tableEnd }) => [
    `create table capacity_weights (
      project ${text} not null,
      flavor ${text} not null,
      weight real not null,
      primary key (project, flavor)
    )${tableEnd}`,
  ],
};
