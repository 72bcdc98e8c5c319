// Reads the messages that a worker or a pod sent about an attempt, one by one, with a limit on the time without a
// message. Messages of other attempts are skipped.
import type { JobMessage, JobRun } from "../../catalog/job.ts";

export interface AttemptMessages {
  /**
   * The next message. `silence` is the longest wait in milliseconds; 0 means no limit. "silence": no message arrived in
   * that time. "over": the signal of the attempt aborted.
   */
  next(silence: number): Promise<JobMessage | "silence" | "over">;
}

export function messagesOfAttempt(job: JobRun<unknown>): AttemptMessages {
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
