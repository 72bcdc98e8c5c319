// Parses the destinations that a job type may ask for: `models:443`, `ml/models:443`, `internet:443`,
// `192.0.2.0/24:5432`. A port is the one that the program in the pod listens on, because a network policy sees pods and
// not Services.
import { DNS_LABEL } from "../../model/kubernetes/name.ts";
import { type Network, parseNetwork } from "./cidr.ts";

export type Destination =
  | { readonly kind: "internet"; readonly port: number }
  | { readonly kind: "service"; readonly namespace: string; readonly name: string; readonly port: number }
  | { readonly kind: "name"; readonly name: string; readonly port: number }
  | { readonly kind: "network"; readonly network: Network; readonly port: number };

/** `undefined` when the text has none of these forms. */
export function parseDestination(text: string): Destination | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:\/\d{1,3})?)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  const network = parseNetwork(host);
  if (network !== undefined) return { kind: "network", network, port };
  if (host === "internet") return { kind: "internet", port };
  const [namespace = "", name, ...more] = host.split("/");
  if (name !== undefined && more.length === 0)
    return DNS_LABEL.test(namespace) && DNS_LABEL.test(name) ? { kind: "service", namespace, name, port } : undefined;
  return DNS_LABEL.test(host) ? { kind: "name", name: host, port } : undefined;
}

/** Parses a port that the job offers to other pods: `metrics:9090`. */
export function parseExposed(text: string): { readonly name: string; readonly port: number } | undefined {
  const destination = parseDestination(text);
  return destination?.kind === "name" ? { name: destination.name, port: destination.port } : undefined;
}
