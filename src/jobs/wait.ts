// The job type `wait`: it waits for a duration, or until a point in time. The end is stored first, so that a server
// that starts again does not count from the beginning.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import { type JobRun, STOPPED } from "../catalog/job.ts";
import { described, duration } from "../catalog/sharedFields.ts";
import { parseDuration } from "../model/document/duration.ts";
import { reason } from "../model/reasons/reason.ts";

const waitInput = z.union([
  z.strictObject({ for: described(duration(), "Duration of the wait, e.g. 5m", "等待时长，如 5m") }),
  z.strictObject({
    until: described(
      z.iso.datetime({ offset: true }),
      "End of the wait, e.g. 2026-01-31T08:00:00Z",
      "等待的结束时间，如 2026-01-31T08:00:00Z",
    ),
  }),
]);
type WaitRun = JobRun<z.output<typeof waitInput>>;

export const wait = defineJob({
  name: "wait",
  summary: { en: "Waits for a duration, or until a point in time", zh: "等待一段时间，或等到某一时刻" },
  input: waitInput,
  output: z.strictObject({ until: z.string() }),
  step: {
    examples: [
      { title: { en: "Five minutes", zh: "五分钟" }, value: { for: "5m" } },
      { title: { en: "Until the morning", zh: "等到早上" }, value: { until: "2026-01-31T08:00:00+08:00" } },
    ],
  },
  timeout: 366 * 24 * 60 * 60_000,
  parks: true,
  async run(job) {
    const until = await endOf(job);
    const at = until.toISOString();
    job.report(reason("WaitingUntil", { at }));
    job.park(until);
    for (let left = leftOf(job, until); left > 0 && !job.signal.aborted; left = leftOf(job, until))
      await job.clock.sleep(Math.min(left, LONGEST_SLEEP), job.signal);
    if (job.signal.aborted) return STOPPED;
    return { phase: "succeeded", reason: reason("Completed"), output: { until: at } };
  },
});

/** Timers of Node take at most 2^31 - 1 milliseconds, so a long wait sleeps several times. */
const LONGEST_SLEEP = 24 * 60 * 60_000;

function leftOf(job: WaitRun, until: Date): number {
  return until.getTime() - job.clock.now().getTime();
}

async function endOf(job: WaitRun): Promise<Date> {
  if ("until" in job.input) return new Date(job.input.until);
  const key = `wait/${job.run}/${job.job}`;
  const known = (await job.completions.get(key))?.["until"];
  if (typeof known === "string") return new Date(known);
  const until = new Date(job.clock.now().getTime() + (parseDuration(job.input.for) ?? 0));
  await job.completions.put(key, { until: until.toISOString() });
  return until;
}
