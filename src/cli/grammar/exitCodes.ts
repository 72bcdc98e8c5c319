// The table of kubemin's exit codes, which help and docs/reference/cli.md print. Tools do not agree on a standard
// (kubectl diff 0/1/>1, kapp 2/3, gh 0/1/2/4/8), so this table is documented and tested.

import type { Localized } from "../../model/data/text.ts";
import { ERRORS } from "../../model/errors/errors.ts";
import { PHASES } from "../../model/run/phase.ts";
import type { RunPhase } from "../../model/run/run.ts";

export const EXIT = {
  done: { code: 0, text: { en: "done", zh: "完成" } },
  failed: {
    code: 1,
    text: {
      en: "the program failed, or the server cannot be reached or had an internal error",
      zh: "程序失败；或无法连接服务器，或服务器内部错误",
    },
  },
  usage: { code: 2, text: { en: "wrong usage or invalid document", zh: "用法错误或文档不合法" } },
  rejected: { code: 3, text: { en: "rejected by the platform", zh: "被平台拒绝" } },
  notAllowed: { code: 4, text: { en: "not signed in or not allowed", zh: "未登录或没有权限" } },
  notFound: { code: 5, text: { en: "not found", zh: "不存在" } },
  conflict: {
    code: 6,
    text: {
      en: "conflict: another deploy came in between, or a run has not ended yet",
      zh: "冲突：期间有其他部署，或有运行尚未结束",
    },
  },
  pending: { code: 8, text: { en: "still running when --timeout ended", zh: "--timeout 到期时仍在运行" } },
  changes: { code: 10, text: { en: "plan --exit-code found changes", zh: "plan --exit-code 发现变更" } },
  expired: {
    code: PHASES.expired.exit,
    text: { en: "the run gave up waiting, for example for capacity", zh: "运行放弃等待（例如等待资源）" },
  },
  startFailed: {
    code: PHASES["start-failed"].exit,
    text: { en: "the program could not be started", zh: "程序无法启动" },
  },
  disrupted: { code: PHASES.interrupted.exit, text: { en: "the platform interrupted the run", zh: "运行被平台中断" } },
  timedOut: {
    code: PHASES["timed-out"].exit,
    text: { en: "the run took longer than one of its clocks allows", zh: "运行超过允许的时长" },
  },
  cancelled: { code: PHASES.cancelled.exit, text: { en: "the run was cancelled", zh: "运行已取消" } },
  interrupted: {
    code: 130,
    text: { en: "interrupted (Ctrl-C); the run itself continues", zh: "被中断（Ctrl-C）；运行本身继续" },
  },
} as const satisfies Record<string, { readonly code: number; readonly text: Localized }>;

/** A run that ended otherwise than well has an exit code for its ending, so that a script knows what to do about it. */
export function exitOfRun(phase: RunPhase): number {
  return PHASES[phase].exit ?? EXIT.pending.code;
}

/**
 * The exit code for an error of the API. A code that this version does not know (from a newer server) is mapped by its
 * HTTP status.
 */
export function exitOfError(code: string, status: number): number {
  if (Object.hasOwn(ERRORS, code)) return ERRORS[code as keyof typeof ERRORS].exit; // hasOwn makes the cast true
  if (status === 401 || status === 403) return EXIT.notAllowed.code;
  if (status === 404) return EXIT.notFound.code;
  if (status === 409 || status === 412) return EXIT.conflict.code;
  return status >= 400 && status < 500 ? EXIT.usage.code : EXIT.failed.code;
}
