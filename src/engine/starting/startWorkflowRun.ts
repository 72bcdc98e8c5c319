// Plans and starts runs that belong to no application: one job of a job type, or the steps of a workflow. They are
// checked like a document, and all problems are reported together.

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
import { type Dependencies, projectCatalog } from "../contract/dependencies.ts";
import type { PlannedDocument, WriteConditions } from "../contract/requests.ts";
import { calledWorkflows } from "../planning/calledWorkflows.ts";
import { chooseCluster } from "../planning/chooseCluster.ts";
import { type BeginDependencies, createRun, earlierRun } from "./createRun.ts";
import { conditionsOf } from "./deploy.ts";

interface PlanRequest {
  readonly project: string;
  /** A job type. Either this or `document` is set. */
  readonly type?: string;
  readonly version?: string;
  readonly input?: JsonObject;
  /** An object with the fields `name` and `workflow`. Either this or `type` is set. */
  readonly document?: JsonObject;
  readonly inputs?: JsonObject;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly message?: string;
  readonly timeout?: string;
  readonly priority?: Priority;
  /** The time before which no job of the run starts. Default: now. */
  readonly startAt?: string;
}

type StartRequest = PlanRequest & WriteConditions;

interface WorkflowSource {
  readonly name: string;
  readonly namespace: string;
  /** Problems outside the workflow: its name, its namespace. */
  readonly problems: readonly Problem[];
  readonly workflow: Json;
  /** The pointer to the workflow in the request. */
  readonly pointer: string;
  /** For a run of one job type: how pointers into its only step become pointers into the request. */
  readonly inside?: { readonly from: string; readonly to: string };
}

interface StartResult {
  readonly run: Run;
  /** The warnings of planning. Empty for a repeated request, which is not planned again. */
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

/**
 * Whether the response to the request waits for the end of the run. The job types are read again when the type is not
 * known yet.
 */
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

/** The plan of a run, without starting it. */
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
  /** The inputs, with secrets sealed. */
  readonly inputs: JsonObject;
}

/**
 * Throws InvalidDocument when a part of the request is too large. The parts are checked one by one, so that the error
 * names the part.
 */
function checkSizes({ document, input, inputs }: PlanRequest): void {
  // A part that is nested too deeply to be written as text is reported by the checks of the plan.
  const bytesOf = (part: JsonObject | undefined): number =>
    part === undefined || checkSize(part) !== undefined ? 0 : Buffer.byteLength(JSON.stringify(part));
  const parts = [
    { code: "TooLarge", pointer: "/document", bytes: bytesOf(document), limit: LIMITS.documentBytes },
    { code: "InputsTooLarge", pointer: "/input", bytes: bytesOf(input), limit: LIMITS.inputsBytes },
    { code: "InputsTooLarge", pointer: "/inputs", bytes: bytesOf(inputs), limit: LIMITS.inputsBytes },
  ] as const;
  const tooLarge = parts.flatMap(({ code, pointer, bytes, limit }) =>
    bytes > limit ? [problem(code, pointer, { bytes, limit })] : [],
  );
  if (tooLarge.length > 0)
    throw new PlatformError("InvalidDocument", { count: tooLarge.length }, { problems: tooLarge });
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
  const allProblems = [...wanted.problems, ...problems.map((one) => withPointer(one, wanted))];
  if (hasErrors(allProblems))
    throw new PlatformError("InvalidDocument", { count: allProblems.length }, { problems: allProblems });
  return { wanted, jobs, warnings: allProblems, cluster, inputs };
}

/** The request with every value sealed that its job type or workflow marks as secret. */
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

function withPointer(one: Problem, { pointer, inside }: WorkflowSource): Problem {
  if (inside === undefined) {
    const { first } = one.params;
    const params = typeof first === "string" && first.startsWith("/") ? { first: pointer + first } : {};
    return { ...one, pointer: pointer + one.pointer, params: { ...one.params, ...params } };
  }
  const within = one.pointer.startsWith(inside.from) ? inside.to + one.pointer.slice(inside.from.length) : "/type";
  return { ...one, pointer: within };
}
