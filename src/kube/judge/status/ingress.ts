// Ingress: ready when its controller publishes an address. Many controllers never publish one, so after 30 seconds the
// Ingress is ready without an address (argo-cd#14607).

import { listAt, numberAt, textAt } from "../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { nameOf, uidOf } from "../../objects/statusConditions.ts";
import { type HealthFinding, progressing, ready } from "../finding.ts";
import { routeVerdict, visitedHost } from "../routeCheck/routeHealth.ts";
import type { RuleInput } from "./rule.ts";

const WITHOUT_ADDRESS = 30_000;

export function ingressStatus({ object, view }: RuleInput): HealthFinding {
  const published = listAt(object, "status", "loadBalancer", "ingress")[0];
  if (published !== undefined) {
    const address = addressOf(object, published);
    return address === "" ? ready() : routeVerdict({ object, view, address, ...wayOf(object, published) });
  }
  const turns = { key: `address/${uidOf(object)}`, after: WITHOUT_ADDRESS, into: "ready" } as const;
  return { ...progressing(reason("AddressPending", { object: nameOf(object) })), turns };
}

/**
 * The request to check the route with, at the published address and port (default: 80 or 443), and the Service behind
 * it.
 */
function wayOf(object: Manifest, published: unknown) {
  const secure = listAt(object, "spec", "tls").length > 0;
  const [rule] = listAt(object, "spec", "rules");
  const [path] = listAt(rule, "http", "paths");
  const backend = {
    service: textAt(path, "backend", "service", "name"),
    port: numberAt(path, "backend", "service", "port", "number"),
  };
  const request = {
    secure,
    host: textAt(published, "hostname") || textAt(published, "ip"),
    port: portOf(published) ?? (secure ? 443 : 80),
    hostHeader: visitedHost(textAt(rule, "host")),
    path: textAt(path, "path") || "/",
  };
  return { backend, request };
}

function portOf(published: unknown): number | undefined {
  return listAt(published, "ports")
    .map((one) => numberAt(one, "port"))
    .find((one) => one > 0);
}

/**
 * The address that a person can open: the host of a rule if there is one (its DNS is set up by the operator), else the
 * published address.
 */
function addressOf(object: Manifest, published: unknown): string {
  const host = listAt(object, "spec", "rules")
    .map((rule) => textAt(rule, "host"))
    .find((one) => one !== "" && !one.includes("*"));
  const name = host ?? (textAt(published, "hostname") || textAt(published, "ip"));
  if (name === "") return "";
  const secure = listAt(object, "spec", "tls").length > 0;
  const port = portOf(published);
  const suffix = port === undefined || port === (secure ? 443 : 80) ? "" : `:${port}`;
  return `${secure ? "https" : "http"}://${name}${suffix}`;
}
