// Services and Ingresses become ports and the traits service and route of the workload that they point to.
import { isObject, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { type ImportDraft, nextOf, place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, NAMED_PORT, NO_FIELD, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRules,
  field,
  fieldsOf,
  type InputPart,
  itemsOf,
  needless,
  objectOf,
  onlyIf,
  refuse,
  take,
  wordOf,
} from "../mapping/rules.ts";
import { labelsRule, METADATA } from "../parts/metadata.ts";
import { type ImportedPath, ONE_ROUTE, writePaths } from "../parts/route.ts";
import type { FoundObject } from "./objects.ts";

const BECAME_PORTS = words(
  "became the ports of its component, which creates the Service",
  "改为组件的端口，由组件创建 Service",
);
const NODE_PORT = advised(
  ["the cluster chooses the port on the nodes", "节点端口由集群分配"],
  ["leave it out, or use a route", "请删除，或使用 route"],
);

export function selects(service: FoundObject, labels: JsonObject): boolean {
  const selector = objectOf(field(field(service.part, "spec") ?? service.part, "selector")?.value);
  const entries = Object.entries(selector);
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}

export function isHeadless(service: FoundObject): boolean {
  return field(field(service.part, "spec") ?? service.part, "clusterIP")?.value === "None";
}

/**
 * Imports a Service into the component of its workload. `draft` is this component, `ports` are the named ports of its
 * main container.
 */
export function importService(service: FoundObject, draft: ImportDraft, ports: ReadonlyMap<string, number>): void {
  const part = { ...service.part, draft };
  head(part, ["properties"]);
  const annotations = field(field(part, "metadata") ?? part, "annotations");
  for (const [key, one] of annotations ? fieldsOf(annotations) : [])
    put(part.importing.ledger, { draft, path: [...TRAIT, "annotations", key] }, one.value, one.at);
  const spec = field(part, "spec");
  if (spec === undefined) return;
  applyRules<unknown>(SERVICE, spec);
  applyRules<unknown>(
    {
      ports: (list) =>
        isHeadless(service) && valueAt(draft, ["properties", "ports"]) !== undefined
          ? needless(BECAME_PORTS)(list)
          : servicePorts(list, ports),
    },
    spec,
  );
}

const TRAIT = ["traits", "service"];
const STICKY = words("became sticky of the trait service", "改为 service 特征的 sticky");
const HEADLESS = words("became headless of the trait service", "改为 service 特征的 headless");
const LOCAL = words("became localTraffic of the trait service", "改为 service 特征的 localTraffic");
/** Seconds of stickiness that Kubernetes uses when a Service says ClientIP and no timeout. */
const USUAL_STICKINESS = 10_800;

const SERVICE: FieldRules = {
  selector: needless(words("not needed: it selects its component's pods", "无需填写：选择其组件的 Pod")),
  type: (part) => (part.value === "ClusterIP" ? needless(DEFAULT_ALREADY)(part) : take(...TRAIT, "type")(part)),
  sessionAffinity: (part) => {
    if (part.value === "None") return needless(DEFAULT_ALREADY)(part);
    const target = { draft: part.draft, path: [...TRAIT, "sticky"] };
    put(part.importing.ledger, target, `${USUAL_STICKINESS}s`, part.at, STICKY);
  },
  sessionAffinityConfig: (part) => {
    const timeout = field(field(part, "clientIP") ?? part, "timeoutSeconds");
    if (typeof timeout?.value !== "number") return;
    const path = [...TRAIT, "sticky"];
    place(part.draft, path, `${timeout.value}s`);
    say(part.importing.ledger, timeout.at, "changed", STICKY, { draft: part.draft, path });
  },
  clusterIP: (part) => {
    const store = valueAt(part.draft, ["type"]) === "store";
    if (part.value !== "None" || store)
      return needless(words("not needed: the cluster chooses the address", "无需填写：地址由集群分配"))(part);
    put(part.importing.ledger, { draft: part.draft, path: [...TRAIT, "headless"] }, true, part.at, HEADLESS);
  },
  externalTrafficPolicy: (part) => {
    if (part.value !== "Local") return needless(DEFAULT_ALREADY)(part);
    put(part.importing.ledger, { draft: part.draft, path: [...TRAIT, "localTraffic"] }, true, part.at, LOCAL);
  },
  internalTrafficPolicy: onlyIf((value) => value === "Cluster", DEFAULT_ALREADY, NO_FIELD),
  loadBalancerClass: take(...TRAIT, "loadBalancerClass"),
  loadBalancerSourceRanges: take(...TRAIT, "sourceRanges"),
  publishNotReadyAddresses: needless(DEFAULT_ALREADY),
};

function servicePorts(list: InputPart<unknown>, named: ReadonlyMap<string, number>): void {
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
    if (node) refuse(NODE_PORT)(node);
  }
}

function targetPort(
  { value, at, draft, importing }: InputPart<unknown>,
  path: Path,
  named: ReadonlyMap<string, number>,
): void {
  const number = typeof value === "string" ? named.get(value) : undefined;
  put(importing.ledger, { draft, path }, number ?? value, at, number === undefined ? undefined : NAMED_PORT);
}

export function head(part: InputPart<unknown>, path: Path): void {
  const { draft, importing } = part;
  for (const key of ["apiVersion", "kind"])
    say(
      importing.ledger,
      [...part.at, key],
      "changed",
      words("became a part of the component that it points to", "并入其指向的组件"),
      { draft, path },
    );
  say(
    importing.ledger,
    [...part.at, "status"],
    "changed",
    words("not needed: the cluster writes this itself", "无需填写：由集群自行写入"),
  );
  const meta = field(part, "metadata");
  if (meta === undefined) return;
  say(
    importing.ledger,
    [...meta.at, "name"],
    "changed",
    words("the object is named after its component", "对象与组件同名"),
    {
      draft,
      path,
    },
  );
  applyRules({ ...METADATA, labels: labelsRule("labels", ["objects"]) }, meta);
}

