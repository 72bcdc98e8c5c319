// Probes of a container, of the main one and of those beside it: what may be written, and what becomes of it.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import { parseDuration } from "../../../model/document/duration.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { commandLine, described, duration, port } from "../../sharedFields.ts";
import { onlyGiven } from "../objects/onlyGiven.ts";

const ACTIONS = ["http", "tcp", "exec", "grpc"] as const;
const portField = described(port().optional(), "The first port of the component by default", "默认为组件的第一个端口");

const probe = z
  .strictObject({
    http: described(
      z
        .strictObject({
          path: described(
            z.string().startsWith("/").default("/"),
            "Path; 2xx and 3xx are good",
            "路径，2xx/3xx 为正常",
          ),
          port: portField,
          scheme: described(z.enum(["HTTP", "HTTPS"]).optional(), "HTTP by default", "默认 HTTP"),
        })
        .optional(),
      "Asks by HTTP",
      "HTTP 探测",
    ),
    tcp: described(z.strictObject({ port: portField }).optional(), "Opens a connection", "TCP 探测"),
    exec: described(
      z.strictObject({ command: described(commandLine().min(1), "Exit code 0 is good", "退出码 0 为正常") }).optional(),
      "Runs a command in the container",
      "执行命令探测",
    ),
    grpc: described(
      z
        .strictObject({
          port: portField,
          service: described(z.string().optional(), "Name of the service", "服务名"),
        })
        .optional(),
      "Asks by the gRPC health protocol",
      "gRPC 探测",
    ),
    every: described(duration().optional(), "Time between two probes", "探测间隔"),
    timeout: described(duration().optional(), "Time for one answer", "单次超时"),
    after: described(duration().optional(), "Wait before the first probe", "首次探测前等待"),
    failures: described(z.int().min(1).optional(), "Failures in a row that count", "判定失败的连续次数"),
  })
  .refine((value) => ACTIONS.filter((action) => value[action] !== undefined).length === 1, {
    error: "give exactly one of http, tcp, exec and grpc",
    params: { zh: "http、tcp、exec、grpc 必须且只能选一个" },
  });

type Probe = z.output<typeof probe>;
const KINDS = { readiness: "readinessProbe", liveness: "livenessProbe", startup: "startupProbe" } as const;
const KIND_NAMES = ["readiness", "liveness", "startup"] as const;

export const probeFields = {
  readiness: described(probe.optional(), "Gets requests only while this is good", "正常时才接收请求"),
  liveness: described(probe.optional(), "Restarted when this fails", "失败时重启"),
  startup: described(probe.optional(), "The others wait until this is good once", "成功一次后其他探测才开始"),
};

type Probes = { readonly [kind in (typeof KIND_NAMES)[number]]?: Probe | undefined };

/** `first`: the port that is meant where none is named. */
export function checkProbes(data: Probes, first: number | undefined, path: Path = []): readonly Problem[] {
  return KIND_NAMES.flatMap((kind) =>
    ACTIONS.flatMap((action) => {
      const given = data[kind]?.[action];
      if (given === undefined || !needsPort(given) || first !== undefined) return [];
      return [problem("Required", [...path, kind, action], { field: "port" })];
    }),
  );
}

export function renderProbes(data: Probes, first: number | undefined): JsonObject {
  return onlyGiven(
    Object.fromEntries(KIND_NAMES.map((kind) => [KINDS[kind], data[kind] && renderProbe(data[kind], first ?? 0)])),
  );
}

function needsPort(action: object): boolean {
  return !("command" in action) && (!("port" in action) || action.port === undefined);
}

function renderProbe(given: Probe, first: number): JsonObject {
  const { http, tcp, exec, grpc } = given;
  return onlyGiven({
    httpGet: http && onlyGiven({ path: http.path, port: http.port ?? first, scheme: http.scheme }),
    tcpSocket: tcp && { port: tcp.port ?? first },
    exec: exec && { command: exec.command },
    grpc: grpc && onlyGiven({ port: grpc.port ?? first, service: grpc.service }),
    periodSeconds: seconds(given.every, 1),
    timeoutSeconds: seconds(given.timeout, 1),
    initialDelaySeconds: seconds(given.after, 0) || undefined,
    failureThreshold: given.failures,
  });
}

/** Kubernetes counts whole seconds. */
function seconds(text: string | number | undefined, least: number): number | undefined {
  return text === undefined ? undefined : Math.max(least, Math.ceil((parseDuration(text) ?? 0) / 1000));
}
