// Services, Ingresses and autoscalers: they become ports, the trait route and the trait scaling of the workload that they point to.
import { isObject, type JsonObject } from "../../model/json.ts";
import type { Path } from "../../model/pointer.ts";
import { type Draft, nextOf, place, valueAt } from "../draft.ts";
import { put, say } from "../ledger.ts";
import { METADATA } from "../parts/metadata.ts";
import {
  applyRules,
  field,
  itemsOf,
  needless,
  objectOf,
  onlyIf,
  type Rule,
  type Rules,
  refuse,
  type Spot,
  textOf,
  wordOf,
} from "../rules.ts";
import { advised, DEFAULT_ALREADY, words } from "../words.ts";
import type { Found } from "./objects.ts";

const BECAME_PORTS = words(
  "became the ports of its component, which makes the Service",
  "改为组件的端口，由组件创建 Service",
);
const OUTSIDE = advised(
  ["a Service is reached from inside the cluster only", "Service 仅供集群内访问"],
  ["add the trait route", "请添加 route 特征"],
);
const TARGET = words("the number of the named port", "改为该命名端口的端口号");

export function selects(service: Found, labels: JsonObject): boolean {
  const selector = objectOf(field(field(service.spot, "spec") ?? service.spot, "selector")?.value);
  const entries = Object.entries(selector);
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}

export function isHeadless(service: Found): boolean {
  return field(field(service.spot, "spec") ?? service.spot, "clusterIP")?.value === "None";
}

/** `draft` is the workload's. */
export function importService(service: Found, draft: Draft, ports: ReadonlyMap<string, number>): void {
  const spot = { ...service.spot, draft };
  head(spot, ["properties"]);
  const spec = field(spot, "spec");
  if (spec === undefined) return;
  applyRules<unknown>(
    {
      selector: needless(words("not needed: it selects its component's pods", "无需填写：选择其组件的 Pod")),
      type: onlyIf((value) => value === "ClusterIP", DEFAULT_ALREADY, OUTSIDE),
      sessionAffinity: onlyIf((value) => value === "None", DEFAULT_ALREADY, OUTSIDE),
      clusterIP: needless(words("not needed: the cluster chooses the address", "无需填写：地址由集群分配")),
      publishNotReadyAddresses: needless(DEFAULT_ALREADY),
      ports: (list) =>
        isHeadless(service) && valueAt(draft, ["properties", "ports"]) !== undefined
          ? needless(BECAME_PORTS)(list)
          : servicePorts(list, ports),
    },
    spec,
  );
}

function servicePorts(list: Spot<unknown>, named: ReadonlyMap<string, number>): void {
  const { draft, importing } = list;
  const items = itemsOf(list);
  for (const item of items) {
    const to = nextOf(draft, ["properties", "ports"]);
    const number = field(item, "port");
    const name = field(item, "name");
    if (name) put(importing.ledger, { draft, path: [...to, "name"] }, name.value, name.at);
    else place(draft, [...to, "name"], items.length === 1 ? "http" : `p-${wordOf(number?.value)}`);
    if (number) put(importing.ledger, { draft, path: [...to, "port"] }, number.value, number.at);
    const target = field(item, "targetPort");
    if (target) targetPort(target, [...to, "containerPort"], named);
    const protocol = field(item, "protocol");
    if (protocol) put(importing.ledger, { draft, path: [...to, "protocol"] }, protocol.value, protocol.at);
    const node = field(item, "nodePort");
    if (node) refuse(OUTSIDE)(node);
  }
}

function targetPort(
  { value, at, draft, importing }: Spot<unknown>,
  path: Path,
  named: ReadonlyMap<string, number>,
): void {
  const number = typeof value === "string" ? named.get(value) : undefined;
  put(importing.ledger, { draft, path }, number ?? value, at, number === undefined ? undefined : TARGET);
}

function head(spot: Spot<unknown>, path: Path): void {
  const { draft, importing } = spot;
  for (const key of ["apiVersion", "kind"])
    say(
      importing.ledger,
      [...spot.at, key],
      "changed",
      words("became a part of the component that it points to", "并入其指向的组件"),
      { draft, path },
    );
  say(
    importing.ledger,
    [...spot.at, "status"],
    "changed",
    words("not needed: the cluster writes this itself", "无需填写：由集群自行写入"),
  );
  const meta = field(spot, "metadata");
  if (meta === undefined) return;
  say(importing.ledger, [...meta.at, "name"], "changed", words("it is called like its component", "与组件同名"), {
    draft,
    path,
  });
  applyRules(METADATA, meta);
}

const ONE_ROUTE = advised(
  ["a component has one host and one path here", "一个组件只有一个主机与一个路径"],
  ["make a second component, or use component type objects", "请再建一个组件，或使用 objects 组件"],
);
type FindDraft = (service: string) => Draft | undefined;
const NO_BACKEND = advised(
  ["its Service belongs to no workload of this input", "其 Service 不属于输入中的任何工作负载"],
  ["import it together with its workload", "请与其工作负载一起导入"],
);

