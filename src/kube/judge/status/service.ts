// Service: ready when it has a ready endpoint on every port. A Service without a selector is ready, because the user
// adds the endpoints, and so is one whose workloads want 0 replicas.

import { labelsAt, listAt, numberAt, optionalNumberAt, textAt, textsAt } from "../../../model/data/fieldReaders.ts";
import { dig } from "../../../model/data/json.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { nameOf, uidOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, fromEvent, type HealthFinding, progressing, ready } from "../finding.ts";
import type { RuleView } from "../ruleView.ts";
import type { RuleInput } from "./rule.ts";

export function serviceStatus({ object, view }: RuleInput): HealthFinding {
  const type = textAt(object, "spec", "type");
  const selector = labelsAt(object, "spec", "selector");
  if (type === "ExternalName" || givesNamesOnly(object)) return ready();
  if (type === "LoadBalancer") {
    const pending = loadBalancerPending(object, view);
    if (pending !== undefined) return pending;
  }
  if (Object.keys(selector).length === 0 || hasEndpoint(object, view) || nobodyWanted(object, selector, view))
    return ready(addressOf(object));
  return progressing(reason("EndpointsPending", { object: nameOf(object) }));
}

/** Whether the Service is headless and has no ports: it only gives pods DNS names, and does so as soon as it exists. */
function givesNamesOnly(object: Manifest): boolean {
  return textAt(object, "spec", "clusterIP") === "None" && listAt(object, "spec", "ports").length === 0;
}

/** The load balancer's address with the first port of the Service. */
function addressOf(object: Manifest): { readonly address: string } | undefined {
  const published = listAt(object, "status", "loadBalancer", "ingress")[0];
  const host = textAt(published, "hostname") || textAt(published, "ip");
  if (host === "") return undefined;
  return { address: `${host}:${numberAt(listAt(object, "spec", "ports")[0], "port")}` };
}

function loadBalancerPending(object: Manifest, view: RuleView): HealthFinding | undefined {
  if (
    listAt(object, "status", "loadBalancer", "ingress").length > 0 ||
    textsAt(object, "spec", "externalIPs").length > 0
  )
    return undefined;
  const failure = view.events(uidOf(object)).findLast((one) => one.reason === "SyncLoadBalancerFailed");
  const pending = reason("AddressPending", { object: nameOf(object) });
  if (failure === undefined) return progressing(pending);
  return found("blocked", reason("RefusedByServer", { object: nameOf(object), detail: clip(failure.message) }), [
    fromEvent(failure),
  ]);
}

/** Whether every port has at least one ready endpoint. A port whose name no container has is missing in the slices. */
function hasEndpoint(object: Manifest, view: RuleView): boolean {
  const alive = slicesOf(object, view).filter((slice) => listAt(slice, "endpoints").some(isReady));
  const ports = listAt(object, "spec", "ports").map((port) => textAt(port, "name"));
  return (
    alive.length > 0 &&
    ports.every((port) => alive.some((slice) => listAt(slice, "ports").some((one) => textAt(one, "name") === port)))
  );
}

/**
 * The EndpointSlices of the Service. Those that Kubernetes created are owned by it; those of other tools only name it
 * in a label, so they are searched for in the namespace.
 */
function slicesOf(object: Manifest, view: RuleView): readonly Manifest[] {
  const owned = view.ownedBy("EndpointSlice", uidOf(object));
  if (owned.length > 0) return owned;
  const { name, namespace = "" } = object.metadata;
  return view
    .inNamespace("EndpointSlice", namespace)
    .filter((slice) => textAt(slice, "metadata", "labels", "kubernetes.io/service-name") === name);
}

function isReady(endpoint: unknown): boolean {
  const conditions =
    typeof endpoint === "object" && endpoint !== null && "conditions" in endpoint ? endpoint.conditions : undefined;
  // The API documentation says that a missing `ready` means ready.
  return !(
    typeof conditions === "object" &&
    conditions !== null &&
    "ready" in conditions &&
    conditions.ready === false
  );
}

function nobodyWanted(object: Manifest, selector: Readonly<Record<string, string>>, view: RuleView): boolean {
  const targets = ["Deployment", "StatefulSet"]
    .flatMap((kind) => view.inNamespace(kind, object.metadata.namespace ?? ""))
    .filter((one) => matches(dig(one, "spec", "template", "metadata", "labels"), selector));
  // A Deployment that was paused before its first pod creates none until it is resumed.
  const idle = (one: Manifest): boolean =>
    optionalNumberAt(one, "spec", "replicas") === 0 ||
    (dig(one, "spec", "paused") === true && optionalNumberAt(one, "status", "replicas") === undefined);
  return targets.length > 0 && targets.every(idle);
}

function matches(labels: unknown, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => dig(labels, key) === value);
}
