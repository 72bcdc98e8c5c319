// Imports applications of KubeMin-Cli, the predecessor of kubemin: JSON with a list `component` and a list `workflow`.
// Its documents exist in camelCase and in snake_case, so fields are looked up under both spellings.
import { dig, isObject, type Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { freeName, type ImportDraft, nameOf, newDraft, place } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, RENAMED, TYPE_CHOSEN, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRule,
  type FieldRules,
  field,
  fieldsOf,
  type Importing,
  type InputPart,
  itemsOf,
  needless,
  take,
  textOf,
  wordOf,
} from "../mapping/rules.ts";
import { labelsRule, namespaceRule } from "../parts/metadata.ts";
import { inSteps, type Mention } from "../parts/order.ts";
import { either } from "./spelling.ts";
import { componentTraits } from "./traits.ts";

const DESCRIPTIVE = words("not needed: kubemin numbers revisions itself", "无需填写：kubemin 自动为修订版本编号");
const PROJECT = words("not part of a document: choose it with --project", "不属于文档：请用 --project 选择");
const TYPES = new Set(["webservice", "store", "config", "secret", "worker", "task", "cron", "daemon"]);
const STEP = words(
  "steps have no names here: each component names the components that it waits for",
  "此处步骤没有名称：由组件声明所等待的组件",
);

const HEAD: FieldRules = {
  namespace: namespaceRule,
  description: take("description"),
  version: needless(DESCRIPTIVE),
  project: needless(PROJECT),
};

export function importKubeminCli(importing: Importing, [at = []]: readonly Path[]): void {
  const value = dig(importing.ledger.input, ...at);
  if (!isObject(value)) return;
  const root: InputPart<unknown> = { value, at, draft: importing.head, importing, shared: undefined };
  const name = field(root, "name");
  if (name) rename(name, importing.head, freeName(textOf(name.value) ?? "", new Set(), importing.name));
  applyRules(HEAD, root);
  const list = field(root, "component") ?? field(root, "components");
  const names = components(list ?? { ...root, value: [] });
  workflow(field(root, "workflow"), names);
}

function rename(name: InputPart<unknown>, draft: ImportDraft, after: string): void {
  const before = wordOf(name.value);
  put(
    name.importing.ledger,
    { draft, path: ["name"] },
    after,
    name.at,
    after === name.value ? undefined : RENAMED(before, after),
  );
}

function components(list: InputPart<unknown>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const pairs = itemsOf(list).map((item) => {
    const before = textOf(field(item, "name")?.value) ?? "";
    const called = freeName(before, taken, "component");
    taken.add(called);
    names.set(before, called);
    const draft = newDraft({ name: called, properties: {} });
    list.importing.drafts.push(draft);
    return { ...item, draft };
  });
  for (const item of pairs) component(item, names);
  return names;
}

function component(item: InputPart<unknown>, names: ReadonlyMap<string, string>): void {
  const { draft, importing } = item;
  const name = field(item, "name");
  if (name) rename(name, draft, nameOf(draft));
  const kind = typeOf(item);
  const type = field(item, "type") ?? either(item, "componentType");
  place(draft, ["type"], kind);
  if (type)
    put(importing.ledger, { draft, path: ["type"] }, kind, type.at, kind === type.value ? undefined : TYPE_CHOSEN);
  const holds = kind === "config" || kind === "secret";
  if (holds) place(draft, ["properties", "data"], {});
  const namespace = field(item, "nameSpace") ?? either(item, "nameSpace");
  if (namespace) namespaceRule({ ...namespace, draft });
  applyRules(holds ? HOLDER : RUNNER, item);
  const properties = field(item, "properties");
  if (properties) applyRules(holds ? DATA : PROPERTIES, properties);
  const traits = field(item, "traits");
  if (traits) componentTraits(traits, (name) => names.get(name) ?? name);
}

/** A webservice without a port becomes a worker, because it would have no Service. */
function typeOf(item: InputPart<unknown>): string {
  const type = wordOf((field(item, "type") ?? either(item, "componentType"))?.value ?? "");
  const ports = field(field(item, "properties") ?? item, "ports")?.value;
  if (type === "webservice" && !(Array.isArray(ports) && ports.length > 0)) return "worker";
  return TYPES.has(type) || type === "" ? type || "worker" : type;
}

