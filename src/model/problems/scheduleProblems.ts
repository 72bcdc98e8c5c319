// Problems of the times of a schedule: of a component of type cron, or of a schedule that starts runs. Rows of the
// table of problems.
import { type Localized } from "../data/text.ts";

export const SCHEDULE_PROBLEMS = {
  ScheduleZone: {
    text: {
      en: "{zone} is not a time zone: write a name like Europe/Berlin, or UTC",
      zh: "{zone} 不是时区：请写 Asia/Shanghai 这样的名称，或 UTC",
    },
  },
  ScheduleZoneInside: {
    text: { en: "the time zone is a field of its own: timeZone", zh: "时区请写在单独的字段 timeZone 中" },
  },
  ScheduleEvery: {
    text: {
      en: "@every has no fixed times: write five fields, e.g. */15 * * * *",
      zh: "@every 没有固定时刻：请写五个字段，例如 */15 * * * *",
    },
  },
  ScheduleFields: {
    text: {
      en: "a schedule has five fields (minute hour day month weekday), this one has {count}",
      zh: "计划应有五个字段（分 时 日 月 星期），此处有 {count} 个",
    },
  },
  ScheduleName: {
    text: {
      en: "{value} is not one of the named schedules: {known}",
      zh: "{value} 不是已知的命名计划：{known}",
    },
  },
  ScheduleMinute: {
    text: {
      en: '"{item}" is not a minute: {range}, ranges (a-b), steps (*/n), lists (a,b)',
      zh: "“{item}”不是合法的分：{range}、范围（a-b）、步长（*/n）、列表（a,b）",
    },
  },
  ScheduleHour: {
    text: {
      en: '"{item}" is not an hour: {range}, ranges (a-b), steps (*/n), lists (a,b)',
      zh: "“{item}”不是合法的时：{range}、范围（a-b）、步长（*/n）、列表（a,b）",
    },
  },
  ScheduleDay: {
    text: {
      en: '"{item}" is not a day of the month: {range}, ranges (a-b), steps (*/n), lists (a,b)',
      zh: "“{item}”不是合法的日：{range}、范围（a-b）、步长（*/n）、列表（a,b）",
    },
  },
  ScheduleMonth: {
    text: {
      en: '"{item}" is not a month: {range}, ranges (a-b), steps (*/n), lists (a,b)',
      zh: "“{item}”不是合法的月：{range}、范围（a-b）、步长（*/n）、列表（a,b）",
    },
  },
  ScheduleWeekday: {
    text: {
      en: '"{item}" is not a day of the week: {range} (Sunday is 0), ranges (a-b), steps (*/n), lists (a,b)',
      zh: "“{item}”不是合法的星期：{range}（星期日为 0）、范围（a-b）、步长（*/n）、列表（a,b）",
    },
  },
  ScheduleNever: {
    text: { en: "it never runs: none of its months has that day", zh: "永远不会执行：这些月份没有这一天" },
  },
} as const satisfies Record<string, { readonly text: Localized }>;
