// Makes a plan for a cluster from the text of a document, and collects every problem that can be known before anything
// is started. It checks the text first, then the fields by their definitions, then what only the cluster knows
// (preflight.ts).

import { isObject, type JsonObject } from "../../model/data/json.ts";
import type { ApplicationDocument } from "../../model/document/document.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { hasErrors, type Problem, problem } from "../../model/problems/problem.ts";
import type { ClusterFacts, Plan } from "../../model/run/plan.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import { checkDocument } from "../../plan/check/check.ts";
import type { ResolvedApplication } from "../../plan/components/resolvedApplication.ts";
import { sealDocument, sealWorkflowInputs } from "../../plan/components/seal.ts";
import { planApplication } from "../../plan/plan.ts";
import { withPositions } from "../../plan/read/locate.ts";
import { readDocument } from "../../plan/read/read.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { type Dependencies, projectCatalog } from "../contract/dependencies.ts";
import type { DocumentRequest, PlannedDocument } from "../contract/requests.ts";
import { withAdoption, withMissingObjects, withRecreations } from "./adoption.ts";
import { calledWorkflows } from "./calledWorkflows.ts";
import { renderCharts } from "./charts.ts";
import { chooseCluster, clusterFailure } from "./chooseCluster.ts";
import { withTasks } from "./doneTasks.ts";
import { withChangedBehind, withNothingThere } from "./foreignChanges.ts";
import { missingNames } from "./missingNames.ts";
import { withNamespace } from "./namespaceJob.ts";
import {
  applyOptions,
  type PreflightInput,
  pointerOf,
  presentOutside,
  refusedByCluster,
  takenByOthers,
} from "./preflight.ts";
import { capacityWarnings } from "./roomWarnings.ts";
import { answeredByOthers } from "./sharedRoutes.ts";

/** The plan together with what planning read on the way, for a deploy that follows. */
export interface Planning extends PlannedDocument {
  readonly document: ApplicationDocument;
  readonly current: ApplicationSummary | null;
  /** The facts of the cluster with which the plan was made. */
  readonly facts: ClusterFacts;
  /** The inputs of the request, with secrets sealed. */
  readonly inputs: JsonObject;
}

export type PlanningDependencies = Dependencies<
  "store" | "clusters" | "catalog" | "jobTypes" | "vault" | "charts" | "clock"
>;

export async function planDocument(
  dependencies: PlanningDependencies,
  request: DocumentRequest,
  signal: AbortSignal,
): Promise<Planning> {
  const read = readDocument(request.text, request.format);
  if (!read.ok) throw invalid(read.problems);
  await dependencies.jobTypes.refresh?.();
  const locate = (problems: readonly Problem[]): readonly Problem[] => withPositions(problems, read.locate);
  const catalog = projectCatalog(dependencies, request.project);
  const checked = checkDocument(read.value, catalog);
  if (checked.application === null || !isObject(read.value)) throw invalid(locate(checked.problems));
  nameFits(request, checked.application.document.name);

  const { application, document } = sealed(dependencies, request.project, read.value);
  const seal = (text: string): string => dependencies.vault.seal(request.project, text);
  const inputs = sealWorkflowInputs(request.inputs ?? {}, { workflow: read.value["workflow"] ?? null, catalog, seal });
  const current = await dependencies.store.applications.get(request.project, document.name);
  const cluster = await chooseCluster(dependencies, { project: request.project, asked: request.cluster, current });
  staysInPlace(current, cluster.name, application.namespace);
  try {
    const planned = await planOn(
      dependencies,
      { request: { ...request, inputs }, application, current, cluster },
      signal,
    );
    const problems = [...checked.problems, ...planned.problems];
    if (planned.plan === null || hasErrors(problems)) throw invalid(locate(problems));
    const warnings = locate([...checked.problems, ...planned.problems]);
    return {
      plan: { ...planned.plan, warnings },
      clusterKind: cluster.kind,
      document,
      current,
      facts: planned.facts,
      inputs,
    };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    throw clusterFailure(error, cluster.name);
  }
}

function invalid(problems: readonly Problem[]): PlatformError {
  const count = problems.filter((one) => one.severity === "error").length;
  return new PlatformError("InvalidDocument", { count }, { problems });
}

function nameFits(request: DocumentRequest, name: string): void {
  if (request.application === undefined || request.application === name) return;
  throw new PlatformError("DocumentNameDiffers", { name, expected: request.application });
}

/**
 * The document with its secret values sealed. It is checked again, because the plan must be made from the document that
 * is stored.
 */
function sealed(
  dependencies: Dependencies<"catalog" | "jobTypes" | "vault">,
  project: string,
  value: JsonObject,
): { application: ResolvedApplication; document: ApplicationDocument } {
  const catalog = projectCatalog(dependencies, project);
  const { application, problems } = checkDocument(
    sealDocument(value, catalog, (text) => dependencies.vault.seal(project, text)),
    catalog,
  );
  if (application === null) throw invalid(problems);
  return { application, document: application.document };
}

