// The health of Service, Ingress and HTTPRoute: each becomes ready after the objects that it leads to.

import { listAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import { type ObjectRef, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { GATEWAY, INGRESS_CLASS, SANDBOX_ADDRESS } from "../objects/kinds.ts";
import { selects } from "../objects/labelSelectors.ts";
import type { StoredObject } from "../objects/sandboxObjects.ts";
import { templateOf, workloadKind } from "../objects/workloadTemplate.ts";
import { type HealthRule, nextOf, type SandboxVerdict, type SandboxView, seen, verdict } from "./healthRule.ts";
import { currentPods, servingPods } from "./workload.ts";

export const serviceHealth: HealthRule = (object, view) => {
  const selector = objectAt(object.manifest, "spec", "selector");
  // A Service without ports only gives names to pods, so it is ready as soon as it exists.
  const namesOnly = listAt(object.manifest, "spec", "ports").length === 0;
  if (Object.keys(selector).length === 0 || namesOnly) return verdict("ready", reason("Ready"));
  const behind = view
    .list(object.manifest.metadata.namespace ?? "")
    .filter((one) => workloadKind(one.manifest)?.style === "serve")
    .filter((one) => selects(selector, objectAt(templateOf(one.manifest), "metadata", "labels")));
  const scaledToZero = behind.length > 0 && behind.every((one) => currentPods(one).length === 0);
  const answering = behind.flatMap((one) => servingPods(one, view.now)).length;
  if (scaledToZero || answering > 0) return verdict("ready", reason("Ready"));
  const next = nextOf(
    view.now,
    behind.flatMap((one) => currentPods(one).map((pod) => pod.due)),
  );
  return verdict("progressing", reason("EndpointsPending", { object: shortRef(refOf(object.manifest)) }), next);
};

export const ingressHealth: HealthRule = (object, view) => {
  const named = textAt(object.manifest, "spec", "ingressClassName");
  if (named !== "" && named !== INGRESS_CLASS)
    return refused(object, `no ingress class ${named} in the sandbox, only ${INGRESS_CLASS}`);
  const paths = listAt(object.manifest, "spec", "rules").flatMap((rule) => listAt(rule, "http", "paths"));
  const services = paths.map((path) => textAt(path, "backend", "service", "name"));
  return afterBackends(object, services, view);
};

export const routeHealth: HealthRule = (object, view) => {
  const namespace = object.manifest.metadata.namespace ?? "";
  const stranger = listAt(object.manifest, "spec", "parentRefs").find(
    (parent) =>
      textAt(parent, "name") !== GATEWAY.name || (textAt(parent, "namespace") || namespace) !== GATEWAY.namespace,
  );
  if (stranger !== undefined)
    return refused(
      object,
      `no gateway ${textAt(stranger, "name")} in the sandbox, only ${GATEWAY.namespace}/${GATEWAY.name}`,
    );
  const backends = listAt(object.manifest, "spec", "rules").flatMap((rule) => listAt(rule, "backendRefs"));
  return afterBackends(
    object,
    backends.map((one) => textAt(one, "name")),
    view,
  );
};

function refused(object: StoredObject, detail: string): SandboxVerdict {
  const name = shortRef(refOf(object.manifest));
  return seen("failed", reason("RouteRefused", { object: name, detail }), [
    { source: "condition", object: name, text: `sandbox: Accepted=False: ${detail}` },
  ]);
}

function afterBackends(object: StoredObject, services: readonly string[], view: SandboxView): SandboxVerdict {
  const namespace = object.manifest.metadata.namespace ?? "";
  for (const name of services.filter((one) => one !== "")) {
    const ref: ObjectRef = { apiVersion: "v1", kind: "Service", namespace, name };
    const backend = view.get(ref);
    const state = backend === undefined ? null : serviceHealth(backend, view);
    if (state?.health.state === "ready") continue;
    return verdict("progressing", reason("EndpointsPending", { object: shortRef(ref) }), state?.changesAt ?? null);
  }
  const published = object.since + view.timing.publish;
  if (view.now < published)
    return verdict("progressing", reason("AddressPending", { object: shortRef(refOf(object.manifest)) }), published);
  const { health } = verdict("ready", reason("Ready"));
  return { health: { ...health, facts: { address: `http://${SANDBOX_ADDRESS}` } }, changesAt: null };
}
