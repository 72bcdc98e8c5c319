// Problems with a single value of a document: its text, type, length, range or form. Rows of the table of problems.
import type { Localized } from "../data/text.ts";

export const VALUE_PROBLEMS = {
  Syntax: { text: { en: "not valid {format}: {detail}", zh: "不是合法的 {format}：{detail}" } },
  TooLarge: {
    text: { en: "the document has {bytes} bytes; {limit} is the limit", zh: "文档有 {bytes} 字节，上限为 {limit}" },
    hint: { en: "keep large files in a volume or an image", zh: "请把大文件放到存储卷或镜像里" },
  },
  InputsTooLarge: {
    text: { en: "the inputs have {bytes} bytes; {limit} is the limit", zh: "输入共 {bytes} 字节，上限为 {limit}" },
    hint: { en: "keep large files in a volume or an image", zh: "请把大文件放到存储卷或镜像里" },
  },
  TooDeep: { text: { en: "nested deeper than {limit} levels", zh: "嵌套超过 {limit} 层" } },
  TooMany: { text: { en: "{count} {what}; {limit} is the limit", zh: "{what} 有 {count} 个，上限为 {limit}" } },
  DuplicateKey: {
    text: { en: "key {key} is written twice", zh: "键 {key} 重复" },
    hint: { en: "keep one of them", zh: "请只保留一个" },
  },
  Type: { text: { en: "expected {expected}, got {actual}", zh: "应为 {expected}，实际为 {actual}" } },
  Required: { text: { en: "{field} is missing", zh: "缺少 {field}" } },
  UnknownField: {
    text: { en: "unknown field {field}", zh: "未知字段 {field}" },
    hint: { en: "known here: {known}", zh: "可用字段：{known}" },
  },
  OutOfRange: {
    text: { en: "{value} is out of range: it must be {bound}", zh: "{value} 超出范围：应为 {bound}" },
  },
  MultipleOf: { text: { en: "{value} is not a multiple of {divisor}", zh: "{value} 不是 {divisor} 的倍数" } },
  Empty: { text: { en: "{field} must not be empty", zh: "{field} 不能为空" } },
  TooShort: {
    text: { en: "{length} characters are too few: at least {limit}", zh: "只有 {length} 个字符，至少需要 {limit} 个" },
  },
  TooLong: {
    text: { en: "{length} characters are too many: at most {limit}", zh: "有 {length} 个字符，最多 {limit} 个" },
  },
  TooFewItems: { text: { en: "{count} items are too few: {limit}", zh: "只有 {count} 项，应 {limit}" } },
  TooManyItems: { text: { en: "{count} items are too many: {limit}", zh: "有 {count} 项，应 {limit}" } },
  TooManyComponents: {
    text: { en: "{count} components; {limit} is the limit", zh: "有 {count} 个组件，上限为 {limit}" },
    hint: { en: "split the application", zh: "请拆分应用" },
  },
  TooManyValues: {
    text: { en: "more than {limit} values in one document", zh: "文档中的值超过 {limit} 个" },
    hint: { en: "split the application", zh: "请拆分应用" },
  },
  MoreProblems: {
    text: { en: "there are more problems than these {limit}", zh: "问题不止这 {limit} 个" },
    hint: { en: "fix these first", zh: "请先解决已列出的问题" },
  },
  Pattern: {
    text: { en: "{value} does not have the form {pattern}", zh: "{value} 不符合格式 {pattern}" },
  },
  /**
   * `wish` is a sentence that the author of a definition wrote about the pattern, in English only. Chinese shows the
   * pattern.
   */
  Form: {
    text: { en: "{value} is not right here: expected {wish}", zh: "{value} 不符合格式 {pattern}" },
  },
  /**
   * A rule of a definition, with sentences of its own: see `brokenRule` below. This text is shown when a stored problem
   * lacks them.
   */
  Rule: { text: { en: "breaks a rule of its definition", zh: "不符合定义中的规则" } },
  Format: { text: { en: "{value} is not a valid {format}", zh: "{value} 不是合法的 {format}" } },
  StartsWith: { text: { en: "{value} does not start with {prefix}", zh: "{value} 应以 {prefix} 开头" } },
  AbsolutePath: {
    text: {
      en: "{value} is not an absolute path: it starts with '/' and has no ':'",
      zh: "{value} 不是绝对路径：应以“/”开头且不含“:”",
    },
  },
  DefinitionFailed: {
    text: {
      en: "the definition of {definition} failed while checking this: the fault is in the definition, not in the document",
      zh: "{definition} 的定义在检查时出错：问题在定义，而不在文档",
    },
  },
  NotOneOf: { text: { en: "{value} is not one of: {known}", zh: "{value} 不在可选值中：{known}" } },
  Name: {
    text: {
      en: "{value} is not a valid name: lower case letters, digits and '-', starting with a letter, at most {limit} characters",
      zh: "{value} 不是合法名称：仅限小写字母、数字和“-”，以字母开头，最长 {limit} 个字符",
    },
  },
  ObjectName: {
    text: {
      en: "{value} is not a valid object name: lower case letters, digits, '-' and '.', at most 253 characters",
      zh: "{value} 不是合法的对象名称：仅限小写字母、数字、“-”和“.”，最长 253 个字符",
    },
  },
} as const satisfies Record<string, { readonly text: Localized; readonly hint?: Localized }>;
