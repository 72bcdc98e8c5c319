// HTTPRoute: accepted by the Gateways that it names, and with all references resolved, for the generation that kubemin
// wrote.
// https://gateway-api.sigs.k8s.io/guides/implementers/#conditions

import { listAt, numberAt, textAt, textsAt } from "../../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Manifest, ObjectRef } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { gatewayAddresses } from "../../network/gateway.ts";
import { conditionsOf, nameOf, type StatusCondition } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, fromCondition, type HealthFinding, progressing, ready, starting } from "../finding.ts";
import type { RouteRequest } from "../routeCheck/askAddress.ts";
import { routeVerdict, visitedHost } from "../routeCheck/routeHealth.ts";
import type { RuleView } from "../ruleView.ts";
import type { RuleInput } from "./rule.ts";

const GATEWAY_GROUP = "gateway.networking.k8s.io";
/**
 * Milliseconds until a refusal becomes final. One that only comes from the order of creation (the controller or the
 * backend is created after the route) disappears within seconds.
 */
const REFUSED_LASTS = 10_000;

export function httpRouteStatus({ object, generation, view }: RuleInput): HealthFinding {
  const wanted = Math.max(generation, object.metadata.generation ?? 0);
  const parents = listAt(object, "spec", "parentRefs");
  for (const parent of parents) {
    const pending = parentPending(object, parent, wanted);
    if (pending !== undefined) return pending;
  }
  const ways = parents.map((parent) => wayThrough(object, parent, view));
  // The Gateway is still being read. "ready" without its address would be taken as the final result.
  if (ways.includes("reading")) return progressing(reason("AddressPending", { object: nameOf(object) }));
  const way = ways.find((one): one is Way => typeof one === "object");
  if (way === undefined) return ready();
  const backendRef = listAt(object, "spec", "rules").flatMap((rule) => listAt(rule, "backendRefs"))[0];
  const backend = { service: textAt(backendRef, "name"), port: numberAt(backendRef, "port") };
  return routeVerdict({ object, view, backend, ...way });
}

interface Way {
  readonly address: string;
  readonly request: RouteRequest | undefined;
}

function parentPending(object: Manifest, parent: JsonObject, wanted: number): HealthFinding | undefined {
  const statuses = listAt(object, "status", "parents").filter((one) => sameParent(object, parent, one["parentRef"]));
  if (statuses.length === 0) return progressing(reason("AddressPending", { object: nameOf(object) }));
  // Several controllers may report on one parent; it is enough when one of them accepts the route.
  const verdicts = statuses.map((one) => conditionsOf(one, "conditions"));
  if (verdicts.some((conditions) => ["Accepted", "ResolvedRefs"].every((type) => holds(conditions, type, wanted))))
    return undefined;
  const refused = verdicts
    .flat()
    .find(
      (one) =>
        one.status === "False" && (one.type === "Accepted" || one.type === "ResolvedRefs") && current(one, wanted),
    );
  if (refused === undefined) return starting(object);
  const why = reason("RouteRefused", { object: nameOf(object), detail: clip(`${refused.reason}: ${refused.message}`) });
  const turns = { key: `route/${refused.type}/${refused.reason}`, after: REFUSED_LASTS, into: "failed" } as const;
  return { ...found("blocked", why, [fromCondition(object, refused)]), turns };
}

function current(condition: StatusCondition, wanted: number): boolean {
  return (condition.observedGeneration ?? wanted) >= wanted;
}

function holds(conditions: readonly StatusCondition[], type: string, wanted: number): boolean {
  return conditions.some((one) => one.type === type && one.status === "True" && current(one, wanted));
}

function sameParent(object: Manifest, wanted: JsonObject, given: unknown): boolean {
  const home = object.metadata.namespace ?? "";
  const same = (field: string, absent: string): boolean =>
    (textAt(wanted, field) || absent) === (textAt(given, field) || absent);
  return (
    same("name", "") &&
    same("namespace", home) &&
    same("kind", "Gateway") &&
    same("group", GATEWAY_GROUP) &&
    same("sectionName", "")
  );
}

function wayThrough(object: Manifest, parent: JsonObject, view: RuleView): Way | "reading" | undefined {
  if ((textAt(parent, "kind") || "Gateway") !== "Gateway") return undefined;
  const ref: ObjectRef = {
    apiVersion: `${GATEWAY_GROUP}/v1`,
    kind: "Gateway",
    namespace: textAt(parent, "namespace") || (object.metadata.namespace ?? ""),
    name: textAt(parent, "name"),
  };
  const gateway = view.other(ref);
  if (gateway === undefined) return "reading";
  if (gateway === null) return undefined;
  const listener = gatewayAddresses(gateway, textAt(parent, "sectionName"))[0];
  const hosts = textsAt(object, "spec", "hostnames");
  const host = hosts.find((one) => !one.includes("*"));
  if (listener === undefined) return host === undefined ? undefined : { address: `http://${host}`, request: undefined };
  const usual = listener.secure ? 443 : 80;
  const path = textAt(listAt(listAt(object, "spec", "rules")[0], "matches")[0], "path", "value") || "/";
  return {
    address: `${listener.secure ? "https" : "http"}://${host ?? listener.host}${listener.port === usual ? "" : `:${listener.port}`}`,
    request: { ...listener, hostHeader: visitedHost(host ?? hosts[0] ?? ""), path },
  };
}
