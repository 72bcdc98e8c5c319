// What a component is asked before it gets requests, unless the trait `probes` says better: does it accept connections?
import type { JsonObject } from "../../../model/data/json.ts";
import type { ServedPort } from "../service/ports.ts";

/**
 * Every second: those who wait for this component start within a second of it listening. Five failures in a row take a pod off the
 * endpoints, so that a pause of the program does not.
 */
export function tcpProbe(ports: readonly ServedPort[]): JsonObject | undefined {
  const first = ports.find((port) => port.protocol === "TCP");
  if (first === undefined) return undefined;
  return { tcpSocket: { port: first.containerPort }, periodSeconds: 1, failureThreshold: 5 };
}
