// kubemin explain: prints the types and fields that a document may contain, as kubectl explain does for objects. It
// reads the catalog of this program; only registered job types are fetched from a server. src/plan/schema/explain.ts
// does the work.

import { stringify } from "yaml";
import type { ComponentDefinition, Example, JobDefinition, TraitDefinition } from "../../../catalog/define.ts";
import type { Json } from "../../../model/data/json.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import {
  DOCUMENT_PARTS,
  explainDefinition,
  explainPart,
  explainSchema,
  type FieldExplanation,
  typeOfDefinition,
} from "../../../plan/schema/explain.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { Failure } from "../../grammar/failure.ts";
import { PLUGIN_OPTION } from "../../grammar/plugins.ts";
import { typeInputOf } from "../../jobTypes/typeOptions.ts";
import { printData, printListing } from "../../output/output.ts";
import { type Paint, painter } from "../../terminal/style.ts";

type Kind = "component" | "trait" | "job" | "document";
type Definition = ComponentDefinition | TraitDefinition | JobDefinition;
interface ExplainedDefinition {
  readonly kind: Kind;
  readonly definition: Pick<Definition, "name" | "summary">;
  readonly examples: readonly Example<Json>[];
  readonly explain: (path: readonly string[]) => readonly FieldExplanation[];
  /** The type of the whole value. It is not printed if it is `object`. */
  readonly type: string;
}
const KINDS: readonly string[] = ["component", "trait", "job", "document"];

const UNKNOWN = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "the catalog has no {name}", zh: "目录中没有 {name}" },
  advice: { en: "{advice}", zh: "{advice}" },
} as const;

export const explainCommand = defineCommand({
  name: "explain",
  summary: { en: "explain what a document may contain; works offline", zh: "说明文档中可以写什么；可离线使用" },
  examples: [
    { line: "explain", text: { en: "list everything", zh: "列出全部" } },
    { line: "explain trait storage.size", text: { en: "one field", zh: "单个字段" } },
  ],
  arguments: [
    {
      name: "component|trait|job|document",
      optional: true,
      complete: "definition",
      summary: { en: "the kind; may be omitted", zh: "类别，可省略" },
    },
    {
      name: "NAME[.FIELD...]",
      optional: true,
      complete: "definition",
      summary: { en: "a name from the list, and a field", zh: "列表中的名称，以及字段" },
    },
  ],
  options: PLUGIN_OPTION,
  async run(context) {
    const [first, second] = context.arguments;
    const entries = entriesOf(context);
    const kind =
      first !== undefined &&
      KINDS.includes(first) &&
      (second !== undefined || !entries.some((one) => one.definition.name === first))
        ? first
        : undefined;
    const place = kind === undefined ? first : second;
    const among = entries.filter((one) => kind === undefined || one.kind === kind);
    if (place === undefined) return list(context, among);
    const [name = "", ...path] = place.split(".");
    const found = among.find((one) => one.definition.name === name) ?? (await registered(context, name, kind));
    if (found === undefined)
      throw unknown(
        context,
        name,
        among.map((one) => one.definition.name),
      );
    return show(context, found, path);
  },
});

function entriesOf(context: CommandContext): readonly ExplainedDefinition[] {
  const { components, traits, jobs } = context.root.catalog;
  const { language } = context;
  const all = (kind: Kind, map: ReadonlyMap<string, Definition>): ExplainedDefinition[] =>
    [...map.values()].map((definition) => ({
      kind,
      definition,
      examples: "examples" in definition ? definition.examples : (definition.step?.examples ?? []),
      explain: (path) => explainDefinition(definition, language, path),
      type: typeOfDefinition(definition),
    }));
  const parts = DOCUMENT_PARTS.map((definition) => ({
    kind: "document" as const,
    definition,
    examples: [],
    explain: (path: readonly string[]) => explainPart(jobs, definition.name, { language, path }),
    type: "object",
  }));
  return [...all("component", components), ...all("trait", traits), ...all("job", jobs), ...parts];
}

