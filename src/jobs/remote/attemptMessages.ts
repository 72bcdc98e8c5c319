// What was told of an attempt from outside, one thing at a time, with a limit on silence. The messages of other attempts are passed over.
import type { JobMessage, JobRun } from "../../catalog/job.ts";

export interface Told {
  /** "silence": nothing came for so many milliseconds (0: never ends by silence). "over": the attempt's signal aborted. */
  next(silence: number): Promise<JobMessage | "silence" | "over">;
}

export function listenTo(job: JobRun<unknown>): Told {
  const iterator = job.messages()[Symbol.asyncIterator]();
  let coming: Promise<IteratorResult<JobMessage>> | undefined;
  return {
    async next(silence) {
      for (;;) {
        coming ??= iterator.next();
        const result = await within(job, coming, silence);
        if (result === "silence") return "silence";
        coming = undefined;
        if (result.done === true) return "over";
        const { attempt } = result.value;
        if (attempt === null || attempt === job.attempt) return result.value;
      }
    },
  };
}

async function within<T>(job: JobRun<unknown>, coming: Promise<T>, silence: number): Promise<T | "silence"> {
  if (silence === 0) return coming;
  const timer = new AbortController();
  try {
    const quiet = job.clock.sleep(silence, timer.signal).then(() => "silence" as const);
    return await Promise.race([coming, quiet]);
  } finally {
    timer.abort();
  }
}
