// The readiness probe of a component, unless the trait `probes` sets another one: does its first TCP port accept
// connections?
import type { JsonObject } from "../../../model/data/json.ts";
import type { ServedPort } from "../service/ports.ts";

/**
 * The probe runs every second, so that components that wait for this one start within a second. Five failures in a row
 * take a pod off the endpoints, so that a short pause of the program does not.
 */
export function tcpProbe(ports: readonly ServedPort[]): JsonObject | undefined {
  const first = ports.find((port) => port.protocol === "TCP");
  if (first === undefined) return undefined;
  return { tcpSocket: { port: first.containerPort }, periodSeconds: 1, failureThreshold: 5 };
}
