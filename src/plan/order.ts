// Turns rendered components into jobs and their order. Needs that the document states (dependsOn, references) are kept;
// needs that follow from the configuration that a pod reads are inferred. Layers show which jobs may run at the same
// time. They only serve the display: the engine starts each job as soon as its own needs are met.

import { defaultTimeout } from "../catalog/jobTypes.ts";
import { LABELS } from "../model/kubernetes/manifest.ts";
import { type Need, ONE_ATTEMPT, type PlannedJob } from "../model/run/plan.ts";
import type { ResolvedApplication } from "./components/resolvedApplication.ts";
import { isSource, sourceKey } from "./render/renderConfiguration.ts";
import { timeoutOf } from "./render/renderDraft.ts";
import type { RenderedComponent } from "./render/renderedComponent.ts";

type Types = Pick<ResolvedApplication, "types">;

export function jobsOf(components: readonly RenderedComponent[], application: Types): readonly PlannedJob[] {
  const needs = withInferred(components);
  return components.flatMap((rendered) => {
    const { component, objects, exposure, content, always } = rendered;
    const main: PlannedJob = {
      name: component.name,
      type: component.definition.job,
      component: component.name,
      needs: needs.get(component.name) ?? [],
      objects,
      input: content === null ? {} : { content, ...(always ? { always } : {}) },
      timeout: timeoutOf(component, application),
      retry: component.retry ?? ONE_ATTEMPT,
      ...locksOf(component),
      ...(Object.keys(component.clocks).length === 0 ? {} : { clocks: component.clocks }),
      ...(component.onShort === null ? {} : { onShort: component.onShort }),
    };
    return exposure.length === 0 ? [main] : [main, routeJob(rendered, application)];
  });
}

function locksOf({ name, definition, properties }: RenderedComponent["component"]): Pick<PlannedJob, "locks"> {
  const wanted = definition.locks?.(properties, { component: name }) ?? [];
  if (wanted.length === 0) return {};
  return { locks: wanted.map((one) => ({ ...one, limit: 1, onLimit: "queue" as const })) };
}

/** The routes come after their component, so that no request reaches a component before it is ready. */
function routeJob({ component, exposure }: RenderedComponent, { types }: Types): PlannedJob {
  return {
    name: `${component.name}:route`,
    type: "deploy",
    component: component.name,
    needs: [{ job: component.name, because: "order" }],
    objects: exposure,
    input: {},
    timeout: component.timeout ?? defaultTimeout(types, "deploy"),
    retry: component.retry ?? ONE_ATTEMPT,
  };
}

/**
 * Removes what is no longer in the document. It comes last, when all replacements exist. `present` contains the keys of
 * all objects that stay.
 */
export function pruneJob(jobs: readonly PlannedJob[], present: readonly string[], { types }: Types): PlannedJob {
  return {
    name: "prune",
    type: "prune",
    component: null,
    needs: jobs.map((job) => ({ job: job.name, because: "order" })),
    objects: [],
    input: { present },
    timeout: defaultTimeout(types, "prune"),
    retry: ONE_ATTEMPT,
  };
}

/**
 * The longest path from the start decides the layer; within a layer the jobs keep their order. Needs of unknown jobs
 * are ignored.
 */
export function layersOf(jobs: readonly PlannedJob[]): readonly (readonly string[])[] {
  const byName = new Map(jobs.map((job) => [job.name, job] as const));
  const depths = new Map<string, number>();
  const depthOf = (job: PlannedJob): number => {
    const known = depths.get(job.name);
    if (known !== undefined) return known;
    depths.set(job.name, 0); // ends the recursion in a cycle; checks refuse cycles before
    const before = job.needs.flatMap((need) => byName.get(need.job) ?? []);
    const depth = Math.max(-1, ...before.map(depthOf)) + 1;
    depths.set(job.name, depth);
    return depth;
  };
  const layers: string[][] = [];
  for (const job of jobs) (layers[depthOf(job)] ??= []).push(job.name);
  return layers;
}

/**
 * A pod that reads what another component creates comes after it, unless the document orders them the other way round.
 */
function withInferred(components: readonly RenderedComponent[]): ReadonlyMap<string, readonly Need[]> {
  const makers = makersOf(components);
  const needs = new Map<string, Need[]>(components.map(({ component }) => [component.name, [...component.needs]]));
  for (const { component, reads } of components) {
    const own = needs.get(component.name);
    for (const maker of new Set(reads.flatMap((reading) => makers.get(sourceKey(reading)) ?? []))) {
      const known = maker === component.name || own?.some((need) => need.job === maker);
      if (!known && !reaches(maker, component.name, needs)) own?.push({ job: maker, because: "reference" });
    }
  }
  for (const { component } of components) {
    const own = needs.get(component.name);
    for (const wish of component.wishes) {
      const known = own?.some((need) => need.job === wish.job);
      if (!known && !reaches(wish.job, component.name, needs)) own?.push(wish);
    }
  }
  return needs;
}

function makersOf(components: readonly RenderedComponent[]): ReadonlyMap<string, string> {
  return new Map(
    components.flatMap(({ objects }) =>
      objects
        .filter(({ manifest }) => isSource(manifest))
        .map(({ manifest }) => {
          const maker = manifest.metadata.labels?.[LABELS.kubeminComponent] ?? "";
          return [sourceKey({ kind: manifest.kind, name: manifest.metadata.name }), maker] as const;
        }),
    ),
  );
}

function reaches(from: string, to: string, needs: ReadonlyMap<string, readonly Need[]>): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(needs.get(at) ?? []).map((need) => need.job));
  }
  return false;
}
