// The plan that removes an application from the cluster. It follows the dependency graph backwards, so that no
// component loses what it needs while it still runs. Only objects that the application owns are touched; volumes stay
// unless the user asks for their removal.

import { defaultTimeout } from "../catalog/jobTypes.ts";
import { isVolume, LABELS, refKey, refOf } from "../model/kubernetes/manifest.ts";
import {
  type Need,
  type ObjectChange,
  ONE_ATTEMPT,
  type Plan,
  type PlannedJob,
  type PlannedObject,
} from "../model/run/plan.ts";
import type { OwnedObject } from "../model/run/revision.ts";
import { hashOfJobs } from "./hashOfJobs.ts";
import { layersOf } from "./order.ts";
import type { StepTypes } from "./workflow/steps/stepKinds.ts";

interface RemovalInput {
  readonly application: string;
  readonly namespace: string;
  readonly cluster: string;
  readonly previous: Plan;
  /** True when volumes are removed too. */
  readonly volumes: boolean;
  /**
   * Objects that the application owns. Components that the last plan does not contain, because they were never pruned,
   * are removed as well.
   */
  readonly owned?: readonly OwnedObject[];
  /** The job types of the project. They contain the default timeouts. */
  readonly types: StepTypes;
}

export function planRemoval(input: RemovalInput): Plan {
  const { previous, owned = [] } = input;
  const planned = new Set(componentsOf(previous.jobs));
  const leftover = new Set(componentsOf(owned).filter((name) => !planned.has(name)));
  const jobs = [...planned, ...leftover].toReversed().map((component) => removeJob(component, input));
  return {
    application: input.application,
    namespace: input.namespace,
    cluster: input.cluster,
    jobs,
    layers: layersOf(jobs),
    changes: changesOf(input),
    warnings: [],
    hash: hashOfJobs(jobs),
  };
}

/** Jobs without a component (steps of the workflow, the namespace) are left out. */
function componentsOf(all: readonly { readonly component: string | null }[]): readonly string[] {
  return all.flatMap(({ component }) => component ?? []);
}

function removeJob(component: string, { previous, volumes, types }: RemovalInput): PlannedJob {
  const own = previous.jobs.filter((job) => job.component === component);
  // Routes are removed first, so that no request reaches a component that is about to end. Applying them comes last.
  const objects = own.flatMap((job) => job.objects).toReversed();
  return {
    name: component,
    type: "remove",
    component,
    needs: dependentsOf(component, previous),
    objects,
    input: { component, volumes },
    timeout: defaultTimeout(types, "remove"),
    retry: ONE_ATTEMPT,
  };
}

/** The components that need this one are removed before it. */
function dependentsOf(component: string, previous: Plan): readonly Need[] {
  const own = new Set(previous.jobs.filter((job) => job.component === component).map((job) => job.name));
  const dependents = previous.jobs.filter(
    (job) => job.component !== component && job.needs.some((need) => own.has(need.job)),
  );
  return [...new Set(componentsOf(dependents))].map((job) => ({ job, because: "order" }));
}

function changesOf({ previous, volumes, owned = [] }: RemovalInput): readonly ObjectChange[] {
  const planned = previous.jobs.flatMap((job) => job.objects).map(removal);
  const others = owned.map(({ component, keep, apiVersion, kind, namespace, name }) => ({
    component,
    keep,
    object: { apiVersion, kind, namespace, name },
  }));
  const all = new Map([...planned, ...others].map((one) => [refKey(one.object), one] as const));
  return [...all.values()].map(({ component, object, keep }) => {
    const stays = keep && !(volumes && isVolume(object));
    return { component, object, action: stays ? "keep" : "delete", class: stays ? "none" : "delete", fields: [] };
  });
}

function removal({ manifest, keep }: PlannedObject) {
  return { component: manifest.metadata.labels?.[LABELS.kubeminComponent] ?? null, object: refOf(manifest), keep };
}
