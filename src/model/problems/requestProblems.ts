// Problems of a request, apart from the document that it may contain. Rows of the table of problems. A sentence quotes
// no value of the body, because a body may contain a secret value.
import { type Localized } from "../data/text.ts";

export const REQUEST_PROBLEMS = {
  UnknownParameter: {
    text: { en: "unknown query parameter {name}; known here: {known}", zh: "未知查询参数 {name}；可用：{known}" },
  },
  UnfitType: { text: { en: "expected {expected}", zh: "类型应为 {expected}" } },
  UnfitValue: { text: { en: "expected one of: {known}", zh: "应为以下之一：{known}" } },
  UnfitNumber: { text: { en: "expected a number {bound}", zh: "数值应 {bound}" } },
  UnfitLength: { text: { en: "expected a number of characters {bound}", zh: "字符数应 {bound}" } },
  UnfitCount: { text: { en: "expected a number of entries {bound}", zh: "条目数应 {bound}" } },
  UnfitPattern: { text: { en: "does not have the form {pattern}", zh: "不符合格式 {pattern}" } },
  UnfitFormat: { text: { en: "not a valid {format}", zh: "不是合法的 {format}" } },
  UnfitAlternatives: { text: { en: "fits none of the alternatives", zh: "不符合任何一种允许的写法" } },
  Unfit: { text: { en: "not valid", zh: "不合法" } },
  UnfitName: {
    text: {
      en: "expected lower case letters, digits and '-', starting with a letter, at most 63 characters",
      zh: "仅限小写字母、数字和“-”，以字母开头，最长 63 个字符",
    },
  },
  UnfitServer: {
    text: { en: "expected an address like https://10.0.0.1:6443", zh: "应为 https://10.0.0.1:6443 这样的地址" },
  },
  UnfitBroker: { text: { en: "expected host:port", zh: "应为 主机:端口" } },
  UnfitTopic: {
    text: {
      en: "expected letters, digits, '.', '_' and '-', at most 249 characters",
      zh: "仅限字母、数字、“.”、“_”和“-”，最长 249 个字符",
    },
  },
  UnfitDuration: {
    text: { en: "expected a duration like {example}, at most {limit}", zh: "应为 {example} 这样的时长，最长 {limit}" },
  },
  UnfitEtag: {
    text: { en: 'expected one ETag like "rev-14", got {value}', zh: '应为一个 ETag，如 "rev-14"，实际为 {value}' },
  },
  UnfitProject: {
    text: {
      en: "expected {all} for all projects, or the name of a project",
      zh: "应为 {all}（所有项目）或一个项目的名称",
    },
  },
  UnfitCursor: {
    text: {
      en: "the cursor does not come from an earlier page of this list: leave it out to begin with the first page",
      zh: "该游标不是由此列表的前一页给出的：不带它即从第一页开始",
    },
  },
  UnfitAddress: { text: { en: "kubemin cannot use this address: {cause}", zh: "kubemin 无法使用该地址：{cause}" } },
  NotUtf8: { text: { en: "not valid UTF-8", zh: "不是合法的 UTF-8" } },
  NotJson: { text: { en: "not valid JSON", zh: "不是合法的 JSON" } },
  NotJsonAt: {
    text: {
      en: "not valid JSON at line {row} column {column}",
      zh: "第 {row} 行第 {column} 列处不是合法的 JSON",
    },
  },
  UnfitObject: { text: { en: "expected a JSON object", zh: "应为 JSON 对象" } },
  UnfitDigits: {
    text: {
      en: "this number has too many digits to be stored exactly: send it as a text",
      zh: "该数值位数过多，无法精确保存：请以文本发送",
    },
  },
  TooManyDigits: {
    text: {
      en: "{value} has too many digits for a number that is kept as it is: send it as a text",
      zh: "{value} 位数过多，无法作为数值原样保存：请以文本发送",
    },
  },
  BrokenEncoding: { text: { en: "a %-encoding is broken", zh: "百分号编码不合法" } },
  NotHttp: { text: { en: "the HTTP request is refused with the code {code}", zh: "HTTP 请求被拒绝，代码 {code}" } },
  TypeOrDocument: {
    text: {
      en: "expected either type (with input) or document (with workflow)",
      zh: "type（可带 input）与 document（含 workflow）必须且只能写一个",
    },
  },
  ClusterUndescribed: {
    text: {
      en: "expected either kubeconfig, or server with token",
      zh: "应写 kubeconfig，或写 server 与 token",
    },
  },
  ClusterDescribedTwice: {
    text: {
      en: "expected either kubeconfig, or server with token, not both",
      zh: "kubeconfig 与 server、token 只能二选一",
    },
  },
  ContextAlone: { text: { en: "allowed only together with kubeconfig", zh: "只能与 kubeconfig 一起使用" } },
  ServerAlone: { text: { en: "server and token belong together", zh: "server 与 token 必须同时给出" } },
} as const satisfies Record<string, { readonly text: Localized }>;

/** Messages of the patterns in the routes of the API. Each names the row that describes the pattern in words. */
export const FORMS = {
  name: "UnfitName",
  server: "UnfitServer",
  broker: "UnfitBroker",
  topic: "UnfitTopic",
  object: "UnfitObject",
  digits: "UnfitDigits",
} as const satisfies Record<string, keyof typeof REQUEST_PROBLEMS>;
