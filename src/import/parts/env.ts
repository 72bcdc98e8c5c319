// Environment variables of Kubernetes (a list of name, value, valueFrom) become the map of the trait env.
import type { Path } from "../../model/data/pointer.ts";
import { put, say } from "../mapping/ledger.ts";
import { NAMED_AS_COMPONENT, NOT_UNDERSTOOD, words } from "../mapping/reportWords.ts";
import { field, type InputPart, itemsOf, scalarOf, textOf, wordOf } from "../mapping/rules.ts";

/** Translates the name of a ConfigMap or Secret in the input to its name in the new document. */
export interface ObjectNames {
  readonly called: (kind: "ConfigMap" | "Secret", name: string) => string;
}

const MAY_BE_ABSENT = words(
  "optional became external: the object may be created later, but pods wait until it exists",
  "optional 改为 external：对象可以稍后创建，但 Pod 会等待其存在",
);

export function envList(list: InputPart<ObjectNames>, to: Path): void {
  for (const item of itemsOf(list)) {
    const name = field(item, "name");
    const key = textOf(name?.value);
    if (name === undefined || key === undefined) continue;
    variable(item, name, [...to, key]);
  }
}

function variable(item: InputPart<ObjectNames>, name: InputPart<ObjectNames>, to: Path): void {
  const { ledger } = item.importing;
  const target = { draft: item.draft, path: to };
  const value = field(item, "value");
  const from = field(item, "valueFrom");
  if (from !== undefined) valueFrom(from, to);
  else if (value === undefined) put(ledger, target, "", name.at, words("became an empty variable", "改为空变量"));
  else if (scalarOf(value.value) === undefined) say(ledger, value.at, "unsupported", NOT_UNDERSTOOD);
  else put(ledger, target, value.value, value.at);
  say(ledger, name.at, "taken", undefined, target);
}

function valueFrom(from: InputPart<ObjectNames>, to: Path): void {
  reference(field(from, "secretKeyRef"), "Secret", [...to, "secret"]);
  reference(field(from, "configMapKeyRef"), "ConfigMap", [...to, "config"]);
  const { ledger } = from.importing;
  const path = field(field(from, "fieldRef") ?? from, "fieldPath");
  if (path) put(ledger, { draft: from.draft, path: [...to, "field"] }, path.value, path.at);
  const version = field(field(from, "fieldRef") ?? from, "apiVersion");
  if (version)
    say(ledger, version.at, "changed", words("not needed: v1 is the only version", "无需填写：只有 v1 版本"));
  const resource = field(field(from, "resourceFieldRef") ?? from, "resource");
  if (resource) put(ledger, { draft: from.draft, path: [...to, "resource"] }, resource.value, resource.at);
}

function reference(source: InputPart<ObjectNames> | undefined, kind: "ConfigMap" | "Secret", to: Path): void {
  if (source === undefined) return;
  const { ledger } = source.importing;
  const [name, key, optional] = [field(source, "name"), field(source, "key"), field(source, "optional")];
  const target = (path: Path) => ({ draft: source.draft, path });
  if (name) {
    const called = source.shared.called(kind, wordOf(name.value));
    put(ledger, target(to), called, name.at, called === name.value ? undefined : NAMED_AS_COMPONENT);
  }
  const entry = to.slice(0, -1);
  if (key) put(ledger, target([...entry, "key"]), key.value, key.at);
  if (optional?.value === true) put(ledger, target([...entry, "external"]), true, optional.at, MAY_BE_ABSENT);
  else if (optional)
    say(ledger, optional.at, "changed", words("not needed: it must exist anyway", "无需填写：默认必须存在"));
}
