// Errors about runs that have ended or changed since the caller read them, and about applications that would move to
// another cluster or namespace. Rows of the table of errors.
import type { ErrorRow } from "./errorRow.ts";

export const RUN_ERRORS = {
  RunAlreadyEnded: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "run {run} has ended already: {phase}", zh: "运行 {run} 已经结束：{phase}" },
    advice: {
      en: "nothing was changed; to run it again: kubemin retry {run}",
      zh: "没有做任何更改；如需再次运行：kubemin retry {run}",
    },
  },
  RunBeingCancelled: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "run {run} is being cancelled by {actor}", zh: "运行 {run} 正在被 {actor} 取消" },
    advice: {
      en: "a run that is being cancelled cannot be paused or resumed; wait until it has ended",
      zh: "正在取消的运行不能暂停或继续；请等待它结束",
    },
  },
  RevisionPassed: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "run {run} was for revision {revision}; {application} is at revision {current} now",
      zh: "运行 {run} 对应修订版本 {revision}，而 {application} 当前为修订版本 {current}",
    },
    advice: {
      en: "nothing was started; to go back to that revision: kubemin rollback {application}",
      zh: "没有启动任何运行；如需回到该修订版本：kubemin rollback {application}",
    },
  },
  DeletionPassed: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "run {run} deleted revision {revision}; {application} is at revision {current} now",
      zh: "运行 {run} 删除的是修订版本 {revision}，而 {application} 当前为修订版本 {current}",
    },
    advice: {
      en: "nothing was started; to delete the application now: kubemin delete {application}",
      zh: "没有启动任何运行；如仍需删除该应用：kubemin delete {application}",
    },
  },
  AlreadyAnswered: {
    status: 409,
    exit: 6,
    who: "nobody",
    text: {
      en: "attempt {attempt} of job {job} has received its {kind} already",
      zh: "作业 {job} 的第 {attempt} 次尝试已收到 {kind}",
    },
    advice: {
      en: "the first answer counts; this one was not stored",
      zh: "以第一个答复为准；本次答复未被保存",
    },
  },
  WouldMove: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "{application} runs on cluster {cluster} in namespace {namespace}; this would leave it there and start another one on cluster {otherCluster} in namespace {otherNamespace}",
      zh: "{application} 运行在集群 {cluster} 的命名空间 {namespace}；此操作会把它留在原处，并在集群 {otherCluster} 的命名空间 {otherNamespace} 再启动一个",
    },
    advice: {
      en: "nothing was started; delete the application first (kubemin delete {application}), or give the document another name",
      zh: "没有启动任何内容；请先删除该应用（kubemin delete {application}），或给文档换一个名称",
    },
  },
  DocumentNameDiffers: {
    status: 400,
    exit: 2,
    who: "you",
    text: {
      en: "the document is called {name}, the path of the request names {expected}",
      zh: "文档的名称是 {name}，而请求路径中的名称是 {expected}",
    },
    advice: {
      en: "give both the same name, and send the request again",
      zh: "请使两处名称一致后重新发送",
    },
  },
} as const satisfies Record<string, ErrorRow>;
