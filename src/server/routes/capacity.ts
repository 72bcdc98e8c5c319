// The route that shows how full a cluster is, limited to what the project may see.
import { chooseCluster } from "../../engine/planning/chooseCluster.ts";
import type { CapacityOverview } from "../../model/kubernetes/capacity.ts";
import { whyBefore } from "../../model/kubernetes/whyBefore.ts";
import { reason } from "../../model/reasons/reason.ts";
import { EVERY_PROJECT } from "../auth/authorise.ts";
import type { Implementations } from "../shared/contract.ts";
import { reasonView } from "../views/reason.ts";

const NOTHING: Omit<CapacityOverview, "unknown"> = { nodes: { total: 0, open: 0 }, flavors: [], waiting: [] };

export const capacity = {
  getCapacity: async ({ params, query }, { dependencies, language, signal }) => {
    const cluster = await chooseCluster(dependencies, { project: params.project, asked: query.cluster, current: null });
    const found = await cluster.capacity?.overview(params.project, signal);
    const { unknown, nodes, flavors, waiting } = found ?? { ...NOTHING, unknown: reason("NoNodesTold") };
    return {
      body: {
        cluster: cluster.name,
        clusterKind: cluster.kind,
        ...(unknown === undefined ? {} : { unknown: reasonView(unknown, language) }),
        nodes,
        flavors: flavors.map((one) => ({ ...one, holders: { ...one.holders, own: [...one.holders.own] } })),
        waiting: waiting.map((one) => ({
          ...one,
          before: Object.values(whyBefore(one.before)).map((why) => reasonView(why, language)),
          since: new Date(one.since).toISOString(),
          reason: reasonView(one.reason, language),
        })),
      },
    };
  },

  listCapacityShares: async (_, { dependencies, token }) => {
    const all = await dependencies.store.capacityWeights.list();
    const shown = token === null ? [] : all.filter(({ project }) => [EVERY_PROJECT, project].includes(token.project));
    return { body: { items: [...shown], next: null } };
  },

  setCapacityShare: async ({ body: { project, flavor = null, weight } }, { dependencies }) => {
    await dependencies.store.capacityWeights.put({ project, flavor, weight });
    return { body: { project, flavor, weight } };
  },

  removeCapacityShare: async ({ query: { project, flavor = null } }, { dependencies }) => {
    await dependencies.store.capacityWeights.remove({ project, flavor });
    return { body: null };
  },
} satisfies Partial<Implementations>;
