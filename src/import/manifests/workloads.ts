// The table of the Kubernetes kinds that run pods: the component type of each, and the rules for its spec. Also
// ConfigMaps and Secrets.
import type { Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, NOT_UNDERSTOOD, WITH_UNIT, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  asSeconds,
  type FieldRule,
  type FieldRules,
  field,
  type InputPart,
  inside,
  itemsOf,
  needless,
  onlyIf,
  refuse,
  take,
  textOf,
  turn,
  wordOf,
} from "../mapping/rules.ts";
import type { ObjectNames } from "../parts/env.ts";
import { METADATA, metadata } from "../parts/metadata.ts";
import { importPod } from "../parts/pod.ts";
import type { OwnPods } from "../parts/scheduling.ts";
import { templateVolume, type Volume, type VolumeClaimLookup } from "../parts/volumes.ts";

/** Values that the rules of a workload share. `selected` are the labels in the workload's selector. */
export interface WorkloadShared extends ObjectNames, VolumeClaimLookup, OwnPods {
  /**
   * Labels that only this workload's selector uses. They are not imported, because kubemin selects pods by its own
   * labels.
   */
  readonly private: ReadonlySet<string>;
  /** Named ports of the main container. Empty until the pod template is read. */
  ports: ReadonlyMap<string, number>;
  templates: ReadonlyMap<string, Volume>;
}
type Shared = WorkloadShared;

const SELECTOR = needless(
  words("not needed: kubemin selects pods by its own labels", "无需填写：kubemin 用自己的标签选择 Pod"),
);
const REVISIONS = needless(
  words("not needed: kubemin keeps all revisions itself", "无需填写：kubemin 自行保留所有修订版本"),
);
const DEADLINE = words("became the time limit of the component's job", "改为该组件的作业的时限");
const NO_FIELD_FOR = (en: string, zh: string): FieldRule =>
  refuse(advised([en, zh], ["leave it out, or use component type objects", "请删除，或使用 objects 组件"]));
const ONE = onlyIf(
  (value) => value === 1,
  DEFAULT_ALREADY,
  advised(
    ["several pods of one task are not supported", "不支持一个任务多个 Pod"],
    ["split the task into several components", "请拆分为多个组件"],
  ),
);

const template: FieldRule<Shared> = (part) => {
  const meta = field(part, "metadata");
  if (meta) metadata(meta, ["pods"], part.shared.private);
  const spec = field(part, "spec");
  if (spec) part.shared.ports = importPod(spec, part.shared.templates);
};

const WORD = words("written in kubemin's notation", "改用 kubemin 的写法");
const NEEDLESS_TYPE = words("not needed: the fields next to it decide", "无需填写：由同级字段决定");
const toRollout = (name: string): FieldRule => take("traits", "rollout", name);
const shares: FieldRule<Shared> = inside({
  maxSurge: toRollout("maxSurge"),
  maxUnavailable: toRollout("maxUnavailable"),
  partition: toRollout("partition"),
});
const STRATEGY: FieldRules<Shared> = {
  type: (part) =>
    part.value === "Recreate"
      ? turn(["properties", "update", "strategy"], () => "recreate", WORD)(part)
      : onlyIf((value) => value === "RollingUpdate", NEEDLESS_TYPE, NOT_UNDERSTOOD)(part),
  rollingUpdate: shares,
};

const minReady: FieldRule = (part) =>
  part.value === 0
    ? needless(DEFAULT_ALREADY)(part)
    : turn(["traits", "rollout", "minReady"], asSeconds, WITH_UNIT)(part);

const DEPLOYMENT: FieldRules<Shared> = {
  replicas: take("properties", "replicas"),
  selector: SELECTOR,
  strategy: inside(STRATEGY),
  minReadySeconds: minReady,
  paused: (part) => (part.value === false ? needless(DEFAULT_ALREADY)(part) : toRollout("pause")(part)),
  revisionHistoryLimit: REVISIONS,
  progressDeadlineSeconds: turn(["timeout"], asSeconds, DEADLINE),
  template,
};

const STATEFUL_SET: FieldRules<Shared> = {
  replicas: take("properties", "replicas"),
  selector: SELECTOR,
  serviceName: needless(
    words(
      "not needed: the headless Service is named after the component, with the suffix -pods",
      "无需填写：headless Service 名为组件名加 -pods",
    ),
  ),
  podManagementPolicy: onlyIf(
    (value) => value === "OrderedReady",
    DEFAULT_ALREADY,
    advised(["pods of a store start one after the other", "store 的 Pod 逐个启动"], ["leave it out", "请删除"]),
  ),
  updateStrategy: inside({
    type: onlyIf(
      (value) => value === "RollingUpdate",
      DEFAULT_ALREADY,
      advised(["only rolling updates are supported", "仅支持滚动更新"], ["leave it out", "请删除"]),
    ),
    rollingUpdate: shares,
  }),
  revisionHistoryLimit: REVISIONS,
  minReadySeconds: minReady,
  volumeClaimTemplates: (part) => {
    part.shared.templates = templatesOf(part);
  },
  template,
};

