// The trait ingress of KubeMin-Cli becomes the trait route, which has one host and several paths.
import { put, say } from "../mapping/ledger.ts";
import { advised, words } from "../mapping/reportWords.ts";
import { field, fieldsOf, type InputPart, itemsOf, wordOf } from "../mapping/rules.ts";
import { type ImportedPath, ONE_ROUTE, writePaths } from "../parts/route.ts";
import { either } from "./spelling.ts";

const ROUTE = words("became the trait route", "改为 route 特征");
const ITSELF = words("not needed: the route leads to its own component", "无需填写：路由指向其所属组件");
const ONE_HOST = advised(
  ["a component has only one route, with one host", "一个组件只有一条路由与一个主机"],
  ["create a second component", "请再建一个组件"],
);
const OF_CONTROLLER = advised(
  ["annotations of an Ingress are only valid for a certain controller", "Ingress 注解只对特定控制器有效"],
  ["use fields of the trait route instead", "请改用 route 特征的字段"],
);

const none = (part: InputPart<unknown>): InputPart<unknown> => ({ ...part, value: [] });

export function ingress(item: InputPart<unknown>): void {
  const { draft, importing } = item;
  const routes = itemsOf(field(item, "routes") ?? none(item));
  const written = routes.length > 0 && writePaths(draft, routes.map(routePath));
  if (!written) return say(importing.ledger, item.at, "unsupported", ONE_ROUTE);
  const to = (key: string) => ({ draft, path: ["traits", "route", key] });
  for (const key of ["name", "namespace"]) say(importing.ledger, [...item.at, key], "changed", ROUTE, to("kind"));
  const hosts = itemsOf(field(item, "hosts") ?? none(item));
  const named = routes.map((one) => field(one, "host")).filter((one) => one !== undefined);
  hostOf([...named, ...hosts]);
  const name = either(item, "ingressClassName");
  if (name) put(importing.ledger, to("class"), name.value, name.at);
  for (const route of routes) {
    const service = either(field(route, "backend") ?? route, "serviceName");
    if (service) say(importing.ledger, service.at, "changed", ITSELF, to("kind"));
  }
  certificate(item);
  for (const [, one] of fieldsOf(field(item, "annotations") ?? { ...item, value: {} }))
    say(importing.ledger, one.at, "unsupported", OF_CONTROLLER);
}

function hostOf(given: readonly InputPart<unknown>[]): void {
  const [first] = given;
  for (const one of given) {
    const target = { draft: one.draft, path: ["traits", "route", "host"] };
    if (one === first) put(one.importing.ledger, target, one.value, one.at);
    else if (one.value === first?.value) say(one.importing.ledger, one.at, "changed", ROUTE, target);
    else say(one.importing.ledger, one.at, "unsupported", ONE_HOST);
  }
}

function certificate(item: InputPart<unknown>): void {
  const [tls, ...others] = itemsOf(field(item, "tls") ?? none(item));
  for (const other of others) say(item.importing.ledger, other.at, "unsupported", ONE_HOST);
  const secret = tls && either(tls, "secretName");
  if (tls === undefined || secret === undefined) return;
  const target = { draft: item.draft, path: ["traits", "route", "tls"] };
  put(item.importing.ledger, target, secret.value, secret.at);
  say(item.importing.ledger, [...tls.at, "hosts"], "changed", ROUTE, target);
}

function routePath(route: InputPart<unknown>): ImportedPath {
  const port = either(field(route, "backend") ?? route, "servicePort");
  return {
    path: { value: wordOf(field(route, "path")?.value) || "/", from: field(route, "path") },
    type: either(route, "pathType"),
    port: port && { value: port.value, from: port },
  };
}
