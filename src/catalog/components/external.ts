// The component type `external`: something that exists elsewhere, such as a database of the company or an API of a
// partner. It gets a Service of the component's name, so that dependents use one name and a new address is one changed
// line. Before dependents start, a Job checks from inside the cluster that it answers. Nothing watches it afterwards:
// users see what the last deployment saw.
import { isIP } from "node:net";
import { z } from "zod";
import { parseDuration } from "../../model/document/duration.ts";
import { DNS_SUBDOMAIN } from "../../model/kubernetes/name.ts";
import { brokenRule, type Problem, problem } from "../../model/problems/problem.ts";
import { defineComponent } from "../define.ts";
import { checkJob } from "../parts/pod/checkJob.ts";
import { externalService } from "../parts/service/externalService.ts";
import { described, duration, image, port } from "../sharedFields.ts";

const check = z.union([
  z.literal(false),
  z.strictObject({
    type: described(
      z.enum(["tcp", "http"]).default("tcp"),
      "tcp: it accepts connections; http: it answers a request",
      "tcp 能建立连接；http 能应答请求",
    ),
    path: described(
      z
        .string()
        .regex(/^\/[^\s'"]*$/, "a path that starts with /")
        .default("/"),
      "Path of the request (http)",
      "请求路径（http）",
    ),
    status: described(
      z.int().min(100).max(599).optional(),
      "Status that the answer must have (http); default: any status below 400",
      "应答状态码（http），默认小于 400 即可",
    ),
    within: described(duration().default("30s"), "How long the check keeps trying", "尝试的总时长"),
    image: described(image().default("busybox:1.36"), "Image with sh, nc and wget", "含 sh、nc、wget 的镜像"),
  }),
]);

const schema = z.strictObject({
  host: described(z.string().min(1).max(253), "DNS name or IP address", "域名或 IP 地址"),
  port: described(port(), "Port", "端口"),
  scheme: described(
    z
      .string()
      .regex(/^[a-z][a-z0-9+.-]*$/, "a scheme such as https")
      .default("tcp"),
    "Scheme of the output url, e.g. https or postgresql",
    "输出 url 的协议，如 https、postgresql",
  ),
  check: described(
    check.optional(),
    "How each deployment checks it from inside the cluster; default: tcp; false: no check",
    "每次部署时从集群内检查的方式；默认 tcp，false 表示不检查",
  ),
});
type External = z.output<typeof schema>;

export const external = defineComponent({
  name: "external",
  summary: { en: "Something that exists elsewhere", zh: "集群外已有的服务" },
  schema,
  examples: [
    {
      title: { en: "The company's database", zh: "公司的数据库" },
      value: { host: "db.example.com", port: 5432, scheme: "postgresql" },
    },
    {
      title: { en: "An API by its address, checked by a request", zh: "按 IP 访问的 API，以请求检查" },
      value: {
        host: "203.0.113.9",
        port: 8080,
        scheme: "http",
        check: { type: "http", path: "/healthz", status: 200 },
      },
    },
  ],
  job: "check",
  outputs: (name, { host, port: number, scheme }) => {
    // A certificate is issued for the real name, so a client that verifies it must use the real name.
    const seen = isIP(host) === 0 && isEncrypted(scheme) ? host : name;
    const address = `${seen}:${number}`;
    return { host: seen, port: String(number), address, url: `${scheme}://${address}` };
  },
  check: (properties) => [...checkHost(properties.host), ...checkTimes(properties)],
  render: (properties, context) => ({
    pod: null,
    objects: [...externalService(properties, context), ...checkJob(properties, context)].map((manifest) => ({
      manifest,
    })),
  }),
});

const ENCRYPTED = ["https", "wss", "rediss", "ldaps", "amqps", "mqtts", "ftps", "smtps", "imaps"];

function isEncrypted(scheme: string): boolean {
  return ENCRYPTED.includes(scheme);
}

/** Refuses addresses that mean something else on every node, as the validation of core/v1 and discovery/v1 does. */
function checkHost(host: string): readonly Problem[] {
  if (isIP(host) === 0) {
    if (DNS_SUBDOMAIN.test(host)) return [];
    const text = { en: "{host} is neither a DNS name nor an IP address", zh: "{host} 既不是域名也不是 IP 地址" };
    return [brokenRule(["host"], text, { host })];
  }
  if (!/^(127\.|0\.|169\.254\.|22[4-9]\.|23\d\.|::1?$|fe80:|ff)/i.test(host)) return [];
  const text = {
    en: "{host} means another address on every machine: give the address at which other machines reach it",
    zh: "{host} 在每台机器上含义不同：请填写其他机器可访问的地址",
  };
  return [brokenRule(["host"], text, { host })];
}

function checkTimes({ check: wanted }: External): readonly Problem[] {
  if (wanted === undefined || wanted === false) return [];
  const within = parseDuration(wanted.within) ?? 0;
  if (within >= 1_000 && within <= 240_000) return [];
  return [problem("OutOfRange", ["check", "within"], { value: wanted.within, bound: "1s … 4m" })];
}
