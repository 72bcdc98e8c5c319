// Explains why pods of an application find no node while no run is under way: which pods use the resources that they
// wait for. Best effort: when the cluster does not answer in time, only the message of the Kubernetes scheduler is
// shown.

import { withUnplacedPod } from "../../jobs/waiting/unplacedPod.ts";
import { roomEvidence, roomForNext, UNPLACED } from "../../jobs/waiting/untilPlaced.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { podGroupOf } from "../../model/kubernetes/podGroups.ts";
import { sameReason } from "../../model/reasons/reason.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey, ApplicationStatus, CauseLink } from "../contract/requests.ts";
import { askForRoom } from "../planning/askForRoom.ts";
import { knownCluster } from "../planning/chooseCluster.ts";
import { knownRevision } from "../starting/revisions.ts";

/** The chain, with evidence about free resources added to its root. */
export async function withRoom(
  dependencies: Dependencies<"store" | "clusters" | "clock">,
  {
    key,
    status,
    chain,
  }: { readonly key: ApplicationKey; readonly status: ApplicationStatus; readonly chain: readonly CauseLink[] },
  signal: AbortSignal,
): Promise<readonly CauseLink[]> {
  const root = chain.at(-1);
  if (root === undefined || !UNPLACED.has(root.reason.code)) return chain;
  if (root.evidence.some((one) => one.source === "capacity")) return chain;
  const found = await askForRoom(dependencies, signal, (bounded) =>
    roomFor(dependencies, { key, status, root }, bounded).catch(() => []),
  );
  return chain.with(chain.length - 1, { ...root, evidence: [...found, ...root.evidence] });
}

async function roomFor(
  dependencies: Dependencies<"store" | "clusters">,
  { key, status, root }: { readonly key: ApplicationKey; readonly status: ApplicationStatus; readonly root: CauseLink },
  signal: AbortSignal,
): Promise<readonly Evidence[]> {
  const revision = await knownRevision(dependencies, key, status.summary.revision);
  const objects = status.components.flatMap((one) => one.objects);
  const waiting = objects.find((one) => sameReason(one.reason, root.reason));
  const planned = revision.plan.jobs.flatMap((job) => job.objects.map((object) => object.manifest));
  const manifest = planned.find((one) => waiting !== undefined && refKey(refOf(one)) === refKey(waiting.ref));
  const group = manifest === undefined ? undefined : podGroupOf(manifest);
  const cluster = await knownCluster(dependencies, revision.cluster);
  if (group === undefined || cluster.capacity === undefined) return [];
  const unplaced = await withUnplacedPod(cluster, group, { evidence: root.evidence, signal });
  const existingNodes = root.reason.code === "NoNewNode";
  const asked = { group: unplaced, project: key.project, existingNodes };
  const verdict = await roomForNext(cluster.capacity, asked, signal);
  if (verdict.class !== "waits" && verdict.class !== "rejected") return [];
  return roomEvidence(verdict, []);
}
