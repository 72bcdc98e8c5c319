// The clusters that the server was told of, each asked now whether it answers.
import type { z } from "zod";
import type { ClusterView } from "../api/views.ts";
import { explainReason } from "../model/reason.ts";
import type { Language } from "../model/text.ts";
import { type Cluster, ClusterError } from "../ports/cluster.ts";
import type { Implementations } from "./contract.ts";

/** One cluster that hangs must not hold up the list. */
const PATIENCE_MILLISECONDS = 5_000;

export const clusters = {
  listClusters: async (_, { world, language, signal }) => {
    const all = world.clusters.names().flatMap((name) => world.clusters.get(name) ?? []);
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MILLISECONDS)]);
    return { body: { items: await Promise.all(all.map((one) => look(one, language, bounded))), next: null } };
  },
} satisfies Partial<Implementations>;

async function look(cluster: Cluster, language: Language, signal: AbortSignal): Promise<z.output<typeof ClusterView>> {
  const { name, kind } = cluster;
  try {
    const { version } = await cluster.facts(signal);
    return { name, kind, reachable: true, detail: "", version };
  } catch (error) {
    return { name, kind, reachable: false, detail: detailOf(error, signal, language), version: "" };
  }
}

function detailOf(error: unknown, signal: AbortSignal, language: Language): string {
  if (error instanceof ClusterError) return explainReason(error.reason, language);
  const late = {
    en: `no answer within ${PATIENCE_MILLISECONDS / 1_000} s`,
    zh: `${PATIENCE_MILLISECONDS / 1_000} 秒内无应答`,
  };
  if (signal.aborted) return late[language];
  return error instanceof Error ? error.message : String(error);
}
