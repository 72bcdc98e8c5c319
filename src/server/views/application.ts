// Turns applications, their revisions and their live status into the views of the API.
import type { z } from "zod";
import type {
  ApplicationSummaryView,
  ComponentStatus as ComponentView,
  ObjectHealthView,
  RevisionSummary,
  RevisionView,
  RunSummary,
  StatusView,
} from "../../api/views.ts";
import { statusesByRun } from "../../engine/answering/runStatus.ts";
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import type { ApplicationStatus, ComponentStatus, RunStatus } from "../../engine/contract/requests.ts";
import type { Language } from "../../model/data/text.ts";
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import type { ApplicationSummary, Revision } from "../../model/run/revision.ts";
import type { Frozen } from "../shared/contract.ts";
import { driftItem } from "./drift.ts";
import { objectView } from "./plan.ts";
import { evidenceView, reasonView } from "./reason.ts";
import { clusterKind, repeatedView } from "./run.ts";

type RunPhase = z.output<typeof RunSummary>["phase"];

function applicationSummary(
  dependencies: Dependencies<"clusters">,
  value: ApplicationSummary,
  { status, language }: { readonly status: RunStatus | undefined; readonly language: Language },
): Frozen<z.output<typeof ApplicationSummaryView>> {
  const { project, name, cluster, namespace, revision, updatedAt, lastRun } = value;
  return {
    project,
    name,
    cluster,
    namespace,
    revision,
    updatedAt,
    clusterKind: clusterKind(dependencies, cluster),
    lastRun: lastRun === null ? null : lastRunView(lastRun, status, language),
  };
}

function lastRunView(
  { id, number, kind, phase, finishedAt }: NonNullable<ApplicationSummary["lastRun"]>,
  status: RunStatus | undefined,
  language: Language,
) {
  const ended = phase as RunPhase; // the store gives the run's own phase
  const { state, reason } = status ?? { state: ended, reason: null };
  const why = reason === null ? {} : { reason: reasonView(reason, language) };
  return { id, number, kind, phase: ended, state, ...why, finishedAt };
}

/** The summaries of applications, each with the present state of its last run. */
export async function applicationSummaries(
  dependencies: Dependencies<"store" | "clusters" | "dispatch" | "clock">,
  all: readonly ApplicationSummary[],
  language: Language,
) {
  const open = all.flatMap(({ lastRun }) => (lastRun?.phase === "running" ? [lastRun.id] : []));
  const statuses = await statusesByRun(dependencies, await dependencies.store.runs.many(open));
  return all.map((one) =>
    applicationSummary(dependencies, one, { status: statuses.get(one.lastRun?.id ?? ""), language }),
  );
}

export function statusView(
  dependencies: Dependencies<"clusters">,
  status: ApplicationStatus,
  language: Language,
): Frozen<z.output<typeof StatusView>> {
  return {
    ...applicationSummary(dependencies, status.summary, { status: status.lastRun?.status, language }),
    health: status.health,
    addresses: status.addresses,
    components: status.components.map((one) => componentView(one, language)),
  };
}

function componentView(value: ComponentStatus, language: Language): Frozen<z.output<typeof ComponentView>> {
  const { name, type, health, state, reason, evidence, repeated, ready, wanted, before, objects, drift } = value;
  return {
    name,
    type,
    health,
    state,
    reason: reasonView(reason, language),
    evidence: evidenceView(evidence, language),
    ...repeatedView(repeated, language),
    ...(ready === undefined ? {} : { ready }),
    ...(wanted === undefined ? {} : { wanted }),
    ...(before === undefined ? {} : { before }),
    objects: objects.map((one) => objectHealth(one, language)),
    ...(drift.length === 0 ? {} : { drift: drift.map(driftItem) }),
  };
}

function objectHealth(value: ObjectHealth, language: Language): Frozen<z.output<typeof ObjectHealthView>> {
  const { ready, wanted, address } = value.facts ?? {};
  return {
    object: objectView(value.ref),
    state: value.state,
    reason: reasonView(value.reason, language),
    evidence: evidenceView(value.evidence, language),
    ...(ready === undefined ? {} : { ready }),
    ...(wanted === undefined ? {} : { wanted }),
    ...(address === undefined ? {} : { address }),
  };
}

export function revisionSummary(revision: Revision): Frozen<z.output<typeof RevisionSummary>> {
  const { number, cluster, namespace, actor, message, createdAt, plan } = revision;
  return { number, cluster, namespace, actor, message, createdAt, hash: plan.hash };
}

export function revisionView(revision: Revision): Frozen<z.output<typeof RevisionView>> {
  return { ...revisionSummary(revision), document: documentView(revision) };
}

/** Secret values stay sealed tokens and are not masked, so that the document can be sent back. */
export function documentView({ document }: Revision): Readonly<Record<string, unknown>> {
  return { ...document };
}
