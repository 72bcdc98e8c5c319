// Compares the new objects with those of the previous revision: what is created, changed, left alone, removed or kept,
// and what that means for the pods. Both sides are plans. What the cluster contains may differ, because others can
// change objects; only the cluster shows that.
import { dig } from "../../model/data/json.ts";
import { LABELS, type Manifest, refKey, refOf } from "../../model/kubernetes/manifest.ts";
import type { Problem } from "../../model/problems/problem.ts";
import type { ClusterFacts, ObjectChange, PlannedJob, PlannedObject } from "../../model/run/plan.ts";
import type { OwnedObject } from "../../model/run/revision.ts";
import { checkClaimChanges } from "./compareClaims.ts";
import { classOf, disruptionOf } from "./compareClass.ts";
import { compareFields } from "./compareFields.ts";

interface CompareInput {
  readonly jobs: readonly PlannedJob[];
  /** Jobs of the previous revision; empty for the first one. */
  readonly previous: readonly PlannedJob[];
  /** Objects that the application owns on the cluster, which can be more than the previous revision contains. */
  readonly owned: readonly OwnedObject[];
  readonly facts: ClusterFacts;
  /** Returns the pointer of a component in the new document. */
  readonly pointerOf: (component: string | null) => string;
}

interface PlanComparison {
  readonly changes: readonly ObjectChange[];
  readonly problems: readonly Problem[];
}

export function comparePlans(input: CompareInput): PlanComparison {
  const before = objectsByKey(input.previous);
  const after = objectsByKey(input.jobs);
  const oldJobs = new Map(
    [...before.values()].filter(isJob).map((object) => [componentOf(object.manifest), object.manifest] as const),
  );
  const problems: Problem[] = [];
  const changes = [...after].map(([key, { manifest }]) => {
    const old = before.get(key)?.manifest;
    if (old !== undefined) {
      const pointer = input.pointerOf(componentOf(manifest));
      problems.push(...checkClaimChanges(old, manifest, { pointer, facts: input.facts }));
      return updated(old, manifest);
    }
    const oldJob = manifest.kind === "Job" ? oldJobs.get(componentOf(manifest)) : undefined;
    return oldJob === undefined ? created(manifest) : renamed(oldJob, manifest);
  });
  return { changes: [...changes, ...removedChanges(before, after, input.owned)], problems };
}

function updated(before: Manifest, after: Manifest): ObjectChange {
  const fields = compareFields(before, after, masking(after));
  if (fields.length === 0) return { ...head(after), action: "unchanged", class: "none", fields };
  const kind = classOf({ before, after, fields });
  return { ...head(after), action: "update", class: kind, disruption: disruptionOf(kind, after), fields };
}

function created(manifest: Manifest): ObjectChange {
  return { ...head(manifest), action: "create", class: "create", fields: [] };
}

/** The template of a Job never changes: changed content is a Job with another name, and the old Job is removed. */
function renamed(before: Manifest, after: Manifest): ObjectChange {
  return { ...head(after), action: "create", class: "new-name", fields: compareFields(before, after, masking(after)) };
}

function head(manifest: Manifest): Pick<ObjectChange, "component" | "object"> {
  return { component: componentOf(manifest), object: refOf(manifest) };
}

/**
 * Values of Secrets are sealed in plans. They are masked here too, so that a plan made without a vault shows none
 * either.
 */
function masking(manifest: Manifest): { readonly masked: readonly string[] } {
  return { masked: manifest.kind === "Secret" ? ["data", "stringData"] : [] };
}

type Objects = ReadonlyMap<string, PlannedObject>;

function removedChanges(before: Objects, after: Objects, owned: readonly OwnedObject[]): readonly ObjectChange[] {
  const planned = [...before.values()].map(({ manifest, keep }) => ({ ...head(manifest), keep }));
  const others = owned.map((one) => {
    const { apiVersion, kind, namespace, name } = one;
    return { component: one.component, object: { apiVersion, kind, namespace, name }, keep: one.keep };
  });
  const volumes = [...before].flatMap(([key, object]) => (after.has(key) ? [] : volumesOf(object.manifest)));
  const removed = new Map([...volumes, ...others, ...planned].map((one) => [refKey(one.object), one] as const));
  return [...removed]
    .filter(([key]) => !after.has(key))
    .map(([, { component, object, keep }]) => ({
      component,
      object,
      action: keep ? "keep" : "delete",
      class: keep ? "none" : "delete",
      fields: [],
    }));
}

/** Volumes of a removed StatefulSet. Kubernetes created them from its templates and does not remove them with it. */
function volumesOf(manifest: Manifest) {
  const templates = dig(manifest, "spec", "volumeClaimTemplates");
  const replicas = dig(manifest, "spec", "replicas");
  const names = (Array.isArray(templates) ? templates : []).flatMap((one) => {
    const name = dig(one, "metadata", "name");
    return typeof name === "string" ? [name] : [];
  });
  const count = typeof replicas === "number" ? replicas : 1;
  return names.flatMap((name) =>
    Array.from({ length: count }, (_, index) => ({
      ...head(manifest),
      object: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: manifest.metadata.namespace ?? "",
        name: `${name}-${manifest.metadata.name}-${index}`,
      },
      keep: true,
    })),
  );
}

function objectsByKey(jobs: readonly PlannedJob[]): Objects {
  return new Map(jobs.flatMap((job) => job.objects).map((object) => [refKey(refOf(object.manifest)), object] as const));
}

function isJob({ manifest }: PlannedObject): boolean {
  return manifest.kind === "Job";
}

function componentOf(manifest: Manifest): string | null {
  return manifest.metadata.labels?.[LABELS.kubeminComponent] ?? null;
}
