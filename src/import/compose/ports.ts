// Ports of a Compose service. Inside a Compose network every port is open without being declared, but a Kubernetes
// Service must name its ports. Therefore the ports of well-known images are added.
import { place } from "../mapping/importDraft.ts";
import { put, remark, say } from "../mapping/ledger.ts";
import { advised, NOT_UNDERSTOOD, words } from "../mapping/reportWords.ts";
import { field, type InputPart, itemsOf, textOf, wordOf } from "../mapping/rules.ts";
import { type PortPair, portPairs } from "./text.ts";

/** Last part of an image's name -> the port that the image serves, according to its documentation. */
const WELL_KNOWN: Readonly<Record<string, number>> = {
  redis: 6379,
  valkey: 6379,
  postgres: 5432,
  postgis: 5432,
  mysql: 3306,
  mariadb: 3306,
  mongo: 27_017,
  rabbitmq: 5672,
  memcached: 11_211,
  nats: 4222,
  elasticsearch: 9200,
  minio: 9000,
  nginx: 80,
  httpd: 80,
};

interface PublishedPort extends PortPair {
  readonly from: InputPart<unknown>;
}

const PUBLISHED = words(
  "the Service serves the container's port; add the trait route to open it to the outside",
  "Service 提供容器端口；对外开放请添加 route 特征",
);
const SERVED = words("became a port of the component", "改为组件的端口");
const TWICE = words("the component already serves this port", "组件已提供该端口");
const GUESSED = words(
  "port {port} was added, because this image serves it: Compose does not require the port, but Kubernetes does",
  "已添加该镜像提供的端口 {port}：Compose 无需声明端口，而 Kubernetes 需要",
);

export function wantedPorts(service: InputPart<unknown>): readonly PublishedPort[] {
  const lists = ["ports", "expose"].flatMap((key) => itemsOf(field(service, key) ?? { ...service, value: [] }));
  return lists.flatMap((from) => pairsOf(from).map((pair) => ({ ...pair, from })));
}

function pairsOf(from: InputPart<unknown>): readonly PortPair[] {
  if (typeof from.value === "string" || typeof from.value === "number") return portPairs(String(from.value)) ?? [];
  const target = field(from, "target")?.value;
  const protocol = (textOf(field(from, "protocol")?.value) ?? "tcp").toUpperCase();
  const published = field(from, "published") !== undefined;
  const pairs = portPairs(wordOf(target));
  return pairs === undefined ? [] : pairs.map((pair) => ({ ...pair, protocol, published }));
}

export function wellKnownPort(image: unknown): number | undefined {
  const name = typeof image === "string" ? (image.split("/").at(-1) ?? "").replace(/[:@].*$/, "") : "";
  return Object.hasOwn(WELL_KNOWN, name) ? WELL_KNOWN[name] : undefined;
}

/** Writes the ports to the component, and reports the result for each port of the input. */
export function writePorts(service: InputPart<unknown>): void {
  const { draft, importing } = service;
  const wanted = wantedPorts(service);
  const distinct = [...new Map(wanted.map((one) => [`${one.target}/${one.protocol}`, one])).values()];
  const [only] = distinct;
  const single = distinct.length === 1 && only?.protocol === "TCP";
  for (const [index, one] of distinct.entries()) {
    const path = single ? ["properties", "port"] : ["properties", "ports", index];
    const value = single
      ? one.target
      : {
          name: `p-${one.target}${one.protocol === "TCP" ? "" : `-${one.protocol.toLowerCase()}`}`,
          port: one.target,
          protocol: one.protocol,
        };
    put(importing.ledger, { draft, path }, value, one.from.at, one.published ? PUBLISHED : SERVED);
  }
  for (const one of wanted) say(importing.ledger, one.from.at, "changed", TWICE, { draft, path: ["properties"] });
  for (const key of ["ports", "expose"]) {
    const list = field(service, key);
    if (list) say(importing.ledger, list.at, "unsupported", NOT_UNDERSTOOD);
  }
}

export function guessPort(service: InputPart<unknown>, port: number): void {
  const { draft, importing, at } = service;
  place(draft, ["properties", "port"], port);
  remark(importing.ledger, [...at, "ports"], { ...GUESSED, params: { port } }, { draft, path: ["properties", "port"] });
}

const PORTLESS = advised(
  ["a component of this type serves no port", "该类型的组件不提供端口"],
  ["leave it out", "请删除"],
);

export function refusePorts(service: InputPart<unknown>): void {
  for (const key of ["ports", "expose"]) {
    const list = field(service, key);
    if (list) say(service.importing.ledger, list.at, "unsupported", PORTLESS);
  }
}
