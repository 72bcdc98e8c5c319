// Hands the number of replicas over from kubemin to an autoscaler, and back. Server-side apply alone gets both wrong: a
// field that is no longer sent is removed and defaulted (three pods become one), and a field that the autoscaler wrote
// last is a conflict when it is sent again.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
// Only `spec.replicas` is handled, and only between kubemin and the autoscaler. A number that a person set by hand
// stays a conflict that the user sees.
import { isDeepStrictEqual } from "node:util";
import { listAt, optionalNumberAt, textAt } from "../../model/data/fieldReaders.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { FIELD_MANAGER, type Manifest } from "../../model/kubernetes/manifest.ts";
import type { Connection } from "../reach/connection.ts";

/**
 * Field manager that owns the number while it is handed over. The name must never change, because live objects contain
 * it.
 */
const SCALE_MANAGER = "kubemin-scale";
/** Field manager of the HorizontalPodAutoscaler's controller, which writes through the subresource `scale`. */
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

/** To be called before kubemin's own apply. Does nothing in a dry run. */
export async function handOverReplicas(given: HandOver): Promise<void> {
  const { live, wanted } = given;
  if (!SCALED.has(wanted.kind) || given.dryRun) return;
  const now = optionalNumberAt(live, "spec", "replicas");
  const next = optionalNumberAt(wanted, "spec", "replicas");
  const owners = ownersOfReplicas(live);
  if (now !== undefined && next === undefined && isDeepStrictEqual(owners, [FIELD_MANAGER]))
    await ownReplicas(given, now);
  const autoscalers = owners.length > 0 && owners.every((one) => one === AUTOSCALER || one === SCALE_MANAGER);
  if (next !== undefined && autoscalers) await ownReplicas(given, next);
}

/** To be called after kubemin's own apply: a number that the document sets needs no second owner. */
export async function releaseReplicas(given: HandOver): Promise<void> {
  const { live, wanted } = given;
  if (!SCALED.has(wanted.kind) || given.dryRun || optionalNumberAt(wanted, "spec", "replicas") === undefined) return;
  if (ownersOfReplicas(live).includes(SCALE_MANAGER)) await applyAs(given, {});
}

/**
 * Whether the document sets a number that an autoscaler owns now. A dry run would then report a conflict that the real
 * apply does not have.
 */
export function takesFromAutoscaler(live: Manifest, wanted: Manifest): boolean {
  const owners = ownersOfReplicas(live);
  return (
    SCALED.has(wanted.kind) &&
    optionalNumberAt(wanted, "spec", "replicas") !== undefined &&
    owners.length > 0 &&
    owners.every((one) => one === AUTOSCALER || one === SCALE_MANAGER)
  );
}

async function ownReplicas(given: HandOver, replicas: number): Promise<void> {
  await applyAs(given, { spec: { replicas } });
}

async function applyAs({ connection, path, live, signal }: HandOver, fields: JsonObject): Promise<void> {
  const { apiVersion, kind, metadata } = live;
  const { name, namespace, uid } = metadata;
  await connection.call({
    method: "PATCH",
    path,
    // Forced, because the callers have checked the owners, and only this one field is sent.
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
