// Makes the help texts from the table of commands. docs/reference/cli.md is generated from the same rows:
// cli/reference.ts.
import type { Language, Localized } from "../../model/data/text.ts";
import type { Command, Option, Options } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { GLOBAL_OPTIONS } from "../grammar/globals.ts";
import { displayWidth, pad } from "../terminal/width.ts";

const TITLE = {
  examples: { en: "Examples", zh: "示例" },
  usage: { en: "Usage", zh: "用法" },
  arguments: { en: "Arguments", zh: "参数" },
  options: { en: "Options", zh: "选项" },
  globals: { en: "Options of every command", zh: "通用选项" },
  commands: { en: "Commands", zh: "命令" },
  exits: { en: "Exit codes", zh: "退出码" },
  tagline: {
    en: "kubemin deploys an application from one document: it checks the document first, deploys in the right order and always shows the true state.",
    zh: "kubemin 用一份文档部署应用：启动前先检查，按正确的顺序部署，随时可查看状态。",
  },
  more: { en: "More about a command: kubemin COMMAND --help", zh: "命令详情：kubemin 命令 --help" },
} as const satisfies Record<string, Localized>;

export function helpText(commands: readonly Command[], language: Language): string {
  const rows = commands.filter((one) => !one.hidden).map((one) => [one.name, one.summary[language]] as const);
  const examples = [
    ["kubemin serve --deploy app.yaml", { en: "try a document on a simulated cluster", zh: "在模拟集群上试运行文档" }],
    ["kubemin deploy app.yaml", { en: "show the plan, ask, deploy, watch", zh: "显示计划、确认、部署并观察" }],
  ] as const;
  return [
    `${TITLE.tagline[language]}\n`,
    section(
      TITLE.examples[language],
      examples.map(([line, text]) => [line, text[language]] as const),
    ),
    section(TITLE.commands[language], rows),
    section(TITLE.globals[language], optionRows(GLOBAL_OPTIONS, language)),
    section(TITLE.exits[language], exitRows(language)),
    `${TITLE.more[language]}\n`,
  ].join("\n");
}

export function commandHelp(command: Command, language: Language): string {
  const parts = [
    `${command.summary[language]}\n${command.details ? `${command.details[language]}\n` : ""}`,
    section(
      TITLE.examples[language],
      command.examples.map(({ line, text }) => [`kubemin ${line}`, text[language]] as const),
    ),
    `${TITLE.usage[language]}\n  ${usageLine(command)}\n`,
    section(
      TITLE.arguments[language],
      command.arguments.map((one) => [one.name, one.summary[language]] as const),
    ),
    section(TITLE.options[language], optionRows(command.options, language)),
    section(TITLE.globals[language], optionRows(GLOBAL_OPTIONS, language)),
    section(TITLE.exits[language], exitRows(language)),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

export function usageLine(command: Command): string {
  const words = command.arguments.map((one) => (one.optional ? `[${one.name}]` : one.name));
  return ["kubemin", command.name, ...words, ...(Object.keys(command.options).length > 0 ? ["[OPTIONS]"] : [])].join(
    " ",
  );
}

export function optionRows(options: Options, language: Language): readonly (readonly [string, string])[] {
  return Object.entries(options).map(
    ([name, option]) => [optionName(name, option), optionSummary(option, language)] as const,
  );
}

function optionName(name: string, option: Option): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  return `${short}--${name}${option.type === "flag" ? "" : ` ${option.value ?? "VALUE"}`}`;
}

function optionSummary(option: Option, language: Language): string {
  return option.choices ? `${option.choices.join("|")}: ${option.summary[language]}` : option.summary[language];
}

function exitRows(language: Language): readonly (readonly [string, string])[] {
  return Object.values(EXIT).map(({ code, text }) => [String(code), text[language]] as const);
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return "";
  const width = Math.min(36, Math.max(...rows.map(([name]) => displayWidth(name))));
  return `${title}\n${rows.map(([name, text]) => `  ${pad(name, width)}  ${text}\n`).join("")}`;
}
