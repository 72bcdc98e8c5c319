// Imports Docker Compose files. Services become components; volumes, configs and secrets become storage of the services
// that use them. https://github.com/compose-spec/compose-spec/blob/main/spec.md
import { dig, isObject, type Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { freeName } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { NO_OTHER_FILES, RENAMED, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRules,
  field,
  fieldsOf,
  type Importing,
  type InputPart,
  needless,
  refuse,
  textOf,
} from "../mapping/rules.ts";
import { type ComposeContext, composeContextOf } from "./composeContext.ts";
import { importService } from "./service.ts";
import { declaredVolume } from "./storage.ts";
import { fillIn } from "./variables.ts";

export function importCompose(importing: Importing, [first = []]: readonly Path[]): void {
  const input = dig(importing.ledger.input, ...first) as Json; // The input is JSON, so each part of it is.
  if (!isObject(input)) return;
  const value = fillIn(importing, input, first);
  const root: InputPart<unknown> = { value, at: first, draft: importing.head, importing, shared: undefined };
  const name = field(root, "name");
  if (name) nameOfProject(name);
  const context = composeContextOf(root);
  for (const [service, draft] of context.services) {
    const part = field(field(root, "services") ?? root, service);
    if (part) importService({ ...part, draft, shared: { context, name: service } });
  }
  applyRules(top(context), root);
  for (const [key, part] of fieldsOf(root)) if (key.startsWith("x-")) needless(EXTENSION)(part);
}

const EXTENSION = words(
  "has no meaning by itself; values that are copied from it are imported where they are used",
  "本身没有含义；被引用的内容已在引用处导入",
);
const NETWORKS = words(
  "not needed: components can reach each other by name; networks do not isolate them here",
  "无需填写：组件之间均可按名称访问；此处网络不做隔离",
);
const OTHER_FILES = refuse(NO_OTHER_FILES);

const top = (context: ComposeContext): FieldRules => ({
  version: needless(words("not needed: it has no meaning any more", "无需填写：已无意义")),
  include: OTHER_FILES,
  networks: needless(NETWORKS),
  volumes: (part) => {
    for (const [name, one] of fieldsOf(part)) declaredVolume(name, one, context);
  },
  configs: unused,
  secrets: unused,
});

/** Runs after the services. Only leaves that no service used have no entry in the report yet. */
function unused(part: InputPart<unknown>): void {
  for (const [, one] of fieldsOf(part))
    say(
      part.importing.ledger,
      one.at,
      "changed",
      words("no service uses it, or services only use its name", "没有服务使用它，或仅使用其名称"),
    );
}

function nameOfProject(name: InputPart<unknown>): void {
  const { draft, importing } = name;
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
