// From a document's text to a plan for a cluster, with every problem that can be known before anything is started.
// The order is: what the text says, what the definitions say, what the cluster says.

import { isObject, type JsonObject } from "../../model/data/json.ts";
import type { ApplicationDocument } from "../../model/document/document.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { hasErrors, type Problem, problem } from "../../model/problems/problem.ts";
import type { ClusterFacts, Plan } from "../../model/run/plan.ts";
import type { ApplicationSummary, OwnedObject } from "../../model/run/revision.ts";
import { checkDocument } from "../../plan/check/check.ts";
import type { ResolvedApplication } from "../../plan/components/resolvedApplication.ts";
import { sealDocument, sealInputs } from "../../plan/components/seal.ts";
import { planApplication } from "../../plan/plan.ts";
import { withPositions } from "../../plan/read/locate.ts";
import { readDocument } from "../../plan/read/read.ts";
import { type Cluster, ClusterError } from "../../ports/cluster.ts";
import { projectCatalog, type World } from "../interface/dependencies.ts";
import type { DocumentRequest, PlannedDocument } from "../interface/requests.ts";
import { withAdoption, withRemade, withUnmade } from "./adoption.ts";
import { calledWorkflows } from "./calledWorkflows.ts";
import { renderCharts } from "./charts.ts";
import { chooseCluster, clusterFailure } from "./chooseCluster.ts";
import { withTasks } from "./doneTasks.ts";
import { withChangedBehind, withNothingThere } from "./foreignChanges.ts";
import { withNamespace } from "./namespaceJob.ts";
import { pointerOf, presentOutside, refusedByCluster, takenByOthers } from "./preflight.ts";
import { warnOfRoom } from "./roomWarnings.ts";
import { answeredByOthers } from "./sharedRoutes.ts";

/** Everything that was learnt on the way, for whoever goes on to deploy. */
export interface Planning extends PlannedDocument {
  readonly document: ApplicationDocument;
  readonly current: ApplicationSummary | null;
  /** Where the current revision runs as another one than the plan's: what is there would be left behind. */
  readonly facts: ClusterFacts;
  /** As they were given, sealed. */
  readonly inputs: JsonObject;
}

export async function planDocument(world: World, request: DocumentRequest, signal: AbortSignal): Promise<Planning> {
  const read = readDocument(request.text, request.format);
  if (!read.ok) throw invalid(read.problems);
  await world.jobTypes.refresh?.();
  const locate = (problems: readonly Problem[]): readonly Problem[] => withPositions(problems, read.locate);
  const catalog = projectCatalog(world, request.project);
  const checked = checkDocument(read.value, catalog);
  if (checked.application === null || !isObject(read.value)) throw invalid(locate(checked.problems));
  nameFits(request, checked.application.document.name);

  const { application, document } = sealed(world, request.project, read.value);
  const seal = (text: string): string => world.vault.seal(request.project, text);
  const inputs = sealInputs(request.inputs ?? {}, { workflow: read.value["workflow"] ?? null, catalog, seal });
  const current = await world.store.applications.get(request.project, document.name);
  const cluster = await chooseCluster(world, { project: request.project, asked: request.cluster, current });
  staysInPlace(current, cluster.name, application.namespace);
  try {
    const planned = await planOn(world, { request: { ...request, inputs }, application, current, cluster }, signal);
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

/** From here on, secret values exist only as tokens. Checked again, because what is planned must be what is stored. */
function sealed(
  world: World,
  project: string,
  value: JsonObject,
): { application: ResolvedApplication; document: ApplicationDocument } {
  const catalog = projectCatalog(world, project);
  const { application, problems } = checkDocument(
    sealDocument(value, catalog, (text) => world.vault.seal(project, text)),
    catalog,
  );
  if (application === null) throw invalid(problems);
  return { application, document: application.document };
}

/** An application does not move by itself: what it made elsewhere would be left behind, with its data. */
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

interface Target {
  readonly request: DocumentRequest;
  readonly application: ResolvedApplication;
  readonly current: ApplicationSummary | null;
  readonly cluster: Cluster;
}

async function planOn(
  world: World,
  target: Target,
  signal: AbortSignal,
): Promise<{ plan: Plan | null; problems: readonly Problem[]; facts: ClusterFacts }> {
  const { request, current, cluster } = target;
  const name = target.application.document.name;
  const [facts, namespaceExists, previous, owned] = await Promise.all([
    cluster.facts(signal),
    cluster.namespaceExists(target.application.namespace, signal),
    current === null ? null : world.store.applications.revision(request.project, name, current.revision),
    world.store.inventory.list(request.project, name),
  ]);
  const expanded = await renderCharts(
    world,
    { application: target.application, project: request.project, facts },
    signal,
  );
  if (hasErrors(expanded.problems)) return { plan: null, problems: expanded.problems, facts };
  const { application } = expanded;
  const missing = !namespaceExists && !request.createNamespace;
  const outside = namespaceExists
    ? await presentOutside(cluster, application, signal)
    : new Map<string, readonly string[]>();
  const planned = planApplication({
    application,
    project: request.project,
    facts,
    previous: previous?.plan ?? null,
    owned,
    presentOutside: new Set(outside.keys()),
    keysOutside: outside,
    inputs: request.inputs ?? {},
    called: await calledWorkflows(world, request.project, application.document.workflow),
  });
  const result = {
    ...planned,
    plan: planned.plan && (await withTasks(world, request.project, withUnmade(planned.plan, owned))),
  };
  const problems = [
    ...result.problems,
    ...(missing ? [problem("NoNamespace", "/namespace", { name: application.namespace, cluster: cluster.name })] : []),
  ];
  if (result.plan === null || hasErrors(problems) || !namespaceExists) {
    if (result.plan === null || namespaceExists) return { plan: result.plan, problems, facts };
    const plan = withNamespace(withNothingThere(result.plan), request.project);
    const shared = await answeredByOthers({ ...target, application, plan, owned }, signal);
    const room = await roomWarnings(world, { ...target, plan }, signal);
    return { plan, problems: [...problems, ...shared, ...room], facts };
  }
  const asked = await askCluster(
    world,
    { ...target, application, plan: result.plan, owned, previous: previous?.plan ?? null },
    signal,
  );
  return { plan: asked.plan, problems: [...problems, ...asked.problems], facts };
}

/** What the cluster holds may make other changes of the planned ones. */
async function askCluster(
  world: World,
  target: Target & { plan: Plan; owned: readonly OwnedObject[]; previous: Plan | null },
  signal: AbortSignal,
): Promise<{ readonly plan: Plan; readonly problems: readonly Problem[] }> {
  const taken = await takenByOthers(world, target, signal);
  if (taken.problems.length > 0) return { plan: target.plan, problems: taken.problems };
  const adopted = await withAdoption(world, { target, adopted: taken.adopted }, signal);
  const seen = { target: { ...target, plan: adopted }, previous: target.previous };
  const plan = await withChangedBehind(world, seen, signal);
  const [{ problems, remade }, shared, room] = await Promise.all([
    refusedByCluster(world, { ...target, plan }, signal),
    answeredByOthers({ ...target, plan }, signal),
    roomWarnings(world, { ...target, plan }, signal),
  ]);
  return { plan: withRemade(plan, remade), problems: [...problems, ...shared, ...room] };
}

function roomWarnings(
  world: World,
  { request, cluster, application, plan }: Target & { readonly plan: Plan },
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const asked = {
    project: request.project,
    cluster,
    plan,
    pointerOf: (component: string | null) => pointerOf({ application }, component),
  };
  return warnOfRoom(world, asked, signal);
}