/** A job type that is registered on the server; `undefined` if there is none, or no server. */
async function registered(
  context: CommandContext,
  name: string,
  kind: string | undefined,
): Promise<ExplainedDefinition | undefined> {
  if (kind !== undefined && kind !== "job") return undefined;
  const type = await typeInputOf(context, name, undefined).catch(() => undefined);
  if (type === undefined) return undefined;
  return {
    kind: "job",
    type: "object",
    definition: { name, summary: { en: type.summary, zh: type.summary } },
    examples: type.examples.map(({ title, input }) => ({ title: { en: title, zh: title }, value: input })),
    explain: (path) => explainSchema(type.schema, context.language, path),
  };
}

function unknown(context: CommandContext, name: string, known: readonly string[]): Failure {
  const close = nearest(name, known);
  const advice =
    close === undefined
      ? context.say({ en: "it has: {known}", zh: "现有：{known}" }, { known: known.join(", ") })
      : context.say({ en: "did you mean {close}?", zh: "是否想写 {close}？" }, { close });
  return new Failure(UNKNOWN, { name, advice });
}

function list(context: CommandContext, entries: readonly ExplainedDefinition[]): number {
  const items = entries.map(({ kind, definition }) => ({
    kind,
    name: definition.name,
    summary: definition.summary[context.language],
  }));
  printListing(context, {
    rows: items,
    columns: [
      { header: { en: "kind", zh: "类别" }, cell: (row) => row.kind },
      { header: { en: "name", zh: "名称" }, cell: (row) => row.name },
      { header: { en: "summary", zh: "说明" }, cell: (row) => row.summary },
    ],
    name: (row) => row.name,
    data: { items, next: null },
    empty: { en: "the catalog is empty", zh: "目录为空" },
  });
  return EXIT.done.code;
}

function show(context: CommandContext, entry: ExplainedDefinition, path: readonly string[]): number {
  const { kind, definition, examples, explain } = entry;
  const fields = explain(path);
  if (path.length > 0 && fields.length === 0) {
    const above = explain(path.slice(0, -1));
    const siblings = path.length === 1 ? above : (above[0]?.fields ?? []);
    throw unknown(
      context,
      [definition.name, ...path].join("."),
      siblings.map((one) => one.name),
    );
  }
  const summary = definition.summary[context.language];
  const data = {
    kind,
    name: definition.name,
    summary,
    fields,
    examples: examples.map((one) => ({ title: one.title[context.language], value: one.value })),
  };
  if (printData(context, data)) return EXIT.done.code;
  const { stdout } = context.terminal;
  const paint = painter(context.terminal, stdout);
  const type = path.length > 0 || entry.type === "object" ? "" : ` ${paint("muted", `<${entry.type}>`)}`;
  stdout.write(`${kind} ${paint("strong", [definition.name, ...path].join("."))}${type}: ${summary}\n\n`);
  stdout.write(fieldsText(context, fields, { paint, indent: "  ", all: path.length > 0 }));
  if (path.length > 0) return EXIT.done.code;
  for (const { title, value } of examples) {
    const yaml = stringify(value).trimEnd().replaceAll("\n", "\n  ");
    stdout.write(`\n${paint("muted", `# ${title[context.language]}`)}\n  ${yaml}\n`);
  }
  return EXIT.done.code;
}

interface Printing {
  readonly paint: Paint;
  readonly indent: string;
  /** Whether all levels are printed, not only the first two. */
  readonly all: boolean;
}

function fieldsText(
  context: CommandContext,
  fields: readonly FieldExplanation[],
  { paint, indent, all }: Printing,
): string {
  return fields
    .map((field) => {
      const notes = [
        ...(field.required ? [context.say({ en: "required", zh: "必填" })] : []),
        ...(field.default === undefined
          ? []
          : [`${context.say({ en: "default", zh: "默认" })} ${JSON.stringify(field.default)}`]),
        ...(field.values === undefined ? [] : [field.values.map(String).join(" | ")]),
        ...(field.when === undefined ? [] : [`${context.say({ en: "with", zh: "适用于" })} ${field.when.join(" / ")}`]),
      ];
      const head = `${indent}${paint("strong", field.name)} ${paint("muted", `<${field.type}>`)}${notes.length === 0 ? "" : ` ${notes.join(" · ")}`}\n`;
      const text = field.description === "" ? "" : `${indent}  ${field.description}\n`;
      const deeper =
        all || indent.length < 4 ? fieldsText(context, field.fields, { paint, indent: `${indent}  `, all }) : "";
      return head + text + deeper;
    })
    .join("");
}
