// First pass of rendering: merges what the component's definition and its traits render. Hashes of configuration are
// added in the second pass (render.ts), because they need the objects of all components.
import type { Contribution, RenderContext, RenderedObject, Workload } from "../../catalog/define.ts";
import { defaultTimeout } from "../../catalog/jobTypes.ts";
import { dig, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { fromPointer } from "../../model/data/pointer.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { ClusterFacts } from "../../model/run/plan.ts";
import type { ResolvedApplication, ResolvedComponent } from "../components/resolvedApplication.ts";
import { traitTarget } from "../components/traitTarget.ts";
import { type Merged, mergePod } from "./merge/merge.ts";
import { type MergedFields, mergeFields } from "./merge/mergeFields.ts";
import { mergeObjects } from "./merge/mergeObjects.ts";
import type { Part } from "./merge/podPart.ts";
import { type Identity, type Labels, labelsOf } from "./renderLabels.ts";

export interface RenderInput {
  readonly application: ResolvedApplication;
  readonly project: string;
  readonly facts: ClusterFacts;
}

export interface RenderDraft {
  readonly component: ResolvedComponent;
  /** The component as the user wrote it. */
  readonly document: Json | undefined;
  readonly identity: Identity;
  readonly labels: Labels;
  readonly workload: Workload;
  /** `null` when the component has no containers. */
  readonly merged: Merged | null;
  /** What traits add to the metadata of every object, of the pods, and of the object that runs them. */
  readonly metadata: { readonly objects: JsonObject; readonly pods: JsonObject; readonly controller: JsonObject };
  readonly objects: readonly RenderedObject[];
  readonly exposure: readonly RenderedObject[];
  readonly problems: readonly Problem[];
}

/** Milliseconds that a component's job may take: those of the document, or the default of its job type. */
export function timeoutOf(component: ResolvedComponent, { types }: Pick<ResolvedApplication, "types">): number {
  return component.timeout ?? defaultTimeout(types, component.definition.job);
}

export function draftComponent(component: ResolvedComponent, input: RenderInput): RenderDraft {
  const context = contextOf(component, input);
  const workload = component.definition.render(component.properties, context);
  const parts = partsOf(component, context);
  const document = documentOf(component, input.application);
  const { pod } = workload;
  const about = { name: component.name, pointer: component.pointer, document };
  const merged = pod === null ? null : mergePod({ component: about, workload: { ...workload, pod }, parts });
  const identity = identityOf(component, input);
  const objects = mergeObjects(workload.objects, parts);
  const metadata = {
    objects: metadataOf(parts, "objects"),
    pods: metadataOf(parts, "pods"),
    controller: metadataOf(parts, "controller"),
    // The controller's object also has the metadata of every object: a conflict between the two is found together.
    both: metadataOf(parts, "objects", "controller"),
  };
  return {
    component,
    document,
    identity,
    labels: labelsOf(identity),
    workload,
    merged,
    metadata: {
      objects: metadata.objects.fields,
      pods: metadata.pods.fields,
      controller: metadata.controller.fields,
    },
    objects: objects.objects,
    exposure: parts.flatMap((part) => part.contribution.exposure ?? []),
    problems: [
      ...(pod === null ? withoutPod(component) : []),
      ...(workload.problems ?? []).map((one) => ({ ...one, pointer: `${component.pointer}/properties${one.pointer}` })),
      ...(merged?.problems ?? []),
      ...[objects, metadata.both, metadata.pods].flatMap((one) => one.problems),
      ...parts.flatMap(({ pointer, contribution }) =>
        (contribution.warnings ?? []).map((one) => ({ ...one, pointer: pointer + one.pointer })),
      ),
    ],
  };
}

type MetadataOwner = keyof NonNullable<Contribution["metadata"]>;

function metadataOf(parts: readonly Part[], ...whose: readonly MetadataOwner[]): MergedFields {
  const settings = parts.flatMap(({ owner, pointer, contribution }) =>
    whose.map((one) => ({ owner, pointer, fields: contribution.metadata?.[one] })),
  );
  return mergeFields("metadata", settings);
}

function identityOf(component: ResolvedComponent, { application, project }: RenderInput): Identity {
  return {
    project,
    application: application.document.name,
    namespace: application.namespace,
    component: component.name,
    type: component.definition.name,
  };
}

function contextOf(component: ResolvedComponent, input: RenderInput): RenderContext {
  const { application } = input;
  return {
    ...identityOf(component, input),
    facts: input.facts,
    timeout: timeoutOf(component, application),
    ...(component.rendered === undefined ? {} : { rendered: component.rendered }),
    output(name, output) {
      const value = application.components.find((one) => one.name === name)?.outputs[output];
      if (value === undefined)
        throw new Error(`component ${name} has no output ${output}; the checks should have said so`);
      return value;
    },
  };
}

/** Sorted by the traits' names, because the order of keys in the document has no meaning. */
function partsOf(component: ResolvedComponent, context: RenderContext): readonly Part[] {
  // Parsed properties are JSON, because their schema keeps them JSON.
  const target = traitTarget(component.definition.name, component.properties as Json, component.outputs);
  return [...component.traits]
    .sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1))
    .map(({ definition, data, pointer }) => ({
      owner: `trait ${definition.name} of ${component.name}`,
      pointer,
      contribution: definition.render(data, target, context),
    }));
}

function withoutPod(component: ResolvedComponent): readonly Problem[] {
  return component.traits
    .filter(({ definition: { appliesTo } }) => appliesTo === "pods" || appliesTo === "ports")
    .map(({ definition, pointer }) =>
      problem("TraitNotApplicable", pointer, { trait: definition.name, type: component.definition.name }),
    );
}

function documentOf(component: ResolvedComponent, application: ResolvedApplication): JsonObject | undefined {
  const found = dig(application.document, ...fromPointer(component.pointer));
  return isObject(found) ? found : undefined;
}
