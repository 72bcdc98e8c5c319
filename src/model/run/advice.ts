// What the person who must act can do about a job that ended without success, by its reason. The row of the innermost
// cause wins, because it says what stood in the way. A reason without a row gets the advice of the phase, if that has
// one. Reasons of programs have no rows: only their authors know what to do.
import type { Localized } from "../data/text.ts";
import type { Reason, ReasonCode } from "../reasons/reason.ts";
import type { Phase } from "./phase.ts";

const WAIT_LONGER: Localized = {
  en: "allow a longer wait (onShort: wait-then-fail(2h), or the clock queue), ask for less, or try again when kubemin capacity shows room",
  zh: "允许更长的等待（onShort: wait-then-fail(2h) 或时钟 queue），减少请求，或在 kubemin capacity 显示有空闲资源时重试",
};
const ASK_FOR_WHAT_IS_THERE: Localized = {
  en: "ask for what the cluster has, as kubemin capacity shows it, then start it again",
  zh: "按 kubemin capacity 显示的集群资源调整请求，然后重新启动",
};
const ALLOW_NODES: Localized = {
  en: "add the tolerations or change the node selector that the sentence names, then start it again",
  zh: "按上述提示添加容忍（toleration）或修改节点选择，然后重新启动",
};
const LARGER_QUOTA: Localized = {
  en: "ask the operator for a larger quota, or ask for less, then start it again",
  zh: "请管理员提高配额，或减少请求，然后重新启动",
};
const OTHER_QUEUE: Localized = {
  en: "ask the operator of the queue, or name another queue, then start it again",
  zh: "联系队列管理员，或指定其他队列，然后重新启动",
};
const SEE_THE_HOLDER: Localized = {
  en: "allow a longer wait (the clock queue), or wait until the job that the sentence names has ended, then try again",
  zh: "允许更长的等待（时钟 queue），或等上述作业结束后重试",
};
const FIX_THE_IMAGE: Localized = {
  en: "correct the name of the image or the credentials of its registry, then start it again",
  zh: "更正镜像名称或镜像仓库的凭据，然后重新启动",
};
const FIX_THE_CLUSTER: Localized = {
  en: "ask the operator of the cluster to repair it, then try again",
  zh: "请集群管理员修复后重试",
};
const TRY_AGAIN: Localized = {
  en: "nothing is wrong with the document or the program: try again",
  zh: "文档与程序都没有问题：重试即可",
};

const BY_REASON: Readonly<Partial<Record<ReasonCode, Localized>>> = {
  CapacityShort: WAIT_LONGER,
  CapacityTogether: WAIT_LONGER,
  PodsPartlyPlaced: WAIT_LONGER,
  KeptForOlder: WAIT_LONGER,
  PlacementBusy: WAIT_LONGER,
  DidNotWait: WAIT_LONGER,
  Unschedulable: WAIT_LONGER,
  NodeComing: WAIT_LONGER,
  NodeStarting: WAIT_LONGER,
  NoNewNode: WAIT_LONGER,
  WaitsForGrowth: WAIT_LONGER,
  QueueWaits: WAIT_LONGER,
  QuotaBusy: WAIT_LONGER,
  NeverFits: ASK_FOR_WHAT_IS_THERE,
  NoSuchResource: ASK_FOR_WHAT_IS_THERE,
  NoSuchModel: ASK_FOR_WHAT_IS_THERE,
  NeverTogether: ASK_FOR_WHAT_IS_THERE,
  NeverEnough: ASK_FOR_WHAT_IS_THERE,
  SharedDevice: ASK_FOR_WHAT_IS_THERE,
  NoneHasResource: ALLOW_NODES,
  NoneLarge: ALLOW_NODES,
  CardTooSmall: ASK_FOR_WHAT_IS_THERE,
  NoNodeTakes: ASK_FOR_WHAT_IS_THERE,
  NoNodeAllowed: ALLOW_NODES,
  NoNodeMatches: ALLOW_NODES,
  QuotaTooSmall: LARGER_QUOTA,
  QuotaExceeded: LARGER_QUOTA,
  QueueRefused: OTHER_QUEUE,
  QueueGaveUp: OTHER_QUEUE,
  Slot: SEE_THE_HOLDER,
  KeyBusy: SEE_THE_HOLDER,
  TypeLimit: SEE_THE_HOLDER,
  ImageInvalidName: FIX_THE_IMAGE,
  ImageNotFound: FIX_THE_IMAGE,
  ImageUnauthorized: FIX_THE_IMAGE,
  ImageWrongArchitecture: FIX_THE_IMAGE,
  SchedulerAbsent: FIX_THE_CLUSTER,
  NoNodes: FIX_THE_CLUSTER,
  NodeNotReady: FIX_THE_CLUSTER,
  UnhealthyDevices: FIX_THE_CLUSTER,
  Interrupted: TRY_AGAIN,
  NodeLost: TRY_AGAIN,
  DriversLost: TRY_AGAIN,
};

const BY_PHASE: Readonly<Partial<Record<Phase, Localized>>> = { expired: WAIT_LONGER, interrupted: TRY_AGAIN };

/** The advice for a job that ended in this phase. `undefined` when only the author of its program knows what to do. */
export function adviceFor(phase: Phase, reason: Reason): Localized | undefined {
  return ofReason(reason) ?? BY_PHASE[phase];
}

function ofReason({ code, cause }: Reason): Localized | undefined {
  return (cause === undefined ? undefined : ofReason(cause)) ?? BY_REASON[code];
}