function templatesOf(list: InputPart<Shared>): ReadonlyMap<string, Volume> {
  const all = new Map<string, Volume>();
  for (const one of itemsOf(list)) {
    const name = field(field(one, "metadata") ?? one, "name");
    const text = textOf(name?.value);
    if (name === undefined || text === undefined) continue;
    all.set(text, templateVolume(text, one));
    const became = words("became an item of the storage trait", "改为 storage 特征的一项");
    for (const key of ["apiVersion", "kind"]) {
      const head = field(one, key);
      if (head)
        say(one.importing.ledger, head.at, "changed", became, { draft: one.draft, path: ["traits", "storage"] });
    }
    say(one.importing.ledger, name.at, "changed", became, { draft: one.draft, path: ["traits", "storage"] });
    const meta = field(one, "metadata");
    if (meta) applyRules(METADATA, meta);
  }
  return all;
}

const DAEMON_SET: FieldRules<Shared> = {
  selector: SELECTOR,
  updateStrategy: inside({
    type: (part) =>
      part.value === "OnDelete"
        ? turn(["properties", "update", "strategy"], () => "manual", WORD)(part)
        : onlyIf((value) => value === "RollingUpdate", NEEDLESS_TYPE, NOT_UNDERSTOOD)(part),
    rollingUpdate: shares,
  }),
  revisionHistoryLimit: REVISIONS,
  minReadySeconds: minReady,
  template,
};

const jobRules = (limit: Path): FieldRules<Shared> => ({
  backoffLimit: take("properties", "retries"),
  activeDeadlineSeconds: turn(limit, asSeconds, WITH_UNIT),
  completions: ONE,
  parallelism: ONE,
  completionMode: onlyIf(
    (value) => value === "NonIndexed",
    DEFAULT_ALREADY,
    advised(["indexed tasks are not supported", "不支持索引任务"], ["split the task", "请拆分任务"]),
  ),
  ttlSecondsAfterFinished: NO_FIELD_FOR(
    "a finished task stays until the next one, so that its log is not lost",
    "完成的任务会保留到下一次，以免丢失日志",
  ),
  selector: SELECTOR,
  manualSelector: SELECTOR,
  suspend: onlyIf(
    (value) => value === false,
    DEFAULT_ALREADY,
    advised(
      ["a task cannot wait to be started", "任务不能等待手动启动"],
      ["deploy it when it is due", "请在需要时再部署"],
    ),
  ),
  template,
});

const CRON_JOB: FieldRules<Shared> = {
  schedule: take("properties", "schedule"),
  timeZone: take("properties", "timeZone"),
  suspend: take("properties", "suspend"),
  concurrencyPolicy: turn(["properties", "concurrency"], (value) => wordOf(value).toLowerCase(), WORD),
  startingDeadlineSeconds: turn(["properties", "startingDeadline"], asSeconds, WITH_UNIT),
  successfulJobsHistoryLimit: take("properties", "keepSucceeded"),
  failedJobsHistoryLimit: take("properties", "keepFailed"),
  jobTemplate: inside({
    metadata: (part) => metadata(part, ["objects"], part.shared.private),
    spec: inside(jobRules(["properties", "timeLimit"])),
  }),
};

interface Workload {
  /** The component type of a workload with a Service (`served`) and without one (`alone`). */
  readonly type: { readonly served: string; readonly alone: string };
  readonly pod: Path;
  readonly spec: FieldRules<Shared>;
}

const always = (type: string): Workload["type"] => ({ served: type, alone: type });

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  "apps/Deployment": { type: { served: "webservice", alone: "worker" }, pod: ["spec", "template"], spec: DEPLOYMENT },
  "apps/StatefulSet": { type: always("store"), pod: ["spec", "template"], spec: STATEFUL_SET },
  "apps/DaemonSet": { type: always("daemon"), pod: ["spec", "template"], spec: DAEMON_SET },
  "batch/Job": { type: always("task"), pod: ["spec", "template"], spec: jobRules(["timeout"]) },
  "batch/CronJob": { type: always("cron"), pod: ["spec", "jobTemplate", "spec", "template"], spec: CRON_JOB },
};

/** Rules for binary data of ConfigMaps and for `data` of Secrets: Kubernetes writes both in base64. */
const bytes = (part: InputPart<unknown>): void =>
  dataInto(part, (value) => (typeof value === "string" ? { base64: value } : undefined));
const texts = (part: InputPart<unknown>): void =>
  dataInto(part, (value) => (typeof value === "string" ? value : undefined));

function dataInto(part: InputPart<unknown>, convert: (value: Json) => Json | undefined): void {
  const entries = Object.entries(typeof part.value === "object" && part.value !== null ? part.value : {});
  if (entries.length === 0) needless(words("not needed: it is empty", "无需填写：内容为空"))(part);
  for (const [key, value] of entries)
    turn(
      ["properties", "data", key],
      convert,
      words("kept in base64, as {base64: …}", "保持 base64，写作 {base64: …}"),
    )({
      ...part,
      value: value ?? null,
      at: [...part.at, key],
    });
}

const MUTABLE = onlyIf(
  (value) => value === false,
  DEFAULT_ALREADY,
  advised(
    ["immutable data is not supported", "不支持不可变的数据"],
    ["leave it out: kubemin replaces the pods when the data changes", "请删除：内容变化时 kubemin 会滚动更新 Pod"],
  ),
);

export const DATA_KINDS: Readonly<Record<string, { readonly type: string; readonly rules: FieldRules }>> = {
  "/ConfigMap": { type: "config", rules: { data: texts, binaryData: bytes, immutable: MUTABLE } },
  "/Secret": {
    type: "secret",
    rules: { type: take("properties", "type"), data: bytes, stringData: texts, immutable: MUTABLE },
  },
};
