// Runs of no application: one job type, or the steps of a workflow. Planned and checked like a document, with all problems at once.

import type { JobDefinition } from "../../catalog/define.ts";
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { LIMITS } from "../../model/document/document.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { hasErrors, type Problem, problem } from "../../model/problems/problem.ts";
import type { Plan, PlannedJob } from "../../model/run/plan.ts";
import type { Priority, Run } from "../../model/run/run.ts";
import { checkEnvelope, DEFAULT_NAMESPACE } from "../../plan/check/checkEnvelope.ts";
import { sealJobInput, sealWorkflow, sealWorkflowInputs } from "../../plan/components/seal.ts";
import { hashOfJobs } from "../../plan/hashOfJobs.ts";
import { layersOf } from "../../plan/order.ts";
import { planWorkflow } from "../../plan/planWorkflow.ts";
import { checkSize } from "../../plan/read/readLimits.ts";
import type { Cluster } from "../../ports/cluster.ts";
import { type Dependencies, projectCatalog } from "../interface/dependencies.ts";
import type { PlannedDocument, WriteConditions } from "../interface/requests.ts";
import { calledWorkflows } from "../planning/calledWorkflows.ts";
import { chooseCluster } from "../planning/chooseCluster.ts";
import { type BeginDependencies, createRun, earlierRun } from "./createRun.ts";
import { conditionsOf } from "./deploy.ts";

interface PlanRequest {
  readonly project: string;
  /** A job type; or `document`. */
  readonly type?: string;
  readonly version?: string;
  readonly input?: JsonObject;
  /** `{name, workflow}`. */
  readonly document?: JsonObject;
  readonly inputs?: JsonObject;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly message?: string;
  readonly timeout?: string;
  readonly priority?: Priority;
  /** Nothing of it is begun before. */
  readonly startAt?: string;
}

type StartRequest = PlanRequest & WriteConditions;

interface WorkflowSource {
  readonly name: string;
  readonly namespace: string;
  /** Of what is around the workflow. */
  readonly problems: readonly Problem[];
  readonly workflow: Json;
  /** Of the workflow inside of what was sent. */
  readonly pointer: string;
  /** Pointers of the one step mean the request's own fields. */
  readonly inside?: { readonly from: string; readonly to: string };
}

interface StartResult {
  readonly run: Run;
  /** Of its planning. A request that is repeated is not planned again, and has none. */
  readonly warnings: readonly Problem[];
}

export type StartDependencies = BeginDependencies & Dependencies<"catalog" | "jobTypes" | "vault">;

export async function startWorkflowRun(dependencies: StartDependencies, request: StartRequest): Promise<StartResult> {
  const before = await earlierRun(dependencies, request.project, request);
  if (before !== null) return { run: before, warnings: [] };
  const { wanted, jobs, warnings, cluster, inputs } = await plannedRun(dependencies, request);
  const run = await createRun(dependencies, {
    ...conditionsOf(request),
    project: request.project,
    application: null,
    workflow: wanted.name,
    kind: "workflow",
    revision: 0,
    seenRevision: 0,
    cluster: cluster.name,
    namespace: request.namespace ?? wanted.namespace,
    message: request.message ?? "",
    inputs,
    ...(request.priority === undefined ? {} : { priority: request.priority }),
    ...(request.startAt === undefined ? {} : { startAt: new Date(request.startAt).toISOString() }),
    jobs,
  });
  return { run, warnings };
}

/** Whether who starts it expects its end in the answer. A type that is registered in this moment elsewhere may be seen a little later. */
export async function answersWithEnd({ jobTypes }: Dependencies<"jobTypes">, request: PlanRequest): Promise<boolean> {
  const { project, type, version, startAt } = request;
  if (type === undefined || startAt !== undefined) return false;
  const name = nameOf(type, version);
  const known = (): JobDefinition | undefined => jobTypes.usable(project).get(name);
  if (known() === undefined) await jobTypes.refresh?.();
  return known()?.answers === true;
}

function nameOf(type: string, version: string | undefined): string {
  return version === undefined ? type : `${type}@${version}`;
}

/** The whole graph before anything of it runs. */
export async function planWorkflowRun(
  dependencies: Dependencies<"store" | "clusters" | "catalog" | "jobTypes" | "vault">,
  request: PlanRequest,
): Promise<Pick<PlannedDocument, "plan" | "clusterKind">> {
  const { wanted, jobs, warnings, cluster } = await plannedRun(dependencies, request);
  const plan: Plan = {
    application: wanted.name,
    namespace: request.namespace ?? wanted.namespace,
    cluster: cluster.name,
    jobs,
    layers: layersOf(jobs),
    changes: [],
    warnings,
    hash: hashOfJobs(jobs),
  };
  return { plan, clusterKind: cluster.kind };
}

interface PlannedRun {
  readonly wanted: WorkflowSource;
  readonly jobs: readonly PlannedJob[];
  readonly warnings: readonly Problem[];
  readonly cluster: Cluster;
  /** Sealed. */
  readonly inputs: JsonObject;
}

