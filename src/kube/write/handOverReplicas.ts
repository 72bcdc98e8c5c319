// The number of pods changes hands: from us to an autoscaler, and back. Server-side apply alone would get both wrong: a field that we stop
// sending is deleted and defaulted (three pods become one), and a field that the autoscaler wrote last is a conflict when we send it again.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
// Only `spec.replicas`, and only between us and the autoscaler: what a person scaled by hand stays a conflict that is shown.
import { isDeepStrictEqual } from "node:util";
import { listAt, optionalNumberAt, textAt } from "../../model/data/fieldReaders.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { FIELD_MANAGER, type Manifest } from "../../model/kubernetes/manifest.ts";
import type { Connection } from "../reach/connection.ts";

/** Holds the number for the moment in which nobody else does. Stable for ever, like every manager's name. */
const SCALE_MANAGER = "kubemin-scale";
/** Under which the HorizontalPodAutoscaler's controller writes, through the subresource `scale`. */
const AUTOSCALER = "kube-controller-manager";
const SCALED: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "ReplicaSet"]);

interface HandOver {
  readonly connection: Connection;
  readonly path: string;
  readonly live: Manifest;
  readonly wanted: Manifest;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
}

/** Before our own apply. A dry run changes nothing, so there it only says what the number will be. */
export async function handOverReplicas(given: HandOver): Promise<void> {
  const { live, wanted } = given;
  if (!SCALED.has(wanted.kind) || given.dryRun) return;
  const now = optionalNumberAt(live, "spec", "replicas");
  const next = optionalNumberAt(wanted, "spec", "replicas");
  const owners = ownersOfReplicas(live);
  if (now !== undefined && next === undefined && isDeepStrictEqual(owners, [FIELD_MANAGER])) await hold(given, now);
  const autoscalers = owners.length > 0 && owners.every((one) => one === AUTOSCALER || one === SCALE_MANAGER);
  if (next !== undefined && autoscalers) await hold(given, next);
}

/** After our own apply: what we say ourselves needs no second owner. */
export async function releaseReplicas(given: HandOver): Promise<void> {
  const { live, wanted } = given;
  if (!SCALED.has(wanted.kind) || given.dryRun || optionalNumberAt(wanted, "spec", "replicas") === undefined) return;
  if (ownersOfReplicas(live).includes(SCALE_MANAGER)) await applyAs(given, {});
}

/** Is the number the autoscaler's to give? Then a dry run that conflicts about it says nothing about the real one. */
export function takesFromAutoscaler(live: Manifest, wanted: Manifest): boolean {
  const owners = ownersOfReplicas(live);
  return (
    SCALED.has(wanted.kind) &&
    optionalNumberAt(wanted, "spec", "replicas") !== undefined &&
    owners.length > 0 &&
    owners.every((one) => one === AUTOSCALER || one === SCALE_MANAGER)
  );
}

async function hold(given: HandOver, replicas: number): Promise<void> {
  await applyAs(given, { spec: { replicas } });
}

async function applyAs({ connection, path, live, signal }: HandOver, fields: JsonObject): Promise<void> {
  const { apiVersion, kind, metadata } = live;
  const { name, namespace, uid } = metadata;
  await connection.call({
    method: "PATCH",
    path,
    // Forced: whose number it is has been looked at above, and it is this one field only.
    query: { fieldManager: SCALE_MANAGER, force: true },
    contentType: "application/apply-patch+yaml",
    body: { apiVersion, kind, metadata: { name, ...(namespace && { namespace }), ...(uid && { uid }) }, ...fields },
    signal,
  });
}

function ownersOfReplicas(live: Manifest): readonly string[] {
  return listAt(live, "metadata", "managedFields")
    .filter((entry) => isObject(dig(entry, "fieldsV1", "f:spec", "f:replicas")))
    .map((entry) => textAt(entry, "manager"));
}
