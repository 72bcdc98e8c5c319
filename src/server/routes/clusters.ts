// The routes of the clusters of this server. A list never waits for a cluster that does not answer:
// src/clusters/pulse.ts asks each one in the background.
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { problem } from "../../model/problems/problem.ts";
import type { ClusterEntry, GivenCluster } from "../../ports/clusterRegistry.ts";
import type { Token } from "../../ports/store.ts";
import { EVERY_PROJECT } from "../auth/authorise.ts";
import { invalidRequest } from "../requests/input.ts";
import { given, type Implementations, type InputOf, type RouteContext } from "../shared/contract.ts";
import { clusterView } from "../views/cluster.ts";

export const clusters = {
  listClusters: async (_, { dependencies, token, language }) => ({
    body: { items: await Promise.all(shown(dependencies, token).map((one) => clusterView(one, language))), next: null },
  }),

  addCluster: async ({ body }, context) => {
    const reached = givenIn(body);
    if (reached === undefined) throw invalidRequest(problem("ClusterUndescribed", "/body"));
    const { name, projects, calls } = body;
    await context.dependencies.clusters.add(name, reached, { ...given({ projects, calls }), ...askedBy(context) });
    return answer(context, name);
  },

  getCluster: async ({ params }, context) => answer(context, params.cluster),

  updateCluster: async ({ params: { cluster }, body }, context) => {
    const { projects, calls } = body;
    const { expectedRevision } = context.conditions();
    const expected = typeof expectedRevision === "number" ? expectedRevision : undefined;
    const change = given({ projects, calls, expected, given: givenIn(body) });
    await context.dependencies.clusters.update(cluster, change, askedBy(context));
    return answer(context, cluster);
  },

  removeCluster: async ({ params, query }, context) => {
    await context.dependencies.clusters.remove(params.cluster, { forget: query.force, ...askedBy(context) });
    return { body: null };
  },
} satisfies Partial<Implementations>;

type Body = InputOf<"updateCluster">["body"];

/** How the cluster is reached; `undefined` when the body does not say it. */
function givenIn({ kubeconfig: text, context, server, token, ca, insecure = false }: Body): GivenCluster | undefined {
  if (text !== undefined && (server ?? token ?? ca) !== undefined)
    throw invalidRequest(problem("ClusterDescribedTwice", "/body"));
  if (text !== undefined) return { type: "kubeconfig", text, context };
  if (context !== undefined) throw invalidRequest(problem("ContextAlone", "/body/context"));
  if (server !== undefined && token !== undefined) return { type: "token", server, token, ca, insecure };
  if ((server ?? token ?? ca) !== undefined || insecure) throw invalidRequest(problem("ServerAlone", "/body"));
  return undefined;
}

function askedBy({ token, signal }: RouteContext) {
  return { actor: token?.name ?? "?", signal };
}

/** The clusters that the token may see. A cluster of other projects is not shown at all, not even its name. */
function shown({ clusters }: Dependencies<"clusters">, token: Token | null): readonly ClusterEntry[] {
  if (token === null) return [];
  if (token.project === EVERY_PROJECT) return clusters.entries();
  const usable = clusters.usable(token.project);
  return clusters.entries().filter((one) => usable.includes(one.name));
}

async function answer({ dependencies, token, language }: RouteContext, name: string) {
  await dependencies.clusters.find(name);
  const entries = shown(dependencies, token);
  const entry = entries.find((one) => one.name === name);
  if (entry === undefined) {
    const known = listed(entries.map((one) => one.name));
    throw new PlatformError("NotFound", { what: "cluster", name, known });
  }
  const etag = entry.registered === null ? {} : { etag: `rev-${entry.registered.generation}` };
  return { body: await clusterView(entry, language), ...etag };
}
