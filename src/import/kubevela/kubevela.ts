// Imports KubeVela Applications (core.oam.dev/v1beta1). The tables of components and traits are in components.ts and
// traits.ts. Of a workflow only the order of components is imported; policies are not supported.
import { dig, isObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { freeName, type ImportDraft, nameOf, newDraft, nextOf, place } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, RENAMED, TYPE_CHOSEN, words } from "../mapping/reportWords.ts";
import { applyRules, field, type Importing, type InputPart, itemsOf, textOf, wordOf } from "../mapping/rules.ts";
import { METADATA } from "../parts/metadata.ts";
import { inSteps, type Mention } from "../parts/order.ts";
import { COMPONENTS } from "./components.ts";
import { TRAITS } from "./traits.ts";

const ONE_FILE = advised(
  ["only one Application can be imported at a time", "一次只能导入一个 Application"],
  ["import it separately", "请单独导入"],
);
const POLICY = advised(
  ["policies are not supported", "不支持策略"],
  [
    "choose the cluster and the namespace when you deploy; write a document for each environment",
    "请在部署时指定集群与命名空间；每个环境一个文档",
  ],
);
const STEP = advised(
  ["this step has no counterpart", "该步骤没有对应功能"],
  ["do it before or after the deployment, or use a component of type task", "请在部署前后执行，或使用 task 组件"],
);
const NEEDLESS_STEP = words("not needed: the document is deployed as a whole", "无需填写：文档会整体部署");
const STEP_NAME = words(
  "steps have no names here: each component names the components that it waits for",
  "此处步骤没有名称：由组件声明所等待的组件",
);

export function importKubevela(importing: Importing, documents: readonly Path[]): void {
  const application = documents.find((at) => dig(importing.ledger.input, ...at, "kind") === "Application");
  if (application === undefined) return;
  for (const other of documents) if (other !== application) say(importing.ledger, other, "unsupported", ONE_FILE);
  const value = dig(importing.ledger.input, ...application);
  if (!isObject(value)) return;
  const root: InputPart<unknown> = { value, at: application, draft: importing.head, importing, shared: undefined };
  for (const key of ["apiVersion", "kind", "status"])
    say(
      importing.ledger,
      [...application, key],
      "changed",
      words("not needed: the whole document is the application", "无需填写：整个文档即为应用"),
    );
  const metadata = field(root, "metadata");
  if (metadata) head(metadata);
  const spec = field(root, "spec");
  if (spec === undefined) return;
  const names = components(field(spec, "components") ?? { ...spec, value: [] });
  policies(field(spec, "policies"));
  workflow(field(spec, "workflow"), names);
}

function head(metadata: InputPart<unknown>): void {
  const { importing, draft } = metadata;
  const name = field(metadata, "name");
  if (name) {
    const before = textOf(name.value) ?? importing.name;
    const after = freeName(before, new Set(), importing.name);
    put(
      importing.ledger,
      { draft, path: ["name"] },
      after,
      name.at,
      after === name.value ? undefined : RENAMED(before, after),
    );
  }
  applyRules(METADATA, metadata);
  const description =
    field(field(metadata, "annotations") ?? metadata, "app.oam.dev/description") ??
    field(field(metadata, "annotations") ?? metadata, "description");
  if (description) put(importing.ledger, { draft, path: ["description"] }, description.value, description.at);
}

/** Imports the components; returns the new name of each component of the input. */
function components(list: InputPart<unknown>): ReadonlyMap<string, string> {
  const { importing } = list;
  const items = itemsOf(list);
  const taken = new Set<string>();
  const names = new Map<string, string>();
  const drafts = items.map((item): ImportDraft => {
    const before = textOf(field(item, "name")?.value) ?? "";
    const called = freeName(before, taken, "component");
    taken.add(called);
    names.set(before, called);
    const draft = newDraft({ name: called });
    importing.drafts.push(draft);
    return draft;
  });
  for (const [index, draft] of drafts.entries()) {
    const item = items[index];
    if (item) component({ ...item, draft }, names);
  }
  return names;
}

