// Parses the words of a command with its table of options. Errors suggest the nearest known name where there is one.
import { parseArgs } from "node:util";
import { parseDuration } from "../../model/document/duration.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import type { Command, Option, Options, OptionValue, ParsedWords } from "./command.ts";
import { usageFailure } from "./failure.ts";
import { GLOBAL_OPTIONS } from "./globals.ts";

export function parseWords(command: Command, words: readonly string[]): ParsedWords {
  const options: Options = { ...GLOBAL_OPTIONS, ...command.options };
  // `strict` is off because Node's own errors are in English only and suggest no name.
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, nodeOption(option)])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values: Record<string, OptionValue> = Object.fromEntries(
    Object.entries(options).map(([name, { type }]) => [
      name,
      type === "flag" ? false : type === "list" ? [] : undefined,
    ]),
  );
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind === "option") values[token.name] = valueOf(command, token, options, values[token.name]);
  }
  if (values["help"] !== true) checkArguments(command, positionals);
  return { values, positionals };
}

/**
 * Parses only the options of every command, before the other options are known. Never throws; parseWords reports errors
 * later.
 */
export function parseGlobals(words: readonly string[]): ParsedWords["values"] {
  const entries = Object.entries<Option>(GLOBAL_OPTIONS).map(([name, option]) => [name, nodeOption(option)] as const);
  const { values } = parseArgs({ args: [...words], options: Object.fromEntries(entries), strict: false });
  return values;
}

export function nodeOption(option: Option): { type: "boolean" | "string"; short?: string } {
  return {
    type: option.type === "flag" ? "boolean" : "string",
    ...(option.short === undefined ? {} : { short: option.short }),
  };
}

interface Token {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function valueOf(command: Command, token: Token, options: Options, before: OptionValue): OptionValue {
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
  if (option === undefined) throw unknownOption(command, token.rawName, Object.keys(options));
  if (option.type === "flag") {
    if (token.value === undefined) return true;
    throw usageFailure(
      { en: "{option} takes no value", zh: "{option} 不带值" },
      { en: "write only {option}", zh: "请只写 {option}" },
      { option: token.rawName },
    );
  }
  const text = token.value;
  if (text === undefined || (token.inlineValue !== true && text.startsWith("--")))
    throw usageFailure(
      { en: "{option} needs a value", zh: "{option} 缺少值" },
      { en: "write it like {option}={value}", zh: "写法如 {option}={value}" },
      { option: token.rawName, value: option.value ?? "VALUE" },
    );
  if (option.choices && !option.choices.includes(text)) throw notOneOf(token.rawName, text, option.choices);
  if (option.type === "list") return [...(Array.isArray(before) ? (before as readonly string[]) : []), text]; // the earlier value of a list is a list
  return option.type === "text" ? text : numberOf(option, token.rawName, text);
}

function numberOf(option: Option, name: string, text: string): number {
  const value = option.type === "duration" ? parseDuration(text) : /^\d+$/.test(text) ? Number(text) : undefined;
  if (value !== undefined && Number.isSafeInteger(Math.round(value))) return value;
  const expected =
    option.type === "duration"
      ? { en: "write a duration like 30s, 10m or 1h30m", zh: "时长写法如 30s、10m、1h30m" }
      : { en: "write a whole number", zh: "请写整数" };
  throw usageFailure({ en: "{option}: {value} is not understood", zh: "{option}：无法理解 {value}" }, expected, {
    option: name,
    value: text,
  });
}

function unknownOption(command: Command, name: string, known: readonly string[]): Error {
  const close = nearest(name.replace(/^-+/, ""), known);
  const params = { option: name, command: command.name, nearest: `--${close ?? ""}` };
  return usageFailure(
    { en: "kubemin {command} has no option {option}", zh: "kubemin {command} 没有选项 {option}" },
    close === undefined
      ? { en: "see: kubemin {command} --help", zh: "参见：kubemin {command} --help" }
      : { en: "did you mean {nearest}?", zh: "是否想写 {nearest}？" },
    params,
  );
}

function notOneOf(name: string, value: string, choices: readonly string[]): Error {
  const close = nearest(value, choices);
  return usageFailure(
    { en: "{name}: {value} is not one of: {choices}", zh: "{name}：{value} 不在可选值中：{choices}" },
    close === undefined
      ? { en: "choose one of them", zh: "请选择其中之一" }
      : { en: "did you mean {nearest}?", zh: "是否想写 {nearest}？" },
    { name, value, choices: choices.join(", "), nearest: close ?? "" },
  );
}

function checkArguments(command: Command, words: readonly string[]): void {
  const params = { command: command.name };
  const advice = { en: "see: kubemin {command} --help", zh: "参见：kubemin {command} --help" };
  for (const [index, argument] of command.arguments.entries()) {
    const word = words[index];
    if (word === undefined && !argument.optional)
      throw usageFailure(
        { en: "kubemin {command} needs {argument}", zh: "kubemin {command} 缺少参数 {argument}" },
        advice,
        { ...params, argument: argument.name },
      );
    if (word !== undefined && argument.choices && !argument.choices.includes(word))
      throw notOneOf(argument.name, word, argument.choices);
  }
  const extra = words[command.arguments.length];
  if (extra !== undefined)
    throw usageFailure(
      { en: "kubemin {command} takes no argument {word}", zh: "kubemin {command} 不接受多余的参数 {word}" },
      advice,
      { ...params, word: extra },
    );
}
