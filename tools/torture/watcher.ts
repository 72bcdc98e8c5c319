// Watches all events through one server, and reconnects with the number of the last event whenever the connection ends.
import type { AnswerOf, Client } from "../../src/api/client.ts";
import { PROJECT } from "./load.ts";

export type Event = AnswerOf<"streamEvents">;

export interface Watcher {
  readonly seen: readonly Event[];
  /** Resolves with all events up to this sequence number. */
  until(sequence: number): Promise<readonly Event[]>;
  stop(): void;
}

export function watch(client: () => Client, pause: (milliseconds: number) => Promise<void>): Watcher {
  const seen: Event[] = [];
  const stopping = new AbortController();
  const waiting = new Set<() => void>();
  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const query = { after: seen.at(-1)?.sequence ?? 0 };
        const call = { params: { project: PROJECT }, query };
        for await (const { data } of client().stream("streamEvents", call, stopping.signal)) {
          seen.push(data);
          for (const look of waiting) look();
        }
      } catch {
        // The server is gone. The next attempt continues after the last event.
      }
      await pause(250);
    }
  };
  void follow();
  return {
    seen,
    until: (sequence) =>
      new Promise((resolve) => {
        const look = (): void => {
          if ((seen.at(-1)?.sequence ?? 0) < sequence) return;
          waiting.delete(look);
          resolve(seen);
        };
        waiting.add(look);
        look();
      }),
    stop: () => stopping.abort(),
  };
}