/** `find` gives the draft of the workload behind a Service's name. Undefined, and nothing said, when it leads to none of them. */
export function importIngress(ingress: Found, find: FindDraft): Draft | undefined {
  const spec = field(ingress.spot, "spec");
  const rules = spec && field(spec, "rules");
  const paths = (rules ? itemsOf(rules) : []).flatMap((rule) =>
    itemsOf(field(field(rule, "http") ?? rule, "paths") ?? { ...rule, value: [] }).map((path) => ({ rule, path })),
  );
  if (spec === undefined || !paths.some(({ path }) => find(backendOf(path)) !== undefined)) return undefined;
  const drafts = paths.flatMap(({ rule, path }) => routePath(rule, path, find) ?? []);
  const [draft] = drafts;
  if (draft === undefined) return find(backendOf(paths[0]?.path));
  head({ ...ingress.spot, draft }, ["traits", "route"]);
  const name = field(spec, "ingressClassName");
  if (name) put(spec.importing.ledger, { draft, path: ["traits", "route", "class"] }, name.value, name.at);
  const tls = itemsOf(field(spec, "tls") ?? { ...spec, value: [] })[0];
  const secret = tls && field(tls, "secretName");
  if (tls === undefined || secret === undefined) return draft;
  put(spec.importing.ledger, { draft, path: ["traits", "route", "tls"] }, secret.value, secret.at);
  say(spec.importing.ledger, [...tls.at, "hosts"], "changed", words("the host of the route", "即 route 的主机"), {
    draft,
    path: ["traits", "route", "tls"],
  });
  return draft;
}

function backendOf(path: Spot<unknown> | undefined): string {
  const backend = path && field(path, "backend");
  const service = backend && field(backend, "service");
  return wordOf((service && field(service, "name"))?.value);
}

function routePath(rule: Spot<unknown>, path: Spot<unknown>, find: FindDraft): Draft | undefined {
  const { ledger } = rule.importing;
  const service = field(field(path, "backend") ?? path, "service");
  const name = service && field(service, "name");
  const draft = find(wordOf(name?.value));
  if (draft === undefined || service === undefined || name === undefined) {
    say(ledger, path.at, "unsupported", NO_BACKEND);
    return undefined;
  }
  if (valueAt(draft, ["traits", "route"]) !== undefined) {
    say(ledger, path.at, "unsupported", ONE_ROUTE);
    return undefined;
  }
  const to = (key: string) => ({ draft, path: ["traits", "route", key] });
  place(draft, ["traits", "route", "kind"], "ingress");
  say(ledger, name.at, "changed", words("the component behind the Service", "即该 Service 背后的组件"), to("kind"));
  const host = field(rule, "host");
  if (host) put(ledger, to("host"), host.value, host.at);
  const where = field(path, "path");
  if (where) put(ledger, to("path"), where.value, where.at);
  const number = field(field(service, "port") ?? service, "number");
  if (number) put(ledger, to("port"), number.value, number.at);
  portName(field(field(service, "port") ?? service, "name"), draft);
  const type = field(path, "pathType");
  if (type) pathType({ ...type, draft });
  return draft;
}

const pathType = onlyIf(
  (value) => value === "Prefix" || value === "ImplementationSpecific",
  words("everything below the path", "匹配该路径及其下的所有路径"),
  advised(
    ["a route takes everything below its path", "route 匹配路径及其下的所有路径"],
    ["check that this is what you want", "请确认是否符合预期"],
  ),
);

function portName(name: Spot<unknown> | undefined, draft: Draft): void {
  const ports = valueAt(draft, ["properties", "ports"]);
  if (name === undefined || !Array.isArray(ports)) return;
  const found = ports.find((port) => isObject(port) && port["name"] === name.value);
  if (isObject(found) && found["port"] !== undefined)
    put(name.importing.ledger, { draft, path: ["traits", "route", "port"] }, found["port"], name.at, TARGET);
}

/** A HorizontalPodAutoscaler by CPU. */
export function importScaler(scaler: Found, draft: Draft): void {
  const spot = { ...scaler.spot, draft };
  head(spot, ["traits", "scaling"]);
  const spec = field(spot, "spec");
  if (spec) applyRules<unknown>(SCALER, spec);
}

const scaling =
  (key: string): Rule =>
  ({ value, at, draft, importing }) =>
    put(importing.ledger, { draft, path: ["traits", "scaling", key] }, value, at);
const POINTS = needless(words("it scales its component", "作用于其组件"));
const AVERAGE = words("became the wanted share of the CPU", "改为目标 CPU 使用率");

const SCALER: Rules = {
  scaleTargetRef: POINTS,
  minReplicas: scaling("min"),
  maxReplicas: scaling("max"),
  targetCPUUtilizationPercentage: scaling("cpu"),
  metrics: (list) => {
    for (const metric of itemsOf(list)) {
      const resource = field(metric, "resource");
      const target = resource && field(resource, "target");
      const share = target && field(target, "averageUtilization");
      const cpu = resource && textOf(field(resource, "name")?.value) === "cpu";
      if (!cpu || share === undefined) continue;
      scaling("cpu")(share);
      say(list.importing.ledger, metric.at, "changed", AVERAGE, {
        draft: list.draft,
        path: ["traits", "scaling", "cpu"],
      });
    }
  },
};
