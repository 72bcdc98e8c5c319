// Health probes of a container: what a user may write, and the fields of Kubernetes that it becomes. Main containers
// and sidecars share them.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import { parseDuration } from "../../../model/document/duration.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { commandLine, described, duration, port } from "../../sharedFields.ts";
import { onlyGiven } from "../objects/onlyGiven.ts";

const ACTIONS = ["http", "tcp", "exec", "grpc"] as const;
const portField = described(
  port().optional(),
  "Port; default: the first port of the component",
  "端口，默认为组件的第一个端口",
);

const probe = z
  .strictObject({
    http: described(
      z
        .strictObject({
          path: described(
            z.string().startsWith("/").default("/"),
            "Path of the request; status 2xx and 3xx are healthy",
            "请求路径，状态码 2xx/3xx 为正常",
          ),
          port: portField,
          scheme: described(z.enum(["HTTP", "HTTPS"]).optional(), "Scheme; default: HTTP", "协议，默认 HTTP"),
        })
        .optional(),
      "Sends an HTTP request",
      "HTTP 探测",
    ),
    tcp: described(z.strictObject({ port: portField }).optional(), "Opens a connection", "TCP 探测"),
    exec: described(
      z
        .strictObject({
          command: described(commandLine().min(1), "Command; exit code 0 is healthy", "命令，退出码 0 为正常"),
        })
        .optional(),
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
      "Calls the gRPC health protocol",
      "gRPC 探测",
    ),
    every: described(duration().optional(), "Time between two probes", "探测间隔"),
    timeout: described(duration().optional(), "Longest time for one answer", "单次超时"),
    after: described(duration().optional(), "Wait before the first probe", "首次探测前等待"),
    failures: described(
      z.int().min(1).optional(),
      "Failures in a row after which the check has failed",
      "判定失败的连续次数",
    ),
  })
  .refine((value) => ACTIONS.filter((action) => value[action] !== undefined).length === 1, {
    error: "give exactly one of http, tcp, exec and grpc",
    params: { zh: "http、tcp、exec、grpc 必须且只能选一个" },
  });

type Probe = z.output<typeof probe>;
const KINDS = { readiness: "readinessProbe", liveness: "livenessProbe", startup: "startupProbe" } as const;
const KIND_NAMES = ["readiness", "liveness", "startup"] as const;

export const probeFields = {
  readiness: described(probe.optional(), "The pod gets requests only while this succeeds", "成功时 Pod 才接收请求"),
  liveness: described(probe.optional(), "The container is restarted when this fails", "失败时重启容器"),
  startup: described(
    probe.optional(),
    "The other checks wait until this has succeeded once",
    "成功一次后其他探测才开始",
  ),
};

type Probes = { readonly [kind in (typeof KIND_NAMES)[number]]?: Probe | undefined };

/** `first` is the port of probes that name none; `undefined` when the container has no port. */
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

/** Kubernetes counts whole seconds, so the time is rounded up. */
function seconds(text: string | number | undefined, least: number): number | undefined {
  return text === undefined ? undefined : Math.max(least, Math.ceil((parseDuration(text) ?? 0) / 1000));
}
