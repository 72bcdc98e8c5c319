// Merges a component's pod with what its traits contribute. The merge only adds: lists are joined, fields are set once.
// Traits are sorted by name, so that the same document with its keys in another order gives the same bytes.

import type { Contribution, VolumeClaim, Workload } from "../../../catalog/define.ts";
import { nonEmpty, onlyGiven } from "../../../catalog/parts/objects/onlyGiven.ts";
import type { Json, JsonObject } from "../../../model/data/json.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { checkNodes } from "./checkNodes.ts";
import { objectsIn, textOf, withoutSlash } from "./manifestLists.ts";
import { mergeFields, overOwn, type Setting } from "./mergeFields.ts";
import { joinByName, type Offer, overDefaults } from "./mergeLists.ts";
import { checkMounts } from "./mergeMounts.ts";
import type { Part } from "./podPart.ts";

interface MergeInput {
  readonly component: { readonly name: string; readonly pointer: string; readonly document: Json | undefined };
  readonly workload: Workload & { readonly pod: JsonObject };
  readonly parts: readonly Part[];
}

export interface Merged {
  /** Without the volumes of claims. */
  readonly pod: JsonObject;
  readonly claims: readonly VolumeClaim[];
  readonly controller: JsonObject;
  /**
   * Fields of the controller's spec that something on the cluster decides about at run time (replicas: an autoscaler).
   */
  readonly unmanaged: readonly string[];
  readonly problems: readonly Problem[];
}

export function mergePod(input: MergeInput): Merged {
  const { workload, parts, component } = input;
  const { container, everyContainer, pod: podFields, controller } = mergeAllFields(parts);
  const { env, volumes, containers } = joinLists(input);
  const [main = {}, ...others] = objectsIn(workload.pod["containers"]);
  const withDefaults = (one: JsonObject): JsonObject => overOwn("everyContainer", everyContainer.fields, one);
  const mainContainer = onlyGiven({
    ...overOwn("container", main, container.fields),
    env: nonEmpty(overDefaults(objectsIn(main["env"]), env.items)),
    ...added(main, parts, { envFrom: (one) => one.envFrom, volumeMounts: (one) => one.mounts?.map(trimmed) }),
  });
  const lists = added(workload.pod, parts, {
    volumes: (one) => one.volumes,
    initContainers: (one) => one.initContainers,
  });
  const every = [mainContainer, ...others, ...parts.flatMap((part) => part.contribution.containers ?? [])];
  const pod = onlyGiven({
    ...overOwn("pod", workload.pod, podFields.fields),
    ...lists,
    initContainers: lists["initContainers"]?.map(withDefaults),
    containers: every.map(withDefaults),
  });
  const names = volumes.items.map((item) => textOf(item["name"]));
  return {
    pod,
    claims: [...(workload.claims ?? []), ...parts.flatMap((part) => part.contribution.claims ?? [])],
    controller: controller.fields,
    unmanaged: parts.flatMap((part) => part.contribution.unmanaged ?? []),
    problems: [
      ...[env, volumes, containers, container, everyContainer, podFields, controller].flatMap((one) => one.problems),
      ...setAndLeft(parts),
      ...checkNodes(parts),
      ...checkMounts(pod, names, component),
    ],
  };
}

type Pick = (contribution: Contribution) => readonly JsonObject[] | undefined;

/** Joins lists without defaults: what traits add comes after what the component has. */
function added(own: JsonObject, parts: readonly Part[], lists: Readonly<Record<string, Pick>>) {
  const entries = Object.entries(lists).map(([name, pick]) => {
    const items = parts.flatMap((part) => pick(part.contribution) ?? []);
    return [name, nonEmpty([...objectsIn(own[name]), ...items])] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Names are unique in each of these lists. Claims become volumes, and init containers share the names of the other
 * containers.
 */
function joinLists({ workload, parts, component }: MergeInput) {
  const { pod, claims } = workload;
  const offers = (pick: Pick): Offer[] =>
    parts.map(({ owner, pointer, contribution }) => ({ owner, pointer, items: pick(contribution) ?? [] }));
  const own = (...items: readonly JsonObject[]): Offer => {
    return { owner: `component ${component.name}`, pointer: component.pointer, items };
  };
  const envOf: Pick = (one) => one.env;
  const volumesOf: Pick = (one) => [...(one.volumes ?? []), ...named(one.claims)];
  const containersOf: Pick = (one) => [...(one.containers ?? []), ...(one.initContainers ?? [])];
  const ownContainers = own(...objectsIn(pod["containers"]), ...objectsIn(pod["initContainers"]));
  return {
    env: joinByName("env", offers(envOf)),
    volumes: joinByName("volumes", [own(...objectsIn(pod["volumes"]), ...named(claims)), ...offers(volumesOf)]),
    containers: joinByName("containers", [ownContainers, ...offers(containersOf)]),
  };
}

function mergeAllFields(parts: readonly Part[]) {
  const settings = (pick: (contribution: Contribution) => JsonObject | undefined): Setting[] =>
    parts.map(({ owner, pointer, contribution }) => ({ owner, pointer, fields: pick(contribution) }));
  return {
    container: mergeFields(
      "container",
      settings((one) => one.container),
    ),
    everyContainer: mergeFields(
      "everyContainer",
      settings((one) => one.everyContainer),
    ),
    pod: mergeFields(
      "pod",
      settings((one) => one.pod),
    ),
    controller: mergeFields(
      "controller",
      settings((one) => one.controller),
    ),
  };
}

/** Finds a field that one trait sets and another one leaves to the cluster. */
function setAndLeft(parts: readonly Part[]): readonly Problem[] {
  return parts.flatMap((leaving) =>
    (leaving.contribution.unmanaged ?? []).flatMap((field) =>
      parts
        .filter((setting) => setting !== leaving && setting.contribution.controller?.[field] !== undefined)
        .map((setting) => {
          const params = { first: setting.owner, second: leaving.owner, field: `controller.${field}` };
          return problem("TraitConflict", leaving.pointer, params);
        }),
    ),
  );
}

function named(claims: readonly VolumeClaim[] | undefined): readonly JsonObject[] {
  return (claims ?? []).map(({ name }) => ({ name }));
}

function trimmed(mount: JsonObject): JsonObject {
  return { ...mount, mountPath: withoutSlash(textOf(mount["mountPath"])) };
}
