// What a checked application means on a given cluster: render, order, compare. A pure function: the same input gives
// the same plan, byte for byte. All problems are reported together; with an error among them there is no plan, and
// nothing can be started.

import type { JsonObject } from "../model/data/json.ts";
import type { WorkflowDocument } from "../model/document/document.ts";
import { refKey, refOf } from "../model/kubernetes/manifest.ts";
import { hasErrors, type Problem } from "../model/problems/problem.ts";
import type { ClusterFacts, Plan, PlannedJob } from "../model/run/plan.ts";
import type { OwnedObject } from "../model/run/revision.ts";
import { comparePlans } from "./compare/compare.ts";
import { checkKeys, checkOutside } from "./components/planOutside.ts";
import type { ResolvedApplication } from "./components/resolvedApplication.ts";
import { hashOfJobs } from "./hashOfJobs.ts";
import { jobsOf, layersOf, pruneJob } from "./order.ts";
import { renderApplication } from "./render/render.ts";
import { type WorkflowJobs, workflowJobs } from "./workflow/workflowJobs.ts";

export interface PlanInput {
  readonly application: ResolvedApplication;
  readonly project: string;
  readonly facts: ClusterFacts;
  /** The plan of the newest revision, whether its run succeeded or not. `null` for the first revision. */
  readonly previous: Plan | null;
  /** Objects that the application owns on the cluster now. */
  readonly owned: readonly OwnedObject[];
  /** `Kind/name` of ConfigMaps and Secrets in the namespace; `null` when the cluster could not be asked. */
  readonly presentOutside: ReadonlySet<string> | null;
  /** The keys of those that contain any. */
  readonly keysOutside?: ReadonlyMap<string, readonly string[]>;
  /** Values for the inputs of its workflow. */
  readonly inputs?: JsonObject;
  /** The workflows that it calls, and those that they call, by application; see `callsOf`. */
  readonly called?: ReadonlyMap<string, WorkflowDocument>;
  /** True without a server: called workflows are not available and inputs are given later, so both stay open. */
  readonly offline?: boolean;
}

export interface PlanResult {
  /** `null` when there is an error among the problems. */
  readonly plan: Plan | null;
  /** Errors and warnings. */
  readonly problems: readonly Problem[];
}

export function planApplication(input: PlanInput): PlanResult {
  const { application, facts } = input;
  const rendered = renderApplication(input);
  const deploying = jobsOf(rendered.components, application);
  const manifests = deploying.flatMap((job) => job.objects.map((object) => object.manifest));
  const comparison = comparePlans({
    jobs: deploying,
    previous: input.previous?.jobs ?? [],
    owned: input.owned,
    facts,
    pointerOf: (name) => application.components.find((one) => one.name === name)?.pointer ?? "",
  });
  const problems = [
    ...rendered.problems,
    ...comparison.problems,
    ...checkOutside(application, manifests, input.presentOutside),
    ...checkKeys(application, manifests, input.keysOutside ?? new Map()),
  ];
  if (hasErrors(problems)) return { plan: null, problems };
  const goes = comparison.changes.some((change) => change.action === "delete");
  const present = manifests.map((manifest) => refKey(refOf(manifest)));
  const components: readonly PlannedJob[] = goes
    ? [...deploying, pruneJob(deploying, present, application)]
    : deploying;
  const { jobs, problems: wrong } = withSteps(input, components);
  if (hasErrors(wrong)) return { plan: null, problems: [...problems, ...wrong] };
  const plan: Plan = {
    application: application.document.name,
    namespace: application.namespace,
    cluster: facts.name,
    jobs,
    layers: layersOf(jobs),
    changes: comparison.changes,
    warnings: problems,
    hash: hashOfJobs(application.workflow === null ? deploying : jobs),
  };
  return { plan, problems };
}

function withSteps(
  { application, inputs, called, offline = false }: PlanInput,
  jobs: readonly PlannedJob[],
): WorkflowJobs {
  const { workflow, document, components } = application;
  if (workflow === null) return { jobs, problems: [] };
  return workflowJobs({
    workflow,
    pointer: "/workflow",
    application: document.name,
    inputs: inputs ?? {},
    called: called ?? new Map(),
    offline,
    components,
    jobs,
  });
}
