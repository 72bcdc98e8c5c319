// Renders checked components to the objects that are sent to the cluster. A pure function: the objects contain nothing
// of a revision, a run or the time, so equal documents give equal bytes. What definitions and traits contribute is
// merged in renderDraft.ts; PersistentVolumeClaims are made in renderClaims.ts.

import type { RenderedObject } from "../../catalog/define.ts";
import { selectorOf } from "../../catalog/parts/objects/labels.ts";
import { runsOnce } from "../../catalog/runsOnce.ts";
import { contentHash } from "../../model/data/hash.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { ANNOTATIONS, type Manifest, refKey, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import type { ResolvedComponent } from "../components/resolvedApplication.ts";
import { checkAnnotations } from "./checkAnnotations.ts";
import { checkRoutes } from "./checkRoutes.ts";
import { checkTogether, podsOf } from "./checkTogether.ts";
import { checkClaims, checkSharing, claimObjects, claimTemplates, claimVolumes } from "./renderClaims.ts";
import { configurationHash, isSource, readings, type Sources, sourceKey } from "./renderConfiguration.ts";
import { draftComponent, type RenderDraft, type RenderInput } from "./renderDraft.ts";
import type { RenderedComponent } from "./renderedComponent.ts";
import { podTemplate, stamped, textsIn, withFields, withMetadata } from "./renderLabels.ts";

interface Rendered {
  readonly components: readonly RenderedComponent[];
  readonly problems: readonly Problem[];
}

export function renderApplication(input: RenderInput): Rendered {
  const drafts = input.application.components.map((component) => draftComponent(component, input));
  const sources: Sources = new Map(
    drafts
      .flatMap((draft) => draft.objects)
      .filter(({ manifest }) => isSource(manifest))
      .map(({ manifest }) => [sourceKey({ kind: manifest.kind, name: manifest.metadata.name }), manifest]),
  );
  const finished = drafts.map((draft) => finish(draft, sources, input));
  const components = finished.map((one) => one.rendered);
  return {
    components,
    problems: [
      ...drafts.flatMap((draft) => draft.problems),
      ...finished.flatMap((one) => one.problems),
      ...objectsTwice(components),
      ...checkRoutes(components),
    ],
  };
}

/**
 * Objects that others need come first, then what runs the pods, and last custom resources, which running programs may
 * have to admit.
 */
const APPLY_ORDER = [
  "Namespace",
  "CustomResourceDefinition",
  "PriorityClass",
  "StorageClass",
  "PersistentVolume",
  "ServiceAccount",
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
  "ConfigMap",
  "Secret",
  "PersistentVolumeClaim",
  "ResourceClaimTemplate",
  "Service",
];

function finish(draft: RenderDraft, sources: Sources, input: RenderInput) {
  const { component, identity, merged } = draft;
  const main = merged === null ? null : controllerOf(draft, merged, sources);
  const content = main === null || !runsOnce(component.definition) ? null : contentOf(main, input);
  const named = main === null || content === null ? main : renamed(main, content);
  const claims = merged === null || draft.workload.claimTemplates ? [] : merged.claims;
  const finishOne = ({ manifest, keep, clusterWide }: RenderedObject): PlannedObject => ({
    manifest: stamped(manifest, { identity, clusterWide: clusterWide ?? false, extra: draft.metadata.objects }),
    keep: keep ?? false,
  });
  const objects = [
    ...draft.objects,
    ...claimObjects(component.name, claims),
    ...(named === null ? [] : [{ manifest: named }]),
  ];
  const rendered: RenderedComponent = {
    component,
    objects: objects.map(finishOne).sort((a, b) => rank(a) - rank(b)),
    exposure: draft.exposure.map(finishOne),
    reads: merged === null ? [] : readings(merged.pod),
    content,
    always: draft.workload.always === true,
  };
  const about = { name: component.name, pointer: component.pointer, document: draft.document };
  const problems = [
    ...(merged === null ? [] : checkClaims(merged.claims, about, input.facts)),
    ...checkSharing(podsOf(rendered.objects)?.most, claims, about),
    ...checkTogether({ ...rendered, pointer: component.pointer, isWrittenOut: merged === null }),
    ...checkAnnotations(
      [...rendered.objects, ...rendered.exposure].map((one) => one.manifest),
      component.pointer,
    ),
  ];
  return { rendered, problems };
}

function controllerOf(
  draft: RenderDraft,
  merged: NonNullable<RenderDraft["merged"]>,
  sources: Sources,
): Manifest | null {
  const { workload, identity, labels } = draft;
  const { claims } = merged;
  const templates = workload.claimTemplates === true;
  const pod = templates ? merged.pod : withVolumes(merged.pod, claimVolumes(identity.component, claims));
  const configuration = configurationHash(pod, sources);
  const extra = draft.metadata.pods;
  const annotations = {
    ...textsIn(extra["annotations"]),
    ...(configuration === undefined ? {} : { [ANNOTATIONS.configuration]: configuration }),
  };
  const template = podTemplate(
    pod,
    { ...textsIn(extra["labels"]), ...labels },
    Object.keys(annotations).length === 0 ? undefined : annotations,
  );
  const manifest = workload.controller?.({ template, claims, labels: selectorOf(identity) });
  if (manifest === undefined) return null;
  const volumes: JsonObject =
    templates && claims.length > 0 ? { volumeClaimTemplates: claimTemplates(claims, labels) } : {};
  const fields = { ...volumes, ...merged.controller };
  return withFields(withMetadata(manifest, draft.metadata.controller), fields, merged.unmanaged);
}

function withVolumes(pod: JsonObject, added: readonly JsonObject[]): JsonObject {
  if (added.length === 0) return pod;
  const own = Array.isArray(pod["volumes"]) ? pod["volumes"] : [];
  return { ...pod, volumes: [...own, ...added] };
}

/**
 * The content of a task is its pod template, with the hash of the configuration that it reads: what it does, not how
 * long it may take or how often it is tried. The cluster is part of it: a task that ran on one cluster must still run
 * on another.
 */
function contentOf(manifest: Manifest, input: RenderInput): string {
  const spec = manifest["spec"] as JsonObject | undefined; // the definition wrapped its manifest around the template
  return contentHash({
    cluster: input.facts.name,
    namespace: input.application.namespace,
    template: spec?.["template"],
  });
}

function renamed(manifest: Manifest, content: string): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, name: `${manifest.metadata.name}-${content.slice(0, 8)}` } };
}

function rank({ manifest }: PlannedObject): number {
  const index = APPLY_ORDER.indexOf(manifest.kind);
  if (index >= 0) return index;
  return isCustom(manifest.apiVersion) ? APPLY_ORDER.length + 1 : APPLY_ORDER.length;
}

/** Kubernetes' own groups have no dot, or end in k8s.io. */
function isCustom(apiVersion: string): boolean {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return group.includes(".") && !group.endsWith("k8s.io");
}

function objectsTwice(components: readonly RenderedComponent[]): readonly Problem[] {
  const makers = new Map<string, ResolvedComponent>();
  return components.flatMap(({ component, objects, exposure }) =>
    [...objects, ...exposure].flatMap(({ manifest }) => {
      const key = refKey(refOf(manifest));
      const first = makers.get(key);
      makers.set(key, first ?? component);
      if (first === undefined) return [];
      const object = shortRef({ kind: manifest.kind, name: manifest.metadata.name });
      if (first === component) return [problem("ObjectTwiceHere", component.pointer, { name: component.name, object })];
      const params = { first: `component ${first.name}`, second: `component ${component.name}`, object };
      return [problem("ObjectTwice", component.pointer, params)];
    }),
  );
}