const NOT_COUNTED = words("not needed: the component runs no program", "无需填写：该组件不运行程序");
const HOLDER: FieldRules = { replicas: needless(NOT_COUNTED), image: needless(NOT_COUNTED) };
const RUNNER: FieldRules = { image: take("properties", "image"), replicas: take("properties", "replicas") };

const entries =
  (...to: readonly string[]): FieldRule =>
  (part) => {
    for (const [key, one] of fieldsOf(part))
      put(part.importing.ledger, { draft: part.draft, path: [...to, key] }, one.value, one.at);
    if (Object.keys(part.value ?? {}).length === 0)
      needless(words("not needed: it is empty", "无需填写：内容为空"))(part);
  };
const NOT_ITS = needless(words("not needed: it is empty", "无需填写：内容为空"));
const emptyOnly: FieldRule = (part) => (isEmpty(part.value) ? NOT_ITS(part) : undefined);

function isEmpty(value: Json): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

const DATA: FieldRules = {
  conf: entries("properties", "data"),
  secret: entries("properties", "data"),
  image: emptyOnly,
  ports: emptyOnly,
  env: emptyOnly,
  command: emptyOnly,
  labels: emptyOnly,
};

const PROPERTIES: FieldRules = {
  image: take("properties", "image"),
  command: take("properties", "command"),
  args: take("properties", "args"),
  env: entries("traits", "env"),
  labels: labelsRule("labels", ["objects", "pods"]),
  conf: emptyOnly,
  secret: emptyOnly,
  ports,
};

const EXPOSED = advised(
  ["a port is only reachable inside the cluster", "端口只能在集群内访问"],
  ["add the trait route", "请添加 route 特征"],
);

function ports(list: InputPart<unknown>): void {
  const { draft, importing } = list;
  const items = itemsOf(list);
  for (const [index, item] of items.entries()) {
    const number = field(item, "port");
    if (number === undefined) continue;
    const single = items.length === 1;
    if (!single) place(draft, ["properties", "ports", index, "name"], `p-${wordOf(number.value)}`);
    const path = single ? ["properties", "port"] : ["properties", "ports", index, "port"];
    put(importing.ledger, { draft, path }, number.value, number.at);
    const expose = field(item, "expose");
    if (expose?.value === false) needless(DEFAULT_ALREADY)(expose);
    else if (expose) say(importing.ledger, expose.at, "unsupported", EXPOSED);
  }
}

/**
 * Each step waits for the step before it. The components of a step start together, or one after the other if its mode
 * is `StepByStep`.
 */
function workflow(list: InputPart<unknown> | undefined, names: ReadonlyMap<string, string>): void {
  if (list === undefined) return;
  const steps = itemsOf(list);
  inSteps(
    list.importing,
    steps.flatMap((step) => {
      const mentioned = mentions(step, names);
      return textOf(field(step, "mode")?.value) === "StepByStep" ? mentioned.map((one) => [one]) : [mentioned];
    }),
  );
  for (const step of steps) {
    for (const key of ["name", "mode"]) say(list.importing.ledger, [...step.at, key], "changed", STEP);
    const type = either(step, "jobType") ?? either(step, "workflowType");
    if (type?.value === "deploy" || type?.value === "apply") say(list.importing.ledger, type.at, "changed", STEP);
  }
}

function mentions(step: InputPart<unknown>, names: ReadonlyMap<string, string>): readonly Mention[] {
  const nested = itemsOf(either(step, "subSteps") ?? { ...step, value: [] });
  for (const one of nested) say(step.importing.ledger, [...one.at, "name"], "changed", STEP);
  const lists = [field(step, "components"), field(field(step, "properties") ?? step, "policies")];
  const own = lists.flatMap((list) => (list === undefined ? [] : itemsOf(list)));
  const mentioned = own.flatMap((from) => {
    const name = names.get(wordOf(from.value));
    return name === undefined ? [] : [{ name, from }];
  });
  return [...mentioned, ...nested.flatMap((one) => mentions(one, names))];
}
