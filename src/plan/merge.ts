// Brings a component's pod and what its traits contribute together. Additive: lists are joined, fields are set once.
// Traits come in the order of their names, so that the same document in another key order gives the same bytes.
import { nonEmpty, onlyGiven } from "../catalog/parts/onlyGiven.ts";
import type { Contribution, VolumeClaim, Workload } from "../catalog/define.ts";
import { isObject, type Json, type JsonObject } from "../model/json.ts";
import type { Problem } from "../model/problem.ts";
import { mergeFields, type Setting } from "./mergeFields.ts";
import { type JoinedList, joinByName, type Offer, overDefaults } from "./mergeLists.ts";
import { checkMounts } from "./mergeMounts.ts";

export interface Part {
  /** `trait storage of web`. */
  readonly owner: string;
  readonly pointer: string;
  readonly contribution: Contribution;
}

export interface MergeInput {
  readonly component: { readonly name: string; readonly pointer: string; readonly document: Json | undefined };
  readonly workload: Workload & { readonly pod: JsonObject };
  readonly parts: readonly Part[];
}

export interface Merged {
  /** Without volumes of claims. */
  readonly pod: JsonObject;
  readonly claims: readonly VolumeClaim[];
  readonly controller: JsonObject;
  readonly problems: readonly Problem[];
}

export function mergePod(input: MergeInput): Merged {
  const { workload, parts, component } = input;
  const [main = {}, ...others] = objects(workload.pod["containers"]);
  const own = `component ${component.name}`;
  const offersOf = (pick: (contribution: Contribution) => readonly JsonObject[] | undefined): Offer[] =>
    parts.map(({ owner, pointer, contribution }) => ({ owner, pointer, items: pick(contribution) ?? [] }));
  const base = (items: readonly JsonObject[]): Offer => ({ owner: own, pointer: component.pointer, items });

  const env = joinByName("env", offersOf((one) => one.env));
  const volumes = joinByName("volumes", [
    base([...objects(workload.pod["volumes"]), ...named(workload.claims)]),
    ...offersOf((one) => [...(one.volumes ?? []), ...named(one.claims)]),
  ]);
  const containers = joinByName("containers", [
    base([main, ...others, ...objects(workload.pod["initContainers"])]),
    ...offersOf((one) => [...(one.containers ?? []), ...(one.initContainers ?? [])]),
  ]);
  const fields = mergeAllFields(parts);
  const mainContainer = onlyGiven({
    ...main,
    ...fields.container.fields,
    envFrom: list(main["envFrom"], parts.flatMap((part) => part.contribution.envFrom ?? [])),
    env: nonEmpty(overDefaults(objects(main["env"]), env.items)),
    volumeMounts: list(main["volumeMounts"], parts.flatMap((part) => part.contribution.mounts ?? []).map(trimmed)),
  });
  const pod = onlyGiven({
    ...workload.pod,
    ...fields.pod.fields,
    volumes: list(workload.pod["volumes"], parts.flatMap((part) => part.contribution.volumes ?? [])),
    initContainers: list(workload.pod["initContainers"], parts.flatMap((part) => part.contribution.initContainers ?? [])),
    containers: [mainContainer, ...others, ...parts.flatMap((part) => part.contribution.containers ?? [])],
  });
  const joinedLists: readonly JoinedList[] = [env, volumes, containers];
  const problems = [
    ...joinedLists.flatMap((joined) => joined.problems),
    ...Object.values(fields).flatMap((merged) => merged.problems),
    ...checkMounts(pod, volumes.items.map((item) => String(item["name"])), component),
  ];
  const claims = [...(workload.claims ?? []), ...parts.flatMap((part) => part.contribution.claims ?? [])];
  return { pod, claims, controller: fields.controller.fields, problems };
}

function mergeAllFields(parts: readonly Part[]) {
  const settings = (pick: (contribution: Contribution) => JsonObject | undefined): Setting[] =>
    parts.map(({ owner, pointer, contribution }) => ({ owner, pointer, fields: pick(contribution) }));
  return {
    container: mergeFields("container", settings((one) => one.container)),
    pod: mergeFields("pod", settings((one) => one.pod)),
    controller: mergeFields("controller", settings((one) => one.controller)),
  };
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function list(own: Json | undefined, added: readonly JsonObject[]): readonly JsonObject[] | undefined {
  return nonEmpty([...objects(own), ...added]);
}

function named(claims: readonly VolumeClaim[] | undefined): readonly JsonObject[] {
  return (claims ?? []).map(({ name }) => ({ name }));
}

/** `/data/` and `/data` are one place, though not to the API server. */
function trimmed(mount: JsonObject): JsonObject {
  const path = String(mount["mountPath"]);
  return path.length > 1 && path.endsWith("/") ? { ...mount, mountPath: path.replace(/\/+$/, "") || "/" } : mount;
}
