// Traits of KubeMin-Cli: storage, envs, envFrom, probes, resources, init, sidecar, ingress, rbac. Of the nested traits
// of init containers and sidecars, only those are imported that kubemin has there: environment, resources, and mounts
// of the component's storage.
import { isObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { nextOf, place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import {
  advised,
  DEFAULT_ALREADY,
  NAMED_AS_COMPONENT,
  STORAGE_ITEM,
  WITH_UNIT,
  words,
} from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRule,
  type FieldRules,
  field,
  fieldsOf,
  type InputPart,
  itemsOf,
  needless,
  onlyIf,
  take,
  textOf,
  wordOf,
} from "../mapping/rules.ts";
import { probe } from "../parts/probe.ts";
import { ingress } from "./ingress.ts";
import { rights } from "./rbac.ts";
import { either } from "./spelling.ts";

type Called = (name: string) => string;

const EXISTING = advised(
  ["an existing claim cannot be used", "不能使用已存在的存储卷声明"],
  ["kubemin creates a new one: copy the data to it", "kubemin 会新建一个：请迁移数据"],
);
const NO_SIZE = "1Gi";

/** Imports the traits: a map by name, or a list of {type, properties} as in older documents. */
export function componentTraits(traits: InputPart<unknown>, called: Called): void {
  const rules = traitRules(called);
  applyRules(rules, traits);
  for (const item of itemsOf(traits)) {
    const kind = textOf(field(item, "type")?.value) ?? "";
    const properties = field(item, "properties");
    const rule = Object.hasOwn(rules, kind) ? rules[kind] : undefined;
    if (rule === undefined || properties === undefined) continue;
    rule(properties);
    say(
      item.importing.ledger,
      [...item.at, "type"],
      "changed",
      words("became the trait of the same name", "改为同名特征"),
      {
        draft: item.draft,
        path: ["traits"],
      },
    );
  }
}

const traitRules = (called: Called): FieldRules => ({
  storage: (list) => {
    for (const item of itemsOf(list)) storageItem(item, called);
  },
  envFrom: (list) => environmentFrom(list, called),
  env_from: (list) => environmentFrom(list, called),
  envs: (list) => variables(list, ["traits", "env"], called),
  probes: (list) => {
    for (const item of itemsOf(list)) probeItem(item);
  },
  resources: (part) => amounts(part, ["traits", "resources"]),
  init: (list) => {
    for (const item of itemsOf(list)) extra(item, "init", called);
  },
  sidecar: (list) => {
    for (const item of itemsOf(list)) extra(item, "sidecar", called);
  },
  ingress: (list) => {
    for (const item of itemsOf(list)) ingress(item);
  },
  rbac: (list) => {
    for (const item of itemsOf(list)) rights(item);
  },
});

const PLAIN: Readonly<Record<string, readonly string[]>> = {
  persistent: ["name", "mountPath", "subPath", "size", "storageClass", "readOnly"],
  ephemeral: ["name", "mountPath", "subPath"],
  config: ["mountPath", "subPath"],
  secret: ["mountPath", "subPath"],
};
const MAKES = onlyIf(
  (value) => value === true,
  words("kubemin always creates the claim", "存储卷声明始终由 kubemin 创建"),
  EXISTING,
);

function storageItem(item: InputPart<unknown>, called: Called): void {
  const { draft, importing } = item;
  const type = field(item, "type");
  const kind = textOf(type?.value) ?? "";
  const to = nextOf(draft, ["traits", "storage"]);
  if (type === undefined || !Object.hasOwn(PLAIN, kind)) return;
  put(importing.ledger, { draft, path: [...to, "type"] }, kind, type.at);
  for (const key of PLAIN[kind] ?? []) {
    const given = either(item, key);
    if (given) put(importing.ledger, { draft, path: [...to, key] }, given.value, given.at);
  }
  if (kind === "config" || kind === "secret") {
    const name = field(item, "name");
    const source = either(item, "sourceName") ?? name;
    if (source) reference(source, [...to, "name"], called);
    if (name) say(importing.ledger, name.at, "changed", STORAGE_ITEM, { draft, path: to });
    const readOnly = either(item, "readOnly");
    if (readOnly) needless(DEFAULT_ALREADY)(readOnly);
    return;
  }
  if (kind === "persistent" && either(item, "size") === undefined) place(draft, [...to, "size"], NO_SIZE);
  const made = [either(item, "tmpCreate"), field(item, "create")];
  for (const one of made) if (one) MAKES(one);
}

function reference(source: InputPart<unknown>, path: Path, called: Called): void {
  const name = called(wordOf(source.value));
  put(
    source.importing.ledger,
    { draft: source.draft, path },
    name,
    source.at,
    name === source.value ? undefined : NAMED_AS_COMPONENT,
  );
}

/** All keys of an object become variables: in kubemin, by a storage item without a mountPath. */
function environmentFrom(list: InputPart<unknown>, called: Called): void {
  for (const item of itemsOf(list)) {
    const [type, source] = [field(item, "type"), either(item, "sourceName")];
    const kind = type?.value === "secret" ? "secret" : "config";
    if (type === undefined || source === undefined) continue;
    const to = nextOf(list.draft, ["traits", "storage"]);
    const same = kind === type.value;
    put(
      list.importing.ledger,
      { draft: list.draft, path: [...to, "type"] },
      kind,
      type.at,
      same ? undefined : STORAGE_ITEM,
    );
    reference(source, [...to, "name"], called);
  }
}

function variables(list: InputPart<unknown>, to: Path, called: Called): void {
  for (const item of itemsOf(list)) {
    const name = field(item, "name");
    const from = either(item, "valueFrom");
    const { draft, importing } = item;
    if (name === undefined || from === undefined) continue;
    const path = [...to, wordOf(name.value)];
    const literal = field(from, "static");
    if (literal) put(importing.ledger, { draft, path }, literal.value, literal.at);
    const podField = field(from, "field");
    if (podField) put(importing.ledger, { draft, path: [...path, "field"] }, podField.value, podField.at);
    for (const kind of ["secret", "config"] as const) {
      const source = field(from, kind);
      const [object, key] = source ? [field(source, "name"), field(source, "key")] : [];
      if (object) reference(object, [...path, kind], called);
      if (key) put(importing.ledger, { draft, path: [...path, "key"] }, key.value, key.at);
    }
    say(importing.ledger, name.at, "taken", undefined, { draft, path });
  }
}

const PROBES = new Set(["liveness", "readiness", "startup"]);

function probeItem(item: InputPart<unknown>): void {
  const type = field(item, "type");
  const kind = wordOf(type?.value);
  if (type === undefined || !PROBES.has(kind)) return;
  const path = ["traits", "probes", kind];
  probe(item, path, new Map());
  for (const [key, rule] of Object.entries(PROBE_FIELDS)) {
    const given = field(item, key);
    if (given) rule({ ...given, shared: path });
  }
  say(item.importing.ledger, type.at, "changed", words("became the probe of the same name", "改为同名探测"), {
    draft: item.draft,
    path,
  });
}

/** The spellings in snake_case, which src/import/parts/probe.ts does not know. */
const PROBE_FIELDS: FieldRules = {
  period_seconds: time("every"),
  timeout_seconds: time("timeout"),
  initial_delay_seconds: time("after"),
  failure_threshold: (part) =>
    put(part.importing.ledger, { draft: part.draft, path: [...probePath(part), "failures"] }, part.value, part.at),
  success_threshold: onlyIf(
    (value) => value === 1,
    DEFAULT_ALREADY,
    advised(["one success is always enough", "始终一次成功即可"], ["leave it out", "请删除"]),
  ),
  http_get: action("http", ["path", "port", "scheme"]),
  tcp_socket: action("tcp", ["port"]),
};

function probePath(part: InputPart<unknown>): Path {
  return part.shared as Path; // Only probeItem uses these rules, and it sets a path.
}

function time(name: string): FieldRule {
  return (part) => {
    if (typeof part.value === "number")
      put(
        part.importing.ledger,
        { draft: part.draft, path: [...probePath(part), name] },
        `${part.value}s`,
        part.at,
        WITH_UNIT,
      );
  };
}

function action(name: string, fields: readonly string[]): FieldRule {
  return (part) => {
    for (const key of fields) {
      const given = field(part, key);
      if (given)
        put(part.importing.ledger, { draft: part.draft, path: [...probePath(part), name, key] }, given.value, given.at);
    }
  };
}

const BOTH = words(
  "became both the request and the limit, as in KubeMin-Cli",
  "同时作为请求与上限，与 KubeMin-Cli 一致",
);

function amounts(part: InputPart<unknown>, to: Path): void {
  for (const key of ["cpu", "memory"]) {
    const given = field(part, key);
    if (given === undefined) continue;
    place(part.draft, [...to, key], given.value);
    put(part.importing.ledger, { draft: part.draft, path: [...to, "limits", key] }, given.value, given.at, BOTH);
  }
  const gpu = field(part, "gpu");
  if (gpu && to[1] === "resources")
    put(
      part.importing.ledger,
      { draft: part.draft, path: ["traits", "gpu", "count"] },
      Number(gpu.value),
      gpu.at,
      words("became the trait gpu", "改为 gpu 特征"),
    );
}

const program = (to: Path): FieldRules => ({
  image: take(...to, "image"),
  command: take(...to, "command"),
  args: take(...to, "args"),
  env: (part) => {
    for (const [key, one] of fieldsOf(part))
      put(part.importing.ledger, { draft: part.draft, path: [...to, "env", key] }, one.value, one.at);
  },
});

function extra(item: InputPart<unknown>, trait: "init" | "sidecar", called: Called): void {
  const to = nextOf(item.draft, ["traits", trait]);
  applyRules({ name: take(...to, "name"), ...program(to) }, item);
  const properties = field(item, "properties");
  if (properties) applyRules(program(to), properties);
  const traits = field(item, "traits");
  if (traits === undefined) return;
  const envs = field(traits, "envs");
  if (envs) variables(envs, [...to, "env"], called);
  const resources = field(traits, "resources");
  if (resources) amounts(resources, [...to, "resources"]);
  for (const mount of itemsOf(field(traits, "storage") ?? { ...traits, value: [] })) nestedStorage(mount, to, called);
}

/**
 * Storage of a further container. If the component has storage of this name, the container mounts it; if not, the
 * storage is added to the component, and both containers mount it.
 */
function nestedStorage(mount: InputPart<unknown>, to: Path, called: Called): void {
  const { draft, importing } = mount;
  const name = wordOf((either(mount, "sourceName") ?? field(mount, "name"))?.value);
  const path = nextOf(draft, [...to, "mounts"]);
  const mountPath = either(mount, "mountPath");
  place(draft, [...path, "name"], called(name));
  if (mountPath) place(draft, [...path, "mountPath"], mountPath.value);
  const items = valueAt(draft, ["traits", "storage"]);
  const known = Array.isArray(items) && items.some((one) => isObject(one) && one["name"] === called(name));
  if (!known) return storageItem(mount, called);
  const words_ = words("mounts the component's storage of the same name", "挂载组件的同名 storage");
  for (const key of ["name", "type", "mountPath", "mount_path", "sourceName", "source_name"])
    say(importing.ledger, [...mount.at, key], "changed", words_, { draft, path });
}
