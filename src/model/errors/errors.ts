// The table of errors: all errors that the API can answer with, each with its code, HTTP status, exit code of the
// command line, sentence, who can fix it, and what to do. docs/reference/errors.md is generated from this table.

import { fromPointer } from "../data/pointer.ts";
import { type Language, type Params, translate } from "../data/text.ts";
import { withWords } from "../data/words.ts";
import type { Problem } from "../problems/problem.ts";
import { explainProblem } from "../problems/problem.ts";
import { explainReason, type Reason } from "../reasons/reason.ts";
import { CLUSTER_ERRORS } from "./clusterErrors.ts";
import type { ErrorRow } from "./errorRow.ts";
import { JOB_TYPE_ERRORS } from "./jobTypeErrors.ts";
import { MOMENT_ERRORS } from "./momentErrors.ts";
import { RUN_ERRORS } from "./runErrors.ts";
import { SINK_ERRORS } from "./sinkErrors.ts";
import { START_ERRORS } from "./startErrors.ts";
import { STEERING_ERRORS } from "./steeringErrors.ts";

export const ERRORS = {
  InvalidDocument: {
    status: 422,
    exit: 2,
    who: "you",
    text: { en: "problems of the document: {count}", zh: "文档有 {count} 个问题" },
    advice: {
      en: "fix the listed problems; nothing was started",
      zh: "请按问题列表修改；没有启动任何内容",
    },
  },
  InvalidRegistration: {
    status: 422,
    exit: 2,
    who: "you",
    text: { en: "the registration did not pass: {failed}", zh: "注册未通过检查：{failed}" },
    advice: {
      en: "fix the listed problems; nothing was registered",
      zh: "请按问题列表修改；没有注册任何内容",
    },
  },
  InvalidRequest: {
    status: 400,
    exit: 2,
    who: "you",
    text: { en: "the request is not valid: {faults}", zh: "请求不合法：{faults}" },
    advice: {
      en: "correct the request and send it again; the API reference lists fields and values",
      zh: "请修正上述内容后重新发送；字段与取值见 API 参考",
    },
  },
  TooLarge: {
    status: 413,
    exit: 2,
    who: "you",
    text: { en: "the request body is larger than {limit} bytes", zh: "请求体超过 {limit} 字节" },
    advice: { en: "keep large files in a volume or an image", zh: "请把大文件放到存储卷或镜像里" },
  },
  UnsupportedMediaType: {
    status: 415,
    exit: 2,
    who: "you",
    text: { en: "content type {value} is not supported", zh: "不支持的内容类型 {value}" },
    advice: { en: "send application/json or application/yaml", zh: "请使用 application/json 或 application/yaml" },
  },
  NotSignedIn: {
    status: 401,
    exit: 4,
    who: "you",
    text: { en: "no valid token was sent", zh: "没有提供有效令牌" },
    advice: {
      en: "set KUBEMIN_TOKEN, or create a token with: kubemin token add",
      zh: "请设置 KUBEMIN_TOKEN，或用 kubemin token add 新建令牌",
    },
  },
  NotAllowed: {
    status: 403,
    exit: 4,
    who: "operator",
    text: { en: "this token may not {action} in project {project}", zh: "该令牌无权在项目 {project} 中执行 {action}" },
    advice: { en: "ask an administrator for a token with that scope", zh: "请向管理员申请相应权限的令牌" },
  },
  StaleAttempt: {
    status: 409,
    exit: 6,
    who: "nobody",
    text: {
      en: "attempt {attempt} of job {job} in run {run} is over: {cause}",
      zh: "运行 {run} 中作业 {job} 的第 {attempt} 次尝试已结束：{cause}",
    },
    advice: {
      en: "stop working on it; this report was not accepted",
      zh: "请停止该次执行；本次上报未被采纳",
    },
  },
  NotFound: {
    status: 404,
    exit: 5,
    who: "you",
    text: { en: "there is no {what} {name}", zh: "没有名为 {name} 的{what}" },
    advice: { en: "known: {known}", zh: "现有：{known}" },
  },
  NoSuchRoute: {
    status: 404,
    exit: 5,
    who: "you",
    text: { en: "{method} {path} is not part of the API", zh: "API 中没有 {method} {path}" },
    advice: { en: "see /api/v1/openapi.json", zh: "请参考 /api/v1/openapi.json" },
  },
  MethodNotAllowed: {
    status: 405,
    exit: 2,
    who: "you",
    text: { en: "{path} does not take {method}", zh: "{path} 不支持 {method}" },
    advice: { en: "it takes: {allowed}", zh: "可用方法：{allowed}" },
  },
  StaleEtag: {
    status: 412,
    exit: 6,
    who: "you",
    text: {
      en: "{name} is at {actual}, not at {expected}: it was changed in the meantime",
      zh: "{name} 当前为 {actual} 而非 {expected}：期间已被修改",
    },
    advice: { en: "read it again, then decide", zh: "请重新读取后再决定" },
  },
  RunInProgress: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "run {run} of {application} has not ended yet", zh: "{application} 的运行 {run} 尚未结束" },
    advice: {
      en: "wait for it (kubemin watch {application}) or cancel it (kubemin cancel {run})",
      zh: "请等待（kubemin watch {application}）或取消（kubemin cancel {run}）",
    },
  },
  IdempotencyMismatch: {
    status: 422,
    exit: 2,
    who: "you",
    text: { en: "this idempotency key was used for another request", zh: "该幂等键已用于另一请求" },
    advice: { en: "use a new key for a new request", zh: "新请求请使用新的幂等键" },
  },
  ...CLUSTER_ERRORS,
  ...START_ERRORS,
  ...STEERING_ERRORS,
  ...MOMENT_ERRORS,
  ...RUN_ERRORS,
  ...SINK_ERRORS,
  ...JOB_TYPE_ERRORS,
  Busy: {
    status: 503,
    exit: 3,
    who: "nobody",
    text: {
      en: "all {slots} slots for waiting requests are in use; nothing was started",
      zh: "{slots} 个等待名额已满；没有启动任何内容",
    },
    advice: {
      en: "try again in {seconds} s, or send the request without wait to get the answer immediately",
      zh: "请 {seconds} 秒后重试，或去掉 wait 参数以立即返回",
    },
  },
  TooManyWaits: {
    status: 429,
    exit: 3,
    who: "you",
    text: {
      en: "{count} requests of this token are waiting already; nothing was started",
      zh: "该令牌已有 {count} 个请求在等待；没有启动任何内容",
    },
    advice: {
      en: "try again in {seconds} s, or send the request without wait to get the answer immediately",
      zh: "请 {seconds} 秒后重试，或去掉 wait 参数以立即返回",
    },
  },
  TooManyStreams: {
    status: 429,
    exit: 3,
    who: "you",
    text: { en: "this token has {count} streams open already", zh: "该令牌已打开 {count} 个流" },
    advice: {
      en: "close some; one stream can carry the events of a whole project",
      zh: "请关闭一些；一个流即可接收整个项目的事件",
    },
  },
  HostNotServed: {
    status: 400,
    exit: 2,
    who: "you",
    text: {
      en: "this server answers only to localhost, not to {host}",
      zh: "该服务器只响应 localhost，不响应 {host}",
    },
    advice: {
      en: "call it by the address that kubemin serve has shown; other names need a server that is started with --host",
      zh: "请使用 kubemin serve 显示的地址访问；若需其他名称，请用 --host 启动服务器",
    },
  },
  ForeignOrigin: {
    status: 403,
    exit: 4,
    who: "you",
    text: { en: "a page of {origin} may not open a socket here", zh: "{origin} 的页面不能在此打开 socket" },
    advice: { en: "open it from this server's own pages, or from a program", zh: "请从本服务器的页面或程序中打开" },
  },
  Internal: {
    status: 500,
    exit: 1,
    who: "operator",
    text: { en: "kubemin itself failed", zh: "kubemin 内部错误" },
    advice: { en: "report it with the request id", zh: "请带上请求编号反馈" },
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** The names of the parameters of a text. */
type Places<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;
type PlacesOf<Code extends ErrorCode> = Places<(typeof ERRORS)[Code]["text" | "advice"]["en"]>;
/** The grounds of the error give `faults` and `cause`. `known` may be left out. */
type Given<Code extends ErrorCode> = {
  readonly [Name in Exclude<PlacesOf<Code>, "faults" | "cause" | "known">]: string | number;
} & { readonly [Name in PlacesOf<Code> & "known"]?: string | number };
/** A code with exactly the parameters that its sentences name, so that no unknown parameter can be passed. */
type Thrown = {
  [Code in ErrorCode]: [PlacesOf<Code>] extends [never]
    ? readonly [code: Code, params?: Params, grounds?: Grounds]
    : readonly [code: Code, params: Given<Code>, grounds?: Grounds];
}[ErrorCode];

/** The grounds of an error. Each is shown in the reader's language. */
interface Grounds {
  /** A separate list in the answer, next to the sentence. Only InvalidDocument and InvalidRegistration have it. */
  readonly problems?: readonly Problem[];
  /** Shown at `{faults}` in the sentence, each after its place: `/body/name` is shown as "body name". */
  readonly faults?: readonly Problem[];
  /** Shown at `{cause}` in the sentence. */
  readonly cause?: Reason;
}

/**
 * Thrown by all code behind the API for an answer that is not a success. Parameters are names, numbers and codes, never
 * sentences.
 */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly params: Params;
  readonly problems: readonly Problem[];
  readonly faults: readonly Problem[];
  readonly reason: Reason | undefined;

  constructor(...[code, params = {}, { problems = [], faults = [], cause } = {}]: Thrown) {
    super(explainError({ code, params, faults, reason: cause }, "en").message);
    this.name = "PlatformError";
    this.code = code;
    this.params = params;
    this.problems = problems;
    this.faults = faults;
    this.reason = cause;
  }
}

type Said = Pick<PlatformError, "code" | "params" | "faults" | "reason">;

export function explainError(
  { code, params, faults, reason }: Said,
  language: Language,
): { readonly message: string; readonly advice: string } {
  const row = ERRORS[code];
  const filled = {
    ...withWords(params, language),
    ...(faults.length === 0 ? {} : { faults: faults.map((one) => faultText(one, language)).join("; ") }),
    ...(reason === undefined ? {} : { cause: explainReason(reason, language) }),
  };
  return { message: translate(row.text, language, filled), advice: translate(row.advice, language, filled) };
}

function faultText(fault: Problem, language: Language): string {
  const { message } = explainProblem(fault, language);
  const [part = "", ...inside] = fromPointer(fault.pointer);
  const place = inside.length === 0 ? part : `${part} ${inside.join(".")}`;
  return place === "" ? message : `${place}${language === "zh" ? "：" : ": "}${message}`;
}
