// The ports that a component serves: the fields of its properties, and the container ports and the Service that they
// become.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { brokenRule, type Problem } from "../../../model/problems/problem.ts";
import type { RenderContext } from "../../define.ts";
import { described, port } from "../../sharedFields.ts";
import { selectorOf } from "../objects/labels.ts";

/** An IANA service name, the only form that container ports accept: at most 15 characters, at least one letter. */
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

const portEntry = z.strictObject({
  name: described(
    z.string().regex(PORT_NAME, "at most 15 lower case letters, digits and '-', one letter at least"),
    "Name of the port, at most 15 characters",
    "端口名，最长 15 个字符",
  ),
  port: described(port(), "Port of the Service", "Service 端口"),
  containerPort: described(
    port().optional(),
    "Port on which the program listens; default: `port`",
    "程序监听的端口，默认同 port",
  ),
  protocol: described(z.enum(["TCP", "UDP", "SCTP"]).default("TCP"), "Protocol", "协议"),
});

export const portFields = {
  port: described(
    port().optional(),
    "The port on which the program listens; a Service of the component's name serves it",
    "程序监听的端口，由与组件同名的 Service 提供访问",
  ),
  ports: described(
    z.array(portEntry).min(1).max(100).optional(),
    "Several ports, instead of `port`",
    "多个端口，与 port 二选一",
  ),
};

export interface PortProperties {
  readonly port?: number | undefined;
  readonly ports?: readonly z.output<typeof portEntry>[] | undefined;
}

export interface ServedPort {
  readonly name: string;
  readonly port: number;
  readonly containerPort: number;
  readonly protocol: "TCP" | "UDP" | "SCTP";
}

export function servedPorts(properties: PortProperties, name = "http"): readonly ServedPort[] {
  if (properties.ports !== undefined)
    return properties.ports.map((entry) => ({ ...entry, containerPort: entry.containerPort ?? entry.port }));
  const { port: only } = properties;
  return only === undefined ? [] : [{ name, port: only, containerPort: only, protocol: "TCP" }];
}

export function checkPorts(properties: PortProperties): readonly Problem[] {
  if (properties.ports === undefined) return [];
  const both =
    properties.port === undefined
      ? []
      : [brokenRule(["ports"], { en: "give either port or ports", zh: "port 与 ports 只能二选一" })];
  const seen = new Set<string>();
  const twice = properties.ports.flatMap((entry, index) => {
    const keys = [`name ${entry.name}`, `port ${entry.port}/${entry.protocol}`];
    const repeated = keys.filter((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    return repeated.map((key) =>
      brokenRule(["ports", index], { en: "{key} is used twice", zh: "{key} 重复" }, { key }),
    );
  });
  return [...both, ...twice];
}

/** The protocol is written out, because merge keys of server-side apply must not rely on defaults. */
export function containerPorts(ports: readonly ServedPort[]): readonly JsonObject[] {
  return ports.map(({ name, containerPort, protocol }) => ({ name, containerPort, protocol }));
}

/**
 * Targets are names and not numbers: while a rollout changes the port of the program, old and new pods each get
 * requests on their own port. `headless`: each pod gets a DNS name, also before it is ready (members of a set must find
 * each other to become ready).
 */
export function serviceFor(
  ports: readonly ServedPort[],
  context: RenderContext,
  headless?: { readonly name: string },
): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: headless?.name ?? context.component },
    spec: {
      type: "ClusterIP",
      ...(headless ? { clusterIP: "None", publishNotReadyAddresses: true } : {}),
      selector: selectorOf(context),
      ports: ports.map(({ name, port: number, protocol }) => ({ name, port: number, protocol, targetPort: name })),
    },
  };
}
