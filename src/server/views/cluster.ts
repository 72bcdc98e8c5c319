// Turns clusters into the views of the API: how they are reached, but no credential, and of an address only its origin,
// without path or proxy.
import type { z } from "zod";
import type { ClusterView } from "../../api/clusterRoutes.ts";
import type { Language } from "../../model/data/text.ts";
import { explainReason } from "../../model/reasons/reason.ts";
import type { ClusterEntry } from "../../ports/clusterRegistry.ts";
import type { Frozen } from "../shared/contract.ts";

export async function clusterView(
  entry: ClusterEntry,
  language: Language,
): Promise<Frozen<z.output<typeof ClusterView>>> {
  const { reachable, reason, version, took } = await entry.pulse();
  const { name, kind, breaker, registered } = entry;
  return {
    name,
    kind,
    reachable,
    detail: reason === null ? "" : explainReason(reason, language),
    version,
    origin: registered === null ? "start" : "registered",
    breaker,
    milliseconds: took,
    server: registered === null ? "" : originOf(registered.way.server),
    insecure: registered?.way.insecure ?? false,
    auth: registered?.way.auth ?? "unknown",
    user: registered?.user ?? "",
    projects: registered?.projects ?? [],
    calls: registered?.calls ?? 0,
    createdAt: registered?.createdAt ?? null,
    updatedAt: registered?.updatedAt ?? null,
  };
}

function originOf(server: string): string {
  return URL.canParse(server) ? new URL(server).origin : "…";
}
