// What people and workers send to a job, as the job reads it: everything from the beginning, then each as it comes.
// Kept in the store before anybody is woken, so a job that is taken up again after a crash reads the same.
import type { JobMessage } from "../../catalog/job.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import type { Attempt } from "./attempt.ts";

/** `parks`: between messages the job can be left. */
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

/** Waits for news, and lets the driver know that the job only waits. */
async function nextAsQuiet({ messageNews, wait }: Attempt, seen: number, signal: AbortSignal): Promise<void> {
  if (messageNews.count() > seen || signal.aborted) return;
  const stir = wait(null);
  // At the same moment as the news or the abort, not a turn later: the driver must not let go of the run before the job has looked.
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
