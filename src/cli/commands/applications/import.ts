// kubemin import: converts a document of another tool to a kubemin document. The document goes to stdout, the report on
// every field to stderr. The conversion is in src/import/.
import { stringify } from "yaml";
import { FORMATS, type SourceFormat } from "../../../import/detect.ts";
import { type ImportResult, importDocument } from "../../../import/import.ts";
import { readSource } from "../../arguments/input.ts";
import { printReport, toFinding } from "../../documents/importReport.ts";
import { fileBeside, nameFrom, variablesFrom } from "../../documents/importSource.ts";
import { problemsOf } from "../../documents/offline.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { PLUGIN_OPTION } from "../../grammar/plugins.ts";
import { printProblems, type SourceText, toItem } from "../../output/problems.ts";

const UNKNOWN = {
  en: "{file} is none of these: Compose file, Kubernetes manifests, KubeVela Application, KubeMin-Cli application",
  zh: "{file} 不是 Compose 文件、Kubernetes 清单、KubeVela Application 或 KubeMin-Cli 应用",
} as const;
const OURS = { en: "{file} is already a kubemin document", zh: "{file} 已经是 kubemin 文档" } as const;

export const importCommand = defineCommand({
  name: "import",
  summary: {
    en: "convert a document of another tool to a kubemin document; works offline",
    zh: "把其他工具的文档转换为 kubemin 文档；可离线使用",
  },
  details: {
    en: "Reads Compose files, Kubernetes manifests, KubeVela Applications and KubeMin-Cli applications. The document goes to stdout. A report on every field goes to stderr: taken, changed or not supported.",
    zh: "可读取 Compose 文件、Kubernetes 清单、KubeVela Application 与 KubeMin-Cli 应用。文档输出到 stdout；每个字段的去向（照搬、改写、不支持）输出到 stderr。",
  },
  examples: [
    {
      line: "import compose.yaml > app.yaml",
      text: { en: "kubemin detects the kind of the file", zh: "自动识别文件类型" },
    },
    {
      line: "import manifests.yaml --strict -o json",
      text: {
        en: "document and report as one JSON; exit code 2 if a field is not supported",
        zh: "文档与报告合为一个 JSON；有不支持的字段时退出码为 2",
      },
    },
  ],
  arguments: [
    {
      name: "FILE",
      complete: "file",
      summary: { en: "YAML or JSON; - reads standard input", zh: "YAML 或 JSON；- 表示标准输入" },
    },
  ],
  options: {
    ...PLUGIN_OPTION,
    from: {
      type: "text",
      value: "KIND",
      choices: FORMATS,
      summary: { en: "the kind of the file, if kubemin cannot detect it", zh: "无法自动识别时指定文件类型" },
    },
    name: {
      type: "text",
      value: "NAME",
      summary: {
        en: "name of the application (default: from the document, otherwise from the file name)",
        zh: "应用名称（默认取自文档，否则取自文件名）",
      },
    },
    set: {
      type: "list",
      value: "NAME=VALUE",
      summary: { en: "value of a variable in a Compose file; may be repeated", zh: "Compose 文件中变量的值，可重复" },
    },
    strict: {
      type: "flag",
      summary: { en: "exit code 2 if a field is not supported", zh: "有不支持的字段时退出码为 2" },
    },
  },
  async run(context) {
    const { options } = context;
    const source = await readSource(context, context.arguments[0] ?? "-");
    const variables = variablesFrom(options.set);
    const result = importDocument({
      text: source.text,
      format: options.from as SourceFormat | undefined, // one of its choices, checked by the parser
      name: options.name ?? nameFrom(source.file, context.terminal.directory),
      catalog: context.root.catalog,
      check: (document) => problemsOf(document, context.root.catalog),
      variables,
      readBeside: fileBeside(source.file, context.terminal.directory),
    });
    if (!result.ok) return refused(context, source, result);
    if (options.name !== undefined && result.document !== null)
      return print(
        context,
        source,
        { ...result, document: { ...result.document, name: options.name } },
        options.strict,
      );
    return print(context, source, result, options.strict);
  },
});

function refused(context: CommandContext, source: SourceText, result: Extract<ImportResult, { ok: false }>): number {
  if (result.why === "unreadable") {
    printProblems(
      context,
      source,
      result.problems.map((one) => toItem(one, context.language)),
    );
    return EXIT.usage.code;
  }
  throw usageFailure(
    result.why === "kubemin" ? OURS : UNKNOWN,
    result.why === "kubemin"
      ? { en: "check it with: kubemin validate {file}", zh: "可直接检查：kubemin validate {file}" }
      : {
          en: "name its kind: --from compose|manifests|kubevela|kubemin-cli",
          zh: "请指定类型：--from compose|manifests|kubevela|kubemin-cli",
        },
    { file: source.file },
  );
}

function print(
  context: CommandContext,
  source: SourceText,
  result: Extract<ImportResult, { ok: true }>,
  strict: boolean,
): number {
  const { document, report } = result;
  const { stdout } = context.terminal;
  if (context.globals.output === "json") {
    const findings = report.map((one) => toFinding(context, one));
    stdout.write(`${JSON.stringify({ document, format: result.format, report: findings }, null, 2)}\n`);
  } else {
    if (document !== null) stdout.write(stringify(document, { lineWidth: 0 }));
    printReport(context, source, report);
  }
  if (document === null) return EXIT.usage.code;
  return strict && report.some((one) => one.outcome === "unsupported") ? EXIT.usage.code : EXIT.done.code;
}