/** Told apart, so that the answer says which part has to become smaller. */
function checkSizes({ document, input, inputs }: PlanRequest): void {
  // What is too deep to be written as text is told by the plan.
  const bytesOf = (part: JsonObject | undefined): number =>
    part === undefined || checkSize(part) !== undefined ? 0 : Buffer.byteLength(JSON.stringify(part));
  const parts = [
    { code: "TooLarge", pointer: "/document", bytes: bytesOf(document), limit: LIMITS.documentBytes },
    { code: "InputsTooLarge", pointer: "/input", bytes: bytesOf(input), limit: LIMITS.inputsBytes },
    { code: "InputsTooLarge", pointer: "/inputs", bytes: bytesOf(inputs), limit: LIMITS.inputsBytes },
  ] as const;
  const told = parts.flatMap(({ code, pointer, bytes, limit }) =>
    bytes > limit ? [problem(code, pointer, { bytes, limit })] : [],
  );
  if (told.length > 0) throw new PlatformError("InvalidDocument", { count: told.length }, { problems: told });
}

async function plannedRun(
  dependencies: Dependencies<"store" | "clusters" | "catalog" | "jobTypes" | "vault">,
  request: PlanRequest,
): Promise<PlannedRun> {
  checkSizes(request);
  const cluster = await chooseCluster(dependencies, {
    project: request.project,
    asked: request.cluster,
    current: null,
  });
  await dependencies.jobTypes.refresh?.();
  const { inputs = {}, ...rest } = sealedRequest(dependencies, request);
  const wanted = wantedOf(rest);
  const { jobs, problems } = planWorkflow({
    document: wanted.workflow,
    catalog: projectCatalog(dependencies, request.project),
    inputs,
    called: await calledWorkflows(dependencies, request.project, wanted.workflow),
    name: wanted.name,
  });
  const told = [...wanted.problems, ...problems.map((one) => placed(one, wanted))];
  if (hasErrors(told)) throw new PlatformError("InvalidDocument", { count: told.length }, { problems: told });
  return { wanted, jobs, warnings: told, cluster, inputs };
}

/** From here on, what job types and workflows call secret exists only as tokens. */
export function sealedRequest<R extends PlanRequest>(
  dependencies: Dependencies<"catalog" | "jobTypes" | "vault">,
  request: R,
): R {
  const { project, type, version, input, document, inputs } = request;
  const catalog = projectCatalog(dependencies, project);
  const seal = (text: string): string => dependencies.vault.seal(project, text);
  const definition = type === undefined ? undefined : catalog.jobs.get(nameOf(type, version));
  const workflow = document?.["workflow"];
  return {
    ...request,
    ...(input === undefined || definition === undefined ? {} : { input: sealJobInput(definition, input, seal) }),
    ...(isObject(workflow) ? { document: { ...document, workflow: sealWorkflow(workflow, catalog, seal) } } : {}),
    ...(inputs === undefined
      ? {}
      : { inputs: sealWorkflowInputs(inputs, { workflow: workflow ?? null, catalog, seal }) }),
  };
}

function wantedOf({ type, version, input, document, timeout }: PlanRequest): WorkflowSource {
  if ((type === undefined) === (document === undefined))
    throw new PlatformError("InvalidRequest", {}, { faults: [problem("TypeOrDocument", "/body")] });
  if (document !== undefined) return documentWanted({ name: "workflow", ...document });
  const step = {
    name: type ?? "",
    type: nameOf(type ?? "", version),
    ...(input === undefined ? {} : { properties: input }),
    ...(timeout === undefined ? {} : { timeout }),
  };
  return {
    name: type ?? "",
    namespace: DEFAULT_NAMESPACE,
    problems: [],
    workflow: { steps: [step] },
    pointer: "",
    inside: { from: "/steps/0/properties", to: "/input" },
  };
}

function documentWanted(document: JsonObject): WorkflowSource {
  const problems: Problem[] = [];
  const { namespace, components } = checkEnvelope(document, problems);
  if (components.length > 0) problems.push(problem("RunOfComponents", "/components"));
  const { name } = document;
  return {
    name: typeof name === "string" ? name : "",
    namespace,
    problems: problems.map((one) => ({ ...one, pointer: `/document${one.pointer}` })),
    workflow: document["workflow"] ?? null,
    pointer: "/document/workflow",
  };
}

function placed(one: Problem, { pointer, inside }: WorkflowSource): Problem {
  if (inside === undefined) {
    const { first } = one.params;
    const params = typeof first === "string" && first.startsWith("/") ? { first: pointer + first } : {};
    return { ...one, pointer: pointer + one.pointer, params: { ...one.params, ...params } };
  }
  const within = one.pointer.startsWith(inside.from) ? inside.to + one.pointer.slice(inside.from.length) : "/type";
  return { ...one, pointer: within };
}