function component(item: InputPart<unknown>, names: ReadonlyMap<string, string>): void {
  const { draft, importing } = item;
  const name = field(item, "name");
  const called = nameOf(draft);
  if (name)
    put(
      importing.ledger,
      { draft, path: ["name"] },
      called,
      name.at,
      called === name.value ? undefined : RENAMED(wordOf(name.value), called),
    );
  const type = field(item, "type");
  const kind = textOf(type?.value) ?? "";
  const row = Object.hasOwn(COMPONENTS, kind) ? COMPONENTS[kind] : undefined;
  const ours = row?.type ?? kind;
  if (type) put(importing.ledger, { draft, path: ["type"] }, ours, type.at, ours === kind ? undefined : TYPE_CHOSEN);
  place(draft, ["properties"], {});
  const properties = field(item, "properties");
  if (properties && row) applyRules(row.rules, properties);
  for (const one of itemsOf(field(item, "traits") ?? { ...item, value: [] })) trait(one);
  for (const one of itemsOf(field(item, "dependsOn") ?? { ...item, value: [] })) {
    const before = wordOf(one.value);
    const after = names.get(before) ?? before;
    put(
      importing.ledger,
      { draft, path: nextOf(draft, ["dependsOn"]) },
      after,
      one.at,
      after === before ? undefined : RENAMED(before, after),
    );
  }
}

const BECAME = words("became properties and traits of the component", "改为组件的属性与特征");

function trait(one: InputPart<unknown>): void {
  const type = field(one, "type");
  const kind = textOf(type?.value) ?? "";
  const rule = Object.hasOwn(TRAITS, kind) ? TRAITS[kind] : undefined;
  const properties = field(one, "properties");
  if (type === undefined || rule === undefined) return;
  if (properties) rule(properties);
  say(one.importing.ledger, type.at, "changed", BECAME, { draft: one.draft, path: ["traits"] });
}

function policies(list: InputPart<unknown> | undefined): void {
  if (list) say(list.importing.ledger, list.at, "unsupported", POLICY);
}

function workflow(part: InputPart<unknown> | undefined, names: ReadonlyMap<string, string>): void {
  if (part === undefined) return;
  const { importing } = part;
  const steps = itemsOf(field(part, "steps") ?? { ...part, value: [] });
  const mode = field(part, "mode");
  const mentioned = steps.map((step) => mentions(step, names));
  const named = new Map(steps.map((step, index) => [wordOf(field(step, "name")?.value), mentioned[index] ?? []]));
  // By default KubeVela runs one step after the other. In the mode DAG only `dependsOn` of each step counts.
  if (mode && field(mode, "steps")?.value === "DAG") inSteps(importing, [mentioned.flat()]);
  else inSteps(importing, mentioned);
  for (const [index, step] of steps.entries()) waits(step, { own: mentioned[index] ?? [], named });
  for (const step of steps) stepRest(step);
  if (mode) say(importing.ledger, mode.at, "changed", STEP_NAME);
}

interface Waiting {
  readonly own: readonly Mention[];
  /** Name of each step -> the components that it mentions. */
  readonly named: ReadonlyMap<string, readonly Mention[]>;
}

/** Imports `dependsOn` of a step. */
function waits(step: InputPart<unknown>, { own, named }: Waiting): void {
  for (const item of itemsOf(field(step, "dependsOn") ?? { ...step, value: [] })) {
    const before = named.get(wordOf(item.value)) ?? [];
    if (before.length > 0 && own.length > 0)
      inSteps(step.importing, [before, own.map((one) => ({ ...one, from: item }))]);
  }
}

function mentions(step: InputPart<unknown>, names: ReadonlyMap<string, string>): readonly Mention[] {
  const type = textOf(field(step, "type")?.value);
  if (type === "step-group")
    return itemsOf(field(step, "subSteps") ?? { ...step, value: [] }).flatMap((one) => mentions(one, names));
  if (type !== "apply-component") return [];
  const from = field(field(step, "properties") ?? step, "component");
  const name = names.get(wordOf(from?.value));
  return from === undefined || name === undefined ? [] : [{ name, from }];
}

const ORDERING = new Set(["apply-component", "apply-application", "deploy"]);

function stepRest(step: InputPart<unknown>): void {
  const { ledger } = step.importing;
  const type = textOf(field(step, "type")?.value) ?? "";
  if (type === "step-group") {
    for (const key of ["name", "type", "mode"]) say(ledger, [...step.at, key], "changed", STEP_NAME);
    for (const one of itemsOf(field(step, "subSteps") ?? { ...step, value: [] })) stepRest(one);
    return;
  }
  if (!ORDERING.has(type)) return say(ledger, step.at, "unsupported", STEP);
  for (const key of ["name", "type"])
    say(ledger, [...step.at, key], "changed", type === "apply-component" ? STEP_NAME : NEEDLESS_STEP);
  if (type !== "apply-component") say(ledger, [...step.at, "properties"], "unsupported", POLICY);
}
