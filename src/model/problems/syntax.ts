// Sentences for text that is not valid JSON or YAML. The messages of the parsers are never shown: they exist in English
// only, and may quote the text at the place of the mistake, which can be a secret value.
import { type Language, type Localized, type Params, translate } from "../data/text.ts";

const SYNTAX = {
  Empty: { en: "the document is empty", zh: "文档为空" },
  Expected: { en: "expected {expected}, found {found}", zh: "此处应为 {expected}，实际为 {found}" },
  ExpectedValue: { en: "expected a value, found {found}", zh: "此处应为一个值，实际为 {found}" },
  ExpectedKey: { en: "expected a key in double quotes, found {found}", zh: "此处应为双引号括起的键，实际为 {found}" },
  ExpectedEnd: { en: "expected nothing more, found {found}", zh: "文档应在此结束，实际还有 {found}" },
  EndsEarly: { en: "the text ends too early: something is not closed", zh: "文本不完整：有内容未闭合" },
  JsonComment: { en: "JSON has no comments; use YAML, or remove it", zh: "JSON 不支持注释；请改用 YAML 或删除注释" },
  TrailingComma: {
    en: "a comma before {found} has nothing after it: remove it",
    zh: "{found} 之前多了一个逗号，请删除",
  },
  BadEscape: {
    en: 'unknown escape after "\\" in a string: write "\\\\" for a backslash',
    zh: '字符串中 "\\" 之后的转义不合法：反斜杠请写作 "\\\\"',
  },
  ControlCharacter: {
    en: "a string contains a line break or control character: write it as \\n, \\t or \\u…",
    zh: "字符串中含有换行或控制字符：请写作 \\n、\\t 或 \\u…",
  },
  OpenString: { en: "this string is never closed", zh: "字符串缺少结束引号" },
  NotFinite: {
    en: "this number is infinite or not a number: JSON cannot represent it",
    zh: "该数值为无穷大或非数字，JSON 无法表示",
  },
  NotExact: {
    en: "this number has too many digits to be kept as it is: write it in quotes, as a text",
    zh: "该数值位数过多，无法原样保存：请加引号写成文本",
  },
  MultipleDocuments: {
    en: "a second YAML document starts here; one application is one document: split the file",
    zh: "此处开始了第二个 YAML 文档；一个应用只能是一个文档，请拆分文件",
  },
  MergeKey: {
    en: "merge keys (<<) are not part of YAML 1.2: write the fields out, or use an alias as a value",
    zh: "YAML 1.2 不支持合并键（<<）：请逐个写出字段，或把别名用作值",
  },
  CustomTag: {
    en: "YAML tags (!…) are not supported here: write the plain value",
    zh: "不支持 YAML 标签（!…）：请直接写值",
  },
  UnknownAlias: { en: "this alias (*…) has no anchor (&…) before it", zh: "该别名（*…）之前没有对应的锚点（&…）" },
  CircularAlias: { en: "this alias contains itself", zh: "该别名包含了自身" },
  AliasBomb: { en: "with its aliases expanded the document exceeds its limit", zh: "别名展开后会使文档超出上限" },
  KeyNotText: { en: "a key must be plain text", zh: "键必须是文本" },
  Indent: {
    en: "wrong indentation: lines of one level start in the same column",
    zh: "缩进错误：同一层级的各行必须从同一列开始",
  },
  Tab: { en: "a tab is used for indentation: use spaces", zh: "缩进中使用了制表符：请使用空格" },
  NestedOnOneLine: {
    en: "a nested mapping cannot start on the same line: put it on its own line, or quote the value if it contains ': '",
    zh: "嵌套的映射不能写在同一行：请另起一行；如果值中含有“: ”，请加引号",
  },
  MissingCharacter: {
    en: "a closing quote, bracket or comma is missing here",
    zh: "此处缺少结束引号、括号或逗号",
  },
  KeyOverLines: {
    en: "this line is neither a key with ':' nor a value: is a ':' missing?",
    zh: "该行既不是带“:”的键，也不是值：是否漏了“:”？",
  },
  KeyTooLong: { en: "a key is longer than 1024 characters", zh: "键超过 1024 个字符" },
  BadStart: {
    en: "a value cannot start with this character: put it in quotes",
    zh: "值不能以该字符开头：请加引号",
  },
  Properties: { en: "anchors or tags are misplaced here", zh: "锚点或标签的位置不正确" },
  Directive: { en: "YAML directives (%…) are not supported here", zh: "不支持 YAML 指令（%…）" },
  Unexpected: { en: "this is not valid syntax here", zh: "此处内容不符合语法" },
} as const satisfies Record<string, Localized>;

export type SyntaxDetail = keyof typeof SYNTAX;

/** A detail that is not in the table is shown as it is. */
export function explainSyntax(params: Params, language: Language): Params {
  const detail = String(params["detail"]);
  if (!Object.hasOwn(SYNTAX, detail)) return params;
  return { ...params, detail: translate(SYNTAX[detail as SyntaxDetail], language, params) }; // hasOwn proves the key
}
