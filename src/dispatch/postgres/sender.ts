// Puts entries into the queue, with one statement for all that come at the same time. Entries that could not be written
// are tried again, as long as this process lives. If it ends before, `ensure` finds the missing entries.
import type { Duty, DutyTerms } from "../../ports/dispatch.ts";
import type { Log } from "../../ports/log.ts";
import type { Entries } from "./entries.ts";

interface Sender {
  /** Resolves once the entry is in the queue, or once the first try has failed. */
  send(duty: Duty, terms: DutyTerms): Promise<void>;
  /** Tries one last time to write the entries that are left. */
  stop(): Promise<void>;
}

const RETRY_MILLISECONDS = 1_000;
const MOST = 500;

export function createSender(entries: Entries, log: Log): Sender {
  const waiting = new Map<Duty, DutyTerms>();
  let sending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function sendAll(): Promise<void> {
    // Entries that are sent in the same turn of the event loop join this batch.
    await Promise.resolve();
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, MOST).map(([duty, terms]) => ({ duty, terms }));
      for (const { duty } of batch) waiting.delete(duty);
      try {
        await entries.notify(await entries.put(batch));
      } catch (error) {
        log.write("warn", "the queue cannot be written; it is tried again", {
          count: batch.length,
          error: String(error),
        });
        for (const { duty, terms } of batch) if (!waiting.has(duty)) waiting.set(duty, terms);
        timer ??= setTimeout(retry, RETRY_MILLISECONDS).unref();
        return;
      }
    }
  }

  function retry(): void {
    timer = undefined;
    void begin();
  }

  function begin(): Promise<void> {
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  return {
    async send(duty, terms) {
      waiting.set(duty, terms);
      // A batch that was already being written does not contain this entry.
      await begin();
      if (waiting.has(duty) && timer === undefined) await begin();
    },
    async stop() {
      clearTimeout(timer);
      await begin();
      clearTimeout(timer);
    },
  };
}
