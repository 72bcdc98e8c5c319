// A client that reads the event stream of one server, and continues after the last event when the connection ends.
import type { AnswerOf, Client } from "../../src/api/client.ts";
import { PROJECT } from "./load.ts";

export type Event = AnswerOf<"streamEvents">;

export interface Watcher {
  readonly seen: readonly Event[];
  /** Resolves with the events seen so far when the event with that number has arrived. */
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
        // The connection ended. The next try continues after the last event.
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
