// The component type `cron`: a program that runs at given times. It renders a CronJob, whose runs are Jobs like those
// of a `task`. The deploy is done as soon as the CronJob exists and does not wait for a first run. A failed run shows
// in the component's health.
import { z } from "zod";
import { dig, type JsonObject } from "../../model/data/json.ts";
import { parseDuration } from "../../model/document/duration.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { brokenRule, problem } from "../../model/problems/problem.ts";
import { defineComponent, type Workload } from "../define.ts";
import { onlyGiven } from "../parts/objects/onlyGiven.ts";
import { imageField, podOf, programFields, programReferences } from "../parts/pod/program.ts";
import { isTimeZone, scheduleFault } from "../parts/pod/schedule.ts";
import { described, duration } from "../sharedFields.ts";

const CONCURRENCY = { allow: "Allow", forbid: "Forbid", replace: "Replace" } as const;
const history = () => z.int().min(0).max(100);

const schema = z.strictObject({
  image: imageField,
  ...programFields,
  schedule: described(
    z.string(),
    'When it runs: minute hour day month weekday, e.g. "30 3 * * *", or @daily',
    "执行计划：分 时 日 月 星期，如 “30 3 * * *”，或 @daily",
  ),
  timeZone: described(
    z.string().optional(),
    "Time zone of the schedule, e.g. Asia/Shanghai; default: the time zone of the cluster's controller, usually UTC",
    "计划所用时区，如 Asia/Shanghai；默认为集群控制器的时区，通常是 UTC",
  ),
  suspend: described(z.boolean().default(false), "No new run starts while this is true", "为 true 时不再启动新的执行"),
  concurrency: described(
    z.enum(["allow", "forbid", "replace"]).default("forbid"),
    "What happens when a run is due before the previous one has ended. forbid: the new run is skipped; replace: the previous run is stopped; allow: both run",
    "到点而上次尚未结束时：forbid 跳过本次；replace 终止上次；allow 并行执行",
  ),
  startingDeadline: described(
    duration().optional(),
    "A run that could not start within this time after it was due is skipped; at least 10s",
    "到点后超过该时长仍未启动则跳过本次；至少 10s",
  ),
  timeLimit: described(duration().optional(), "How long one run may take", "单次执行的时限"),
  retries: described(
    z.int().min(0).max(20).default(0),
    "How many new pods one run may start after failures",
    "单次执行内失败后的重试次数",
  ),
  keepSucceeded: described(history().default(3), "How many succeeded runs are kept", "保留的成功执行数"),
  keepFailed: described(history().default(1), "How many failed runs are kept", "保留的失败执行数"),
});
type Properties = z.output<typeof schema>;

export const cron = defineComponent({
  name: "cron",
  summary: { en: "Runs a program at given times", zh: "定时运行的程序" },
  schema,
  examples: [
    {
      title: { en: "Every night, Shanghai time", zh: "每晚执行（上海时间）" },
      value: {
        image: "ghcr.io/example/api:1.4.2",
        command: ["./cleanup"],
        schedule: "30 3 * * *",
        timeZone: "Asia/Shanghai",
        timeLimit: "30m",
      },
    },
    {
      title: { en: "Every ten minutes, one at a time", zh: "每十分钟一次，互不重叠" },
      value: { image: "busybox:1.36", command: ["date"], schedule: "*/10 * * * *", startingDeadline: "2m" },
    },
  ],
  job: "deploy",
  references: programReferences,
  check({ schedule, timeZone, startingDeadline, timeLimit }) {
    const fault = scheduleFault(schedule);
    return [
      ...(fault === undefined ? [] : [{ ...problem("Schedule", ["schedule"], { value: schedule }), inner: fault }]),
      ...(timeZone === undefined || isTimeZone(timeZone) ? [] : [unknownZone(timeZone)]),
      // The controller checks every ten seconds: with a shorter deadline it would skip runs for no reason.
      ...tooShort("startingDeadline", startingDeadline, 10_000),
      ...tooShort("timeLimit", timeLimit, 1_000),
    ];
  },
  render: (properties, context) => ({
    pod: { ...podOf(context.component, properties), restartPolicy: "Never" },
    controller: cronJob(context.component, properties),
    objects: [],
  }),
});

function unknownZone(value: string) {
  const zones = Intl.supportedValuesOf("timeZone");
  const meant = nearest(value.replaceAll(" ", "_"), zones);
  const text = {
    en: "{value} is not a time zone of the IANA database, such as UTC or Asia/Shanghai",
    zh: "{value} 不是 IANA 时区，如 UTC、Asia/Shanghai",
  };
  return brokenRule(["timeZone"], text, { value }, meant);
}

function tooShort(field: string, value: string | number | undefined, least: number) {
  if (value === undefined || (parseDuration(value) ?? 0) >= least) return [];
  return [problem("OutOfRange", [field], { value, bound: `≥ ${least / 1000}s` })];
}

function seconds(value: string | number | undefined): number | undefined {
  return value === undefined ? undefined : Math.ceil((parseDuration(value) ?? 0) / 1000);
}

/** The Jobs carry the labels of their pods, because only objects with these labels are watched. */
function cronJob(name: string, properties: Properties): NonNullable<Workload["controller"]> {
  return ({ template }) => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name },
    spec: onlyGiven({
      schedule: properties.schedule.trim(),
      timeZone: properties.timeZone,
      suspend: properties.suspend,
      concurrencyPolicy: CONCURRENCY[properties.concurrency],
      startingDeadlineSeconds: seconds(properties.startingDeadline),
      successfulJobsHistoryLimit: properties.keepSucceeded,
      failedJobsHistoryLimit: properties.keepFailed,
      jobTemplate: {
        metadata: { labels: labelsOf(template) },
        spec: onlyGiven({
          backoffLimit: properties.retries,
          activeDeadlineSeconds: seconds(properties.timeLimit),
          podFailurePolicy: {
            rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
          },
          template,
        }),
      },
    }),
  });
}

function labelsOf(template: JsonObject): JsonObject {
  return (dig(template, "metadata", "labels") ?? {}) as JsonObject; // set by podTemplate in plan/render/renderLabels.ts
}