/** Refuses to move an application: its objects and data would stay in the old namespace or cluster. */
function staysInPlace(current: ApplicationSummary | null, cluster: string, namespace: string): void {
  if (current === null || (current.cluster === cluster && current.namespace === namespace)) return;
  throw new PlatformError("WouldMove", {
    application: current.name,
    cluster: current.cluster,
    namespace: current.namespace,
    otherCluster: cluster,
    otherNamespace: namespace,
  });
}

interface Checked {
  readonly plan: Plan;
  readonly problems: readonly Problem[];
}

async function planOn(
  dependencies: Dependencies<"store" | "vault" | "charts" | "clock">,
  { request, application: written, current, cluster }: Omit<PreflightInput, "plan" | "owned">,
  signal: AbortSignal,
): Promise<{ plan: Plan | null; problems: readonly Problem[]; facts: ClusterFacts }> {
  const { project } = request;
  const { name } = written.document;
  const [facts, namespaceExists, previous, owned] = await Promise.all([
    cluster.facts(signal),
    cluster.namespaceExists(written.namespace, signal),
    current === null ? null : dependencies.store.applications.revision(project, name, current.revision),
    dependencies.store.inventory.list(project, name),
  ]);
  const charts = await renderCharts(dependencies, { application: written, project, facts }, signal);
  if (hasErrors(charts.problems)) return { plan: null, problems: charts.problems, facts };
  const { application } = charts;
  const outside = namespaceExists ? await presentOutside(cluster, application, signal) : NOTHING_OUTSIDE;
  const planned = planApplication({
    application,
    project,
    facts,
    previous: previous?.plan ?? null,
    owned,
    presentOutside: new Set(outside.keys()),
    keysOutside: outside,
    inputs: request.inputs ?? {},
    called: await calledWorkflows(dependencies, project, application.document.workflow),
  });
  const plan = planned.plan && (await withTasks(dependencies, project, withMissingObjects(planned.plan, owned)));
  const unplaced = !namespaceExists && !request.createNamespace;
  const problems = [
    ...planned.problems,
    ...(unplaced ? [problem("NoNamespace", "/namespace", { name: application.namespace, cluster: cluster.name })] : []),
  ];
  // The objects of a namespace are only compared with a plan that has no errors of its own.
  if (plan === null || (namespaceExists && hasErrors(problems))) return { plan, problems, facts };
  const target: PreflightInput = { request, application, current, cluster, plan, owned };
  const checked = namespaceExists
    ? await inExistingNamespace(dependencies, { target, previous: previous?.plan ?? null }, signal)
    : await inNewNamespace(dependencies, target, signal);
  const missing = await missingNames({ ...target, plan: checked.plan }, facts, signal);
  return { plan: checked.plan, problems: [...problems, ...checked.problems, ...missing], facts };
}

const NOTHING_OUTSIDE: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * The plan and its problems after a comparison with the objects in the namespace, which may turn planned changes into
 * others.
 */
async function inExistingNamespace(
  dependencies: Dependencies<"store" | "vault" | "clock">,
  { target, previous }: { readonly target: PreflightInput; readonly previous: Plan | null },
  signal: AbortSignal,
): Promise<Checked> {
  const owners = await takenByOthers(dependencies, target, signal);
  if (owners.problems.length > 0) return { plan: target.plan, problems: owners.problems };
  const adopted = { ...target, plan: await withAdoption(dependencies, { target, adopted: owners.adopted }, signal) };
  const plan = await withChangedBehind(dependencies, { target: adopted, previous }, signal);
  const changed = { ...target, plan };
  const [{ problems, remade }, shared, room] = await Promise.all([
    refusedByCluster(dependencies, changed, signal),
    answeredByOthers(changed, signal),
    roomWarnings(dependencies, changed, signal),
  ]);
  return { plan: withRecreations(plan, remade), problems: [...problems, ...shared, ...room] };
}

/**
 * The plan for a namespace that does not exist: every object is created. Only routes and room still depend on the rest
 * of the cluster.
 */
async function inNewNamespace(
  dependencies: Dependencies<"clock" | "vault">,
  target: PreflightInput,
  signal: AbortSignal,
): Promise<Checked> {
  const plan = withNamespace(withNothingThere(target.plan), target.request.project);
  const created = { ...target, plan };
  const shared = await answeredByOthers(created, signal);
  const room = await roomWarnings(dependencies, created, signal);
  return { plan, problems: [...shared, ...room] };
}

function roomWarnings(
  dependencies: Dependencies<"clock" | "vault">,
  target: PreflightInput,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const { request, cluster, application, plan } = target;
  const asked = {
    project: request.project,
    cluster,
    plan,
    options: applyOptions(dependencies, target, signal),
    pointerOf: (component: string | null) => pointerOf({ application }, component),
  };
  return capacityWarnings(dependencies, asked, signal);
}