type FindDraft = (service: string) => ImportDraft | undefined;
const NO_BACKEND = advised(
  ["its Service belongs to no workload of this input", "其 Service 不属于输入中的任何工作负载"],
  ["import it together with its workload", "请与其工作负载一起导入"],
);
const ONE_HOST = words("became the host of the route", "改为 route 的主机");
const BACKEND = words("became the component behind the Service", "改为该 Service 背后的组件");

interface IngressPath {
  readonly rule: InputPart<unknown>;
  readonly path: InputPart<unknown>;
  readonly draft: ImportDraft | undefined;
}

/**
 * Imports an Ingress; returns the component that received it. `find` returns the draft of the workload behind a
 * Service's name. If no Service of the Ingress belongs to a workload, the result is `undefined` and nothing is
 * reported.
 */
export function importIngress(ingress: FoundObject, find: FindDraft): ImportDraft | undefined {
  const spec = field(ingress.part, "spec");
  const rules = spec && field(spec, "rules");
  const entries = (rules ? itemsOf(rules) : []).flatMap((rule) =>
    itemsOf(field(field(rule, "http") ?? rule, "paths") ?? { ...rule, value: [] }).map(
      (path): IngressPath => ({ rule, path, draft: find(wordOf(backendOf(path)?.value)) }),
    ),
  );
  const first = entries.find((one) => one.draft !== undefined)?.draft;
  if (spec === undefined || first === undefined) return undefined;
  for (const group of byHost(entries)) routeOf(group);
  head({ ...ingress.part, draft: first }, ["traits", "route"]);
  const name = field(spec, "ingressClassName");
  if (name) put(spec.importing.ledger, { draft: first, path: ["traits", "route", "class"] }, name.value, name.at);
  certificate(spec, first);
  return first;
}

/** Groups of paths with the same host and the same component. Each group becomes one route. */
function byHost(entries: readonly IngressPath[]): readonly (readonly IngressPath[])[] {
  const groups = new Map<ImportDraft | undefined, Map<unknown, IngressPath[]>>();
  for (const entry of entries) {
    const hosts = groups.get(entry.draft) ?? new Map<unknown, IngressPath[]>();
    const host = field(entry.rule, "host")?.value;
    hosts.set(host, [...(hosts.get(host) ?? []), entry]);
    groups.set(entry.draft, hosts);
  }
  return [...groups.values()].flatMap((hosts) => [...hosts.values()]);
}

function routeOf(group: readonly IngressPath[]): void {
  const [first] = group;
  if (first === undefined) return;
  const { draft } = first;
  const written =
    draft !== undefined &&
    writePaths(
      draft,
      group.map((one) => routePath(one.path, draft)),
    );
  for (const { path, rule } of group) {
    const { ledger } = path.importing;
    if (draft === undefined || !written) {
      say(ledger, path.at, "unsupported", draft === undefined ? NO_BACKEND : ONE_ROUTE);
      say(ledger, [...rule.at, "host"], "unsupported", draft === undefined ? NO_BACKEND : ONE_ROUTE);
      continue;
    }
    const target = (key: string) => ({ draft, path: ["traits", "route", key] });
    const backend = backendOf(path);
    if (backend) say(ledger, backend.at, "changed", BACKEND, target("kind"));
    const host = field(rule, "host");
    // A rule may have several paths, but its host is written once.
    if (host && path === first.path) put(ledger, target("host"), host.value, host.at);
    else if (host) say(ledger, host.at, "changed", ONE_HOST, target("host"));
  }
}

function routePath(path: InputPart<unknown>, draft: ImportDraft): ImportedPath {
  const port = field(field(field(path, "backend") ?? path, "service") ?? path, "port");
  const [number, name] = [port && field(port, "number"), port && field(port, "name")];
  const from = number ?? name;
  return {
    path: { value: wordOf(field(path, "path")?.value) || "/", from: field(path, "path") },
    type: field(path, "pathType"),
    port: from && {
      from,
      value: number?.value ?? portNamed(name?.value, draft),
      ...(number ? {} : { words: NAMED_PORT }),
    },
  };
}

function portNamed(name: unknown, draft: ImportDraft): unknown {
  const ports = valueAt(draft, ["properties", "ports"]);
  const found = Array.isArray(ports) ? ports.find((port) => isObject(port) && port["name"] === name) : undefined;
  return isObject(found) ? found["port"] : undefined;
}

function certificate(spec: InputPart<unknown>, draft: ImportDraft): void {
  const [tls, ...others] = itemsOf(field(spec, "tls") ?? { ...spec, value: [] });
  for (const other of others) say(spec.importing.ledger, other.at, "unsupported", ONE_ROUTE);
  const secret = tls && field(tls, "secretName");
  if (tls === undefined || secret === undefined) return;
  const target = { draft, path: ["traits", "route", "tls"] };
  put(spec.importing.ledger, target, secret.value, secret.at);
  say(
    spec.importing.ledger,
    [...tls.at, "hosts"],
    "changed",
    words("became the host of the route", "改为 route 的主机"),
    target,
  );
}

function backendOf(path: InputPart<unknown>): InputPart<unknown> | undefined {
  return field(field(field(path, "backend") ?? path, "service") ?? path, "name");
}
