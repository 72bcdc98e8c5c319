// The documentation page of a job type in Markdown. It is generated from the registration, so that it always agrees
// with the checks.
import type { JsonObject } from "../../model/data/json.ts";
import { type Language, type Localized, translate } from "../../model/data/text.ts";
import { explainSchema, type FieldExplanation } from "../../plan/schema/explain.ts";
import type { VersionEntry } from "../registry/view.ts";

const WORDS = {
  owner: { en: "Registered by project {owner}, version {version}.", zh: "由项目 {owner} 注册，版本 {version}。" },
  contact: { en: "Contact: {contact}", zh: "联系人：{contact}" },
  deprecated: { en: "**Deprecated{until}{instead}.**", zh: "**已弃用{until}{instead}。**" },
  input: { en: "Input", zh: "输入" },
  output: { en: "Output", zh: "输出" },
  examples: { en: "Examples", zh: "示例" },
  run: { en: "Run it", zh: "运行" },
  asks: { en: "Required grants", zh: "所需授权" },
  field: { en: "Field", zh: "字段" },
  type: { en: "Type", zh: "类型" },
  meaning: { en: "Meaning", zh: "说明" },
  required: { en: "required", zh: "必填" },
  failures: { en: "Exit codes", zh: "退出码" },
  none: { en: "none", zh: "无" },
} as const satisfies Record<string, Localized>;

export function jobTypePage({ stored, registration }: VersionEntry, language: Language): string {
  const { metadata, spec } = registration;
  const say = (word: keyof typeof WORDS, params = {}): string => translate(WORDS[word], language, params);
  const { until, replacedBy: other } = stored;
  const over = { until: until === null ? "" : ` (${until})`, instead: other === null ? "" : `: ${other}` };
  const parts = [
    `# ${metadata.name}`,
    plain(spec.summary[language]),
    say("owner", { owner: stored.owner, version: spec.version }),
    ...(metadata.contact === undefined ? [] : [say("contact", { contact: plain(metadata.contact) })]),
    ...(stored.standing === "deprecated" ? [say("deprecated", over)] : []),
    `## ${say("input")}`,
    table(spec.input, { say, language }),
    `## ${say("output")}`,
    table(spec.output ?? {}, { say, language }),
    ...(spec.failureMap === undefined ? [] : [`## ${say("failures")}`, failures(spec.failureMap)]),
    `## ${say("asks")}`,
    asked(spec.capabilities ?? {}) || say("none"),
    `## ${say("examples")}`,
    ...examples(registration, language),
  ];
  return `${parts.join("\n\n")}\n`;
}

interface Telling {
  readonly say: (word: keyof typeof WORDS) => string;
  readonly language: Language;
}

function table(schema: JsonObject, { say, language }: Telling): string {
  const fields = explainSchema(schema, language, []);
  if (fields.length === 0) return say("none");
  const head = `| ${say("field")} | ${say("type")} | ${say("meaning")} |\n|---|---|---|`;
  return [head, ...rows(fields, "", say)].join("\n");
}

function rows(fields: readonly FieldExplanation[], prefix: string, say: Telling["say"]): readonly string[] {
  return fields.flatMap((field) => {
    const notes = [
      ...(field.required ? [say("required")] : []),
      ...(field.values === undefined ? [] : [field.values.map((value) => JSON.stringify(value)).join(", ")]),
      ...(field.default === undefined ? [] : [`= ${JSON.stringify(field.default)}`]),
      ...(field.description === "" ? [] : [field.description]),
    ];
    const own = `| ${code(prefix + field.name)} | ${plain(field.type)} | ${plain(notes.join("; "))} |`;
    return [own, ...rows(field.fields, `${prefix}${field.name}.`, say)];
  });
}

function failures(map: NonNullable<VersionEntry["registration"]["spec"]["failureMap"]>): string {
  return map
    .map(({ exitCode, reason = "", domain = "job", retryable }) =>
      `- ${exitCode}: ${plain(reason)} (${domain}${retryable === true ? ", retried" : ""})`.replace(":  (", " ("),
    )
    .join("\n");
}

function asked(capabilities: object): string {
  return Object.entries(capabilities)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => `- ${name}: ${code(Array.isArray(value) ? value.join(", ") : JSON.stringify(value))}`)
    .join("\n");
}

function examples({ metadata, spec }: VersionEntry["registration"], language: Language): readonly string[] {
  return spec.examples.flatMap(({ title, input }) => [
    `### ${plain(typeof title === "string" ? title : title[language])}`,
    fenced("json", JSON.stringify(input, null, 2)),
    fenced("sh", `kubemin run ${metadata.name}${Object.entries(input).map(argument).join("")}`),
  ]);
}

function argument([name, value]: readonly [string, unknown]): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return ` --input ${quoted(`${name}=${text}`)}`;
}

/** Quotes an argument for a shell, only when necessary. */
function quoted(text: string): string {
  return /^[\w=.,:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Escapes a text of a user, so that it neither ends the row of a table nor becomes markup. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#]/g, (sign) => `\\${sign}`).replaceAll(/\s+/g, " ");
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll("|", "\\|").replaceAll(/\s+/g, " ")}\``;
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.replaceAll("```", "` ` `")}\n\`\`\``;
}
