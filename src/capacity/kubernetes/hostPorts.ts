// Ports of the node itself, which two pods on it cannot both have.
import type { JsonObject } from "../../model/data/json.ts";
import { listAt, numberAt, textAt } from "./optionalFields.ts";

export interface HostPort {
  readonly port: number;
  readonly protocol: string;
  /** 0.0.0.0 is every address. */
  readonly ip: string;
}

const NONE: readonly HostPort[] = [];

export function hostPortsOf(spec: JsonObject): readonly HostPort[] {
  const ports: HostPort[] = [];
  // Of sidecars too: they run beside the containers.
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
