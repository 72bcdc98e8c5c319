// Ingress: the address that its controller publishes. Many controllers never publish one, so after a while its absence is accepted
// (argo-cd#14607: waiting for ever helps nobody).
import type { Manifest } from "../../model/manifest.ts";
import { reason } from "../../model/reason.ts";
import { listAt, nameOf, numberAt, textAt, uidOf } from "../fields.ts";
import { type Finding, progressing, ready } from "../finding.ts";
import type { Question } from "./rule.ts";

const WITHOUT_ADDRESS = 30_000;

export function ingressStatus({ object }: Question): Finding {
  const published = listAt(object, "status", "loadBalancer", "ingress")[0];
  if (published !== undefined) {
    const address = addressOf(object, published);
    return ready(address === "" ? undefined : { address });
  }
  const turns = { key: `address/${uidOf(object)}`, after: WITHOUT_ADDRESS, into: "ready" } as const;
  return { ...progressing(reason("AddressPending", { object: nameOf(object) })), turns };
}

/** What a person can open: the rule's host if there is one (its DNS is the operator's), else the published address. */
function addressOf(object: Manifest, published: unknown): string {
  const host = listAt(object, "spec", "rules")
    .map((rule) => textAt(rule, "host"))
    .find((one) => one !== "" && !one.includes("*"));
  const name = host ?? (textAt(published, "hostname") || textAt(published, "ip"));
  if (name === "") return "";
  const secure = listAt(object, "spec", "tls").length > 0;
  const port = listAt(published, "ports")
    .map((one) => numberAt(one, "port"))
    .find((one) => one > 0);
  const suffix = port === undefined || port === (secure ? 443 : 80) ? "" : `:${port}`;
  return `${secure ? "https" : "http"}://${name}${suffix}`;
}
