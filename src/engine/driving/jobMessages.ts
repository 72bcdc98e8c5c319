// The messages that people and workers send to a job, as the job reads them: all from the beginning, then each new one.
// A message is stored before the run is woken, so a job that is resumed after a crash reads the same messages.
import type { JobMessage } from "../../catalog/job.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { Attempt } from "./attempt.ts";

/** `parks`: the run may be parked while the job waits for the next message. */
export async function* messagesOf(
  { store }: Dependencies<"store">,
  attempt: Attempt,
  { signal, parks }: { readonly signal: AbortSignal; readonly parks: boolean },
): AsyncIterable<JobMessage> {
  let read = 0;
  while (!signal.aborted) {
    const seen = attempt.messageNews.count();
    for (const message of await store.messages.after(attempt.run.id, attempt.job.name, read)) {
      read = message.sequence;
      const { sequence, kind, attempt: meant, data, actor, at } = message;
      yield { sequence, kind, attempt: meant, data, actor, at };
      if (signal.aborted) return;
    }
    if (parks) await nextAsQuiet(attempt, seen, signal);
    else await attempt.messageNews.after(seen, { signal });
  }
}

/** Waits for news, and marks the job meanwhile as one that only waits, so that the run may be parked. */
async function nextAsQuiet({ messageNews, wait }: Attempt, seen: number, signal: AbortSignal): Promise<void> {
  if (messageNews.count() > seen || signal.aborted) return;
  const stir = wait(null);
  // The mark is removed in the same turn of the event loop as the news or the abort. Otherwise the run could be parked
  // before the job has read its message.
  const leave = messageNews.subscribe(stir);
  signal.addEventListener("abort", stir, { once: true });
  try {
    await messageNews.after(seen, { signal });
  } finally {
    stir();
    leave();
    signal.removeEventListener("abort", stir);
  }
}
