// The options that every command takes, and how their values are read.
import { type Language, languageOf } from "../../model/data/text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Globals, Options, OutputFormat, ParsedWords } from "./command.ts";

export const GLOBAL_OPTIONS = {
  help: { type: "flag", short: "h", summary: { en: "show this help", zh: "显示帮助" } },
  output: {
    type: "text",
    short: "o",
    value: "FORMAT",
    choices: ["table", "wide", "json", "yaml", "name"],
    summary: {
      en: "json and yaml print what the API returns (errors too, on stderr); name prints names for other commands",
      zh: "json 与 yaml 输出 API 返回的原始结构（错误也是，输出到 stderr）；name 只输出名称，供其他命令使用",
    },
  },
  json: {
    type: "text",
    value: "FIELDS",
    summary: {
      en: "print JSON with these fields only, e.g. --json name,phase",
      zh: "只输出指定字段的 JSON，如 --json name,phase",
    },
  },
  project: {
    type: "text",
    short: "p",
    value: "NAME",
    summary: {
      en: "project (default: KUBEMIN_PROJECT, otherwise default)",
      zh: "项目（默认取 KUBEMIN_PROJECT，否则为 default）",
    },
  },
  server: {
    type: "text",
    value: "URL",
    summary: {
      en: "address of the server (default: KUBEMIN_URL, otherwise the server on this machine)",
      zh: "服务器地址（默认取 KUBEMIN_URL，否则为本机服务器）",
    },
  },
  lang: {
    type: "text",
    value: "LANGUAGE",
    choices: ["en", "zh"],
    summary: { en: "language of messages (default: from LANG)", zh: "消息语言（默认取 LANG）" },
  },
  "no-input": { type: "flag", summary: { en: "never ask; fail instead", zh: "从不询问，需要询问时直接失败" } },
} as const satisfies Options;

/** Reads the language from the words before they are parsed, so that usage errors are in the right language too. */
export function languageFor(words: readonly string[], terminal: Terminal): Language {
  const at = words.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const word = words[at];
  const wanted = word === undefined ? undefined : word === "--lang" ? words[at + 1] : word.slice("--lang=".length);
  const { env } = terminal;
  return languageOf(
    wanted ?? [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((value) => value !== undefined && value !== ""),
  );
}

/** Whether the unparsed words contain `--json` or `--output json`, so that usage errors are printed as JSON too. */
export function wantsJson(words: readonly string[]): boolean {
  return words.some(
    (word, index) =>
      word === "--output=json" ||
      word === "-ojson" ||
      word === "--json" ||
      word.startsWith("--json=") ||
      (word === "json" && (words[index - 1] === "--output" || words[index - 1] === "-o")),
  );
}

export function globalsOf(values: ParsedWords["values"], terminal: Terminal): Globals {
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const fields = text("json")?.split(",");
  return {
    server: text("server"),
    project: text("project") ?? (terminal.env["KUBEMIN_PROJECT"] || "default"),
    output: fields ? "json" : ((text("output") ?? "table") as OutputFormat), // one of its choices, checked by the parser
    fields,
    noInput: values["no-input"] === true,
  };
}
