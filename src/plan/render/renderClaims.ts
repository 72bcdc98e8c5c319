// Makes the PersistentVolumeClaims: from each request for a volume a claim that all pods of a component share
// (claimObjects), or a template of a StatefulSet that gives each pod its own (claimTemplates). The requests come from
// the trait `storage` and from component type `store`; render.ts calls this file. Changes of existing claims are
// checked in plan/compare/compareClaims.ts.

import type { VolumeClaim } from "../../catalog/define.ts";
import { isShared } from "../../catalog/parts/pod/deployment.ts";
import type { Json, JsonObject } from "../../model/data/json.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { ClusterFacts, PlannedObject } from "../../model/run/plan.ts";
import { whereWritten } from "../read/whereWritten.ts";
import type { Labels } from "./renderLabels.ts";

interface Claiming {
  readonly name: string;
  readonly pointer: string;
  readonly document: Json | undefined;
}

/**
 * `volumeMode` is written out: the API server treats claim templates as one piece, so a default that it adds would look
 * like a change.
 */
function claimSpec(claim: VolumeClaim): JsonObject {
  return {
    accessModes: claim.accessModes,
    ...(claim.storageClassName === undefined ? {} : { storageClassName: claim.storageClassName }),
    resources: { requests: { storage: claim.size } },
    volumeMode: "Filesystem",
  };
}

function claimName(component: string, claim: VolumeClaim): string {
  return `${component}-${claim.name}`;
}

export function claimObjects(component: string, claims: readonly VolumeClaim[]): readonly PlannedObject[] {
  return claims.map((claim) => ({
    manifest: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: claimName(component, claim) },
      spec: claimSpec(claim),
    },
    keep: claim.keep,
  }));
}

export function claimVolumes(component: string, claims: readonly VolumeClaim[]): readonly JsonObject[] {
  return claims.map((claim) => ({
    name: claim.name,
    persistentVolumeClaim: { claimName: claimName(component, claim) },
  }));
}

/**
 * The templates carry labels, because the volumes that Kubernetes creates from them inherit the labels and are found by
 * them at deletion.
 */
export function claimTemplates(claims: readonly VolumeClaim[], labels: Labels): readonly JsonObject[] {
  return claims.map((claim) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: claim.name, labels },
    spec: claimSpec(claim),
  }));
}

export function checkClaims(
  claims: readonly VolumeClaim[],
  component: Claiming,
  facts: ClusterFacts,
): readonly Problem[] {
  if (facts.storageClasses.length === 0) return [];
  const known = facts.storageClasses.map((one) => one.name);
  return claims.flatMap(({ storageClassName: name }) => {
    if (name === undefined || known.includes(name)) return [];
    const at = written(component, "storageClass", name);
    return [
      problem("NoStorageClass", at, { name, cluster: facts.name, known: known.join(", ") }, nearest(name, known)),
    ];
  });
}

/**
 * Refuses more than one pod on a volume that only one node can mount: when the pods land on different nodes, all but
 * the first wait forever. It would work on a cluster with a single node, but break as soon as a second node is added.
 */
export function checkSharing(
  replicas: number | undefined,
  claims: readonly VolumeClaim[],
  component: Claiming,
): readonly Problem[] {
  if (replicas === undefined || replicas < 2) return [];
  return claims
    .filter((claim) => !isShared(claim))
    .map((claim) => {
      const at = written(component, "type", "persistent");
      return problem("VolumeShared", at.replace(/\/type$/, ""), { replicas, name: claim.name });
    });
}

function written(component: Claiming, field: string, value: string): string {
  const [found] = whereWritten(component.document, component.pointer, { field, matches: (other) => other === value });
  return found ?? component.pointer;
}
