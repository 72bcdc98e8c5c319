// How a new version replaces the old one. Each kind of controller has its own fields. A field that the component's kind
// does not have is refused here, because the API server would silently drop it.
import { z } from "zod";
import { dig, type JsonObject } from "../../model/data/json.ts";
import { parseDuration } from "../../model/document/duration.ts";
import { brokenRule, type Problem } from "../../model/problems/problem.ts";
import { defineTrait, type TraitTarget } from "../define.ts";
import { onlyGiven } from "../parts/objects/onlyGiven.ts";
import { isNothing, share } from "../parts/pod/countOrPercent.ts";
import { described, duration } from "../sharedFields.ts";

const schema = z.strictObject({
  maxSurge: described(
    share().optional(),
    "Pods above the wanted number during an update; default: 1",
    "更新时可多出的副本，默认 1",
  ),
  maxUnavailable: described(
    share().optional(),
    "Pods below the wanted number during an update; default: 0",
    "更新时可缺少的副本，默认 0",
  ),
  partition: described(
    z.int().min(0).optional(),
    "For a store: only replicas with this ordinal or a higher one get the new version",
    "仅 store：序号不小于该值的副本才更新",
  ),
  deadline: described(
    duration().optional(),
    "Time without progress after which the rollout has failed; default: the component's timeout",
    "无进展多久判定失败，默认为组件超时时间",
  ),
  minReady: described(
    duration().optional(),
    "How long a new pod must be ready before it counts",
    "新副本就绪多久才算可用",
  ),
  pause: described(
    z.boolean().optional(),
    "Changes are stored but no pod is replaced until this is removed; the run does not wait",
    "保存变更但暂不替换副本，去掉后继续；运行不会等待",
  ),
});
type Rollout = z.output<typeof schema>;

type Field = keyof Rollout;
const COMMON: readonly Field[] = ["maxSurge", "maxUnavailable", "minReady"];
const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  webservice: [...COMMON, "deadline", "pause"],
  worker: [...COMMON, "deadline", "pause"],
  daemon: COMMON,
  store: ["partition", "minReady"],
};

export const rollout = defineTrait({
  name: "rollout",
  summary: { en: "How a new version replaces the old one", zh: "新版本如何替换旧版本" },
  schema,
  examples: [
    {
      title: { en: "A quarter at a time", zh: "每次四分之一" },
      value: { maxSurge: "25%", maxUnavailable: 0, minReady: "5s", deadline: "5m" },
    },
    { title: { en: "Pause", zh: "暂停" }, value: { pause: true } },
  ],
  appliesTo: Object.keys(FIELDS),
  check: (data, target) => [...unknownFields(data, target), ...checkShares(data, target), ...saidTwice(data, target)],
  render: (data, target) => ({ controller: controllerFields(data, target.type) }),
});

function unknownFields(data: Rollout, target: TraitTarget): readonly Problem[] {
  const known = FIELDS[target.type] ?? COMMON;
  const given = Object.keys(schema.shape) as Field[]; // the keys of the schema are the fields
  return given
    .filter((field) => data[field] !== undefined && !known.includes(field))
    .map((field) => {
      const text = {
        en: "a {type} has no {field}; it takes {known}",
        zh: "{type} 不支持 {field}；可用：{known}",
      };
      return brokenRule([field], text, { type: target.type, field, known: known.join(", ") });
    });
}

function checkShares({ maxSurge, maxUnavailable }: Rollout, { type }: TraitTarget): readonly Problem[] {
  if (maxSurge === undefined && maxUnavailable === undefined) return [];
  if (type === "daemon" && !isNothing(maxSurge ?? 0) && !isNothing(maxUnavailable ?? 0)) return [notBoth()];
  if (!isNothing(maxSurge ?? 1) || !isNothing(maxUnavailable ?? 0)) return [];
  const text = { en: "maxSurge and maxUnavailable cannot both be 0", zh: "maxSurge 与 maxUnavailable 不能同时为 0" };
  return [brokenRule([], text)];
}

function notBoth(): Problem {
  return brokenRule([], {
    en: "a daemon has either maxSurge or maxUnavailable",
    zh: "daemon 的 maxSurge 与 maxUnavailable 只能二选一",
  });
}

function saidTwice({ maxSurge, maxUnavailable }: Rollout, target: TraitTarget): readonly Problem[] {
  if (dig(target.properties, "update") === undefined) return [];
  if (maxSurge === undefined && maxUnavailable === undefined) return [];
  const text = {
    en: "the component's own `update` also says how pods are replaced: keep one of the two",
    zh: "组件的 update 也设置了更新方式，请只保留一处",
  };
  return [brokenRule([], text)];
}

function controllerFields(data: Rollout, type: string): JsonObject {
  const { maxSurge, maxUnavailable, partition } = data;
  const rolling = maxSurge === undefined && maxUnavailable === undefined;
  const shares =
    type === "daemon"
      ? // A DaemonSet allows only one of them to be more than 0.
        { maxSurge: maxSurge ?? 0, maxUnavailable: maxUnavailable ?? (isNothing(maxSurge ?? 0) ? 1 : 0) }
      : { maxSurge: maxSurge ?? 1, maxUnavailable: maxUnavailable ?? 0 };
  const update = rolling ? undefined : { type: "RollingUpdate", rollingUpdate: shares };
  return onlyGiven({
    strategy: type === "daemon" ? undefined : update,
    updateStrategy:
      partition === undefined
        ? type === "daemon"
          ? update
          : undefined
        : { type: "RollingUpdate", rollingUpdate: { partition } },
    progressDeadlineSeconds: seconds(data.deadline),
    minReadySeconds: seconds(data.minReady),
    // Also written out when it is false, so that a Deployment that was paused by hand resumes when the document says
    // so.
    paused: data.pause,
  });
}

function seconds(text: string | number | undefined): number | undefined {
  return text === undefined ? undefined : Math.max(1, Math.ceil((parseDuration(text) ?? 0) / 1000));
}
