// Ports of the node itself. Two pods on the same node cannot have the same one.
import type { JsonObject } from "../../model/data/json.ts";
import { listAt, numberAt, textAt } from "./optionalFields.ts";

export interface HostPort {
  readonly port: number;
  readonly protocol: string;
  /** `0.0.0.0` means every address. */
  readonly ip: string;
}

const NONE: readonly HostPort[] = [];

export function hostPortsOf(spec: JsonObject): readonly HostPort[] {
  const ports: HostPort[] = [];
  // Sidecars count too, because they run at the same time as the containers.
  const containers = [
    ...listAt(spec, "containers"),
    ...listAt(spec, "initContainers").filter((one) => one["restartPolicy"] === "Always"),
  ];
  for (const container of containers)
    for (const port of listAt(container, "ports")) {
      const number =
        numberAt(port, "hostPort") ?? (spec["hostNetwork"] === true ? numberAt(port, "containerPort") : undefined);
      if (number === undefined || number === 0) continue;
      const ip = textAt(port, "hostIP") || "0.0.0.0";
      ports.push({ port: number, protocol: textAt(port, "protocol") || "TCP", ip });
    }
  return ports.length === 0 ? NONE : ports;
}

export function collide(some: readonly HostPort[], others: readonly HostPort[]): boolean {
  return some.some((one) =>
    others.some(
      (other) =>
        one.port === other.port &&
        one.protocol === other.protocol &&
        (one.ip === other.ip || one.ip === "0.0.0.0" || other.ip === "0.0.0.0"),
    ),
  );
}
