// Pods that do not exist yet, in the form in which the view counts pods.
import type { Amounts } from "../kubernetes/amounts.ts";
import { listAt } from "../kubernetes/optionalFields.ts";
import { podRequests } from "../kubernetes/podRequests.ts";
import type { PodShape } from "../view/podFacts.ts";
import { type PodKind, podOwner, withClaims } from "../view/records.ts";

/** A pod for which a place was found. */
export function expectedKind(shape: PodShape): PodKind {
  return {
    ...amountsOnly(shape, withClaims(podRequests(shape.spec), shape.spec)),
    labels: shape.labels,
    owner: podOwner(shape.labels),
    hostPorts: shape.hostPorts,
    keepsOff: listAt(shape.spec, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"),
  };
}

/** Amounts that are set aside for a pod, although they are not enough for it yet. */
export function amountsOnly({ namespace }: PodShape, requests: Amounts): PodKind {
  return {
    namespace,
    labels: {},
    nominated: false,
    expected: true,
    // Nothing evicts a pod that does not exist.
    priority: Number.POSITIVE_INFINITY,
    deleting: false,
    requests,
    hostPorts: [],
    keepsOff: [],
    owner: { project: "", name: "" },
  };
}
