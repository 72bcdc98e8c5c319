// How the cluster asks the program how it is: ready for requests (readiness), to be restarted (liveness), started at last (startup).
import { z } from "zod";
import { parseDuration } from "../../model/duration.ts";
import type { JsonObject } from "../../model/json.ts";
import { problem } from "../../model/problem.ts";
import { defineTrait } from "../define.ts";
import { commandLine, described, duration, port } from "../fields.ts";
import { onlyGiven } from "../parts/onlyGiven.ts";

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

export const probes = defineTrait({
  name: "probes",
  summary: { en: "Health checks of the program", zh: "程序健康检查" },
  schema: z.strictObject({
    readiness: described(probe.optional(), "Gets requests only while this is good", "正常时才接收请求"),
    liveness: described(probe.optional(), "Restarted when this fails", "失败时重启"),
    startup: described(probe.optional(), "The others wait until this is good once", "成功一次后其他探测才开始"),
  }),
  examples: [
    {
      title: { en: "Ready by HTTP, alive by TCP", zh: "HTTP 就绪、TCP 存活" },
      value: {
        readiness: { http: { path: "/healthz", port: 8080 }, every: "2s", failures: 3 },
        liveness: { tcp: { port: 8080 }, every: "10s", after: "30s" },
      },
    },
  ],
  appliesTo: "pods",
  check: (data, target) =>
    KIND_NAMES.flatMap((kind) =>
      ACTIONS.flatMap((action) => {
        const given = data[kind]?.[action];
        if (given === undefined || !needsPort(given) || target.port !== undefined) return [];
        return [problem("Required", [kind, action], { field: "port" })];
      }),
    ),
  render: (data, target) => ({
    container: onlyGiven(
      Object.fromEntries(
        KIND_NAMES.map((kind) => [KINDS[kind], data[kind] && renderProbe(data[kind], target.port ?? 0)]),
      ),
    ),
  }),
});

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
