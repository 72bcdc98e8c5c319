// Follows the events of a run until it has ended. If the stream breaks or the server restarts, the run is fetched again
// and the stream continues after the last event that was seen. There is no polling while events arrive.
import { ApiError, type Client, type StreamItem, UnreachableError } from "../../api/client.ts";
import { dig } from "../../model/data/json.ts";
import type { CommandContext } from "../grammar/command.ts";
import { applyEvent, type RunEvent } from "./progress/applyEvent.ts";
import type { ApiRun, ProgressRenderer } from "./progress/progress.ts";

interface RunWatch {
  readonly context: CommandContext;
  readonly client: Client;
  readonly progress: ProgressRenderer;
  /** Aborting it stops watching; the run continues. */
  readonly signal: AbortSignal;
}

/**
 * A stream that is silent for this long is opened again: the connection may be dead (a laptop that slept, a proxy).
 * Milliseconds.
 */
const QUIET = 30_000;
const BACKOFF = { first: 250, most: 2_000 } as const;
/**
 * After this long without an answer from the server, watching fails, so that a pipeline does not hang. Milliseconds.
 */
const GIVE_UP = 300_000;

/** Watches a run. Returns the run as it was last seen; it has ended, unless the signal was aborted. */
export async function watchRun(watch: RunWatch, start: ApiRun): Promise<ApiRun> {
  const { context, progress, signal } = watch;
  let run = start;
  const link = createLink(watch);
  progress.show(run, context.terminal.now().toISOString());
  const cursor = { sequence: run.lastEvent };
  while (run.phase === "running" && !signal.aborted) {
    const ended = await readEvents(watch, run, cursor).catch((error: unknown) => ({ error }));
    if (signal.aborted) break;
    if (ended !== "ask") await link.lost(ended === "broken" ? undefined : ended.error);
    const asked = await askAnew(watch, run.id, link);
    if (asked === undefined) break;
    run = asked;
    progress.show(run, context.terminal.now().toISOString());
  }
  return run;
}

/** Fetches the run, with retries; `undefined` if the signal was aborted in the meantime. */
async function askAnew({ context, client, signal }: RunWatch, run: string, link: Link): Promise<ApiRun | undefined> {
  while (!signal.aborted) {
    try {
      const found = await client.call("getRun", { params: { project: context.globals.project, run } });
      link.found();
      return found;
    } catch (error) {
      await link.lost(error);
    }
  }
  return undefined;
}

interface Link {
  /**
   * Waits before the next try. `error` is `undefined` if the stream ended without one, which is not reported. Throws
   * errors that a retry cannot fix, and the last error after GIVE_UP.
   */
  lost(error: unknown): Promise<void>;
  found(): void;
}

/** Reports once that the connection is lost and once that it is back. Each wait is longer than the one before. */
function createLink({ context, progress, signal }: RunWatch): Link {
  const { terminal } = context;
  let since: number | undefined;
  let delay: number = BACKOFF.first;
  return {
    async lost(error) {
      if (error !== undefined && !isTransient(error)) throw error;
      const now = terminal.now().getTime();
      if (since === undefined && error !== undefined) {
        since = now;
        progress.notice(
          context.say({
            en: "connection to the server lost, trying again; the run itself continues",
            zh: "与服务器的连接中断，正在重试；运行本身不受影响",
          }),
        );
      }
      if (since !== undefined && now - since > GIVE_UP)
        throw error ?? new Error("the event stream broke again and again");
      await terminal.sleep(delay, signal);
      delay = Math.min(delay * 2, BACKOFF.most);
    },
    found() {
      if (since === undefined) return; // the delay is not reset, so that a server which ends every stream immediately is not called too often
      progress.notice(context.say({ en: "connected again", zh: "已重新连接" }));
      [since, delay] = [undefined, BACKOFF.first];
    },
  };
}

export function isTransient(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429;
  // fetch and its streams throw these when a connection breaks in the middle of an answer.
  return error instanceof TypeError || (error instanceof Error && "code" in error) || dig(error, "cause") !== undefined;
}

type Ended = "broken" | "ask";

/**
 * Applies events until one of two things happens. "ask": the run must be fetched, because it ended or an event did not
 * fit. "broken": the stream ended by itself.
 */
async function readEvents(watch: RunWatch, start: ApiRun, cursor: { sequence: number }): Promise<Ended> {
  const { context, client, progress } = watch;
  const stop = new AbortController();
  const signal = AbortSignal.any([watch.signal, stop.signal]);
  let run = start;
  const events = client.stream(
    "streamEvents",
    {
      params: { project: context.globals.project },
      query: { run: run.id, after: cursor.sequence },
      headers: { "last-event-id": cursor.sequence },
    },
    signal,
  );
  try {
    for await (const { data: event } of untilQuiet(events, watch)) {
      if (event.type === "resync") cursor.sequence = event.sequence;
      if (event.type === "resync") return "ask";
      if (event.sequence <= cursor.sequence) continue;
      cursor.sequence = event.sequence;
      if (event.type === "log") progress.log(String(event.data["job"]), String(event.data["text"]), event.at);
      if (event.sequence <= run.lastEvent) continue; // the run that was fetched already includes this event
      const next = applyEvent(run, event, context.language);
      if (next === null) return "ask";
      if (next !== run) progress.show(next, event.at);
      run = next;
    }
    return "broken";
  } finally {
    stop.abort();
  }
}

/** The items of a stream, until it ends or was silent for QUIET. */
async function* untilQuiet(
  events: AsyncIterable<StreamItem<RunEvent>>,
  { context, signal }: RunWatch,
): AsyncIterable<StreamItem<RunEvent>> {
  const iterator = events[Symbol.asyncIterator]();
  for (;;) {
    const timer = new AbortController();
    const quiet = context.terminal.sleep(QUIET, AbortSignal.any([signal, timer.signal])).then(() => null);
    const next = iterator.next();
    try {
      const item = await Promise.race([next, quiet]);
      if (item === null) next.catch(() => undefined); // the reader aborts the stream, which rejects this promise
      if (item === null || item.done === true) return;
      yield item.value;
    } finally {
      timer.abort();
    }
  }
}
