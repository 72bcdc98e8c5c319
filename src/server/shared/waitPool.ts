// Requests that wait for the end of a run. Their number is limited, so that other requests are always answered. A place
// is taken before the run is started: a caller that finds no place gets an error immediately, and nothing was started.
// One reader per project serves all requests that wait for its runs.
import { PlatformError } from "../../model/errors/errors.ts";
import type { Run } from "../../model/run/run.ts";
import { createNews } from "../../ports/news.ts";
import type { Store } from "../../ports/store.ts";

export interface WaitPool {
  /** Takes a place for the token with the id `caller`. Throws Busy or TooManyWaits. */
  take(caller: string): WaitSlot;
  waiting(): number;
}

interface WaitSlot {
  /** Resolves when the run has ended, after `milliseconds`, when the signal aborts, or when the server stops. */
  untilEnded(run: Pick<Run, "id" | "project">, milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Frees the place. Must be called exactly once. */
  leave(): void;
}

interface WaitOptions {
  readonly slots: number;
  readonly stopping: AbortSignal;
}

type Waiting = Pick<Store, "events" | "runs">;

const RETRY_SECONDS = 5;
const BATCH = 200;

export function createWaitPool(store: Waiting, { slots, stopping }: WaitOptions): WaitPool {
  const callers = new Map<string, number>();
  const perCaller = Math.max(1, Math.ceil(slots / 2));
  const readers = new Map<string, Reader>();
  let taken = 0;
  const readerOf = (project: string): Reader => {
    const known = readers.get(project);
    if (known !== undefined) return known;
    const reader = createReader(store, project, () => readers.delete(project));
    readers.set(project, reader);
    return reader;
  };
  return {
    waiting: () => taken,
    take(caller) {
      const own = callers.get(caller) ?? 0;
      if (own >= perCaller) throw new PlatformError("TooManyWaits", { count: own, seconds: RETRY_SECONDS });
      if (taken >= slots) throw new PlatformError("Busy", { slots, seconds: RETRY_SECONDS });
      taken += 1;
      callers.set(caller, own + 1);
      return {
        untilEnded: (run, milliseconds, signal) => {
          const until = AbortSignal.any([AbortSignal.timeout(milliseconds), signal, stopping]);
          return readerOf(run.project).untilEnded(run.id, until);
        },
        leave: () => {
          taken -= 1;
          const left = (callers.get(caller) ?? 1) - 1;
          if (left === 0) callers.delete(caller);
          else callers.set(caller, left);
        },
      };
    },
  };
}

interface Reader {
  untilEnded(run: string, until: AbortSignal): Promise<void>;
}

/** Reads the events of the project as long as a request waits for one of its runs. */
function createReader(store: Waiting, project: string, onIdle: () => void): Reader {
  const waiters = new Map<string, Set<() => void>>();
  const idle = new AbortController();
  const leave = (run: string, done: () => void): void => {
    const all = waiters.get(run);
    all?.delete(done);
    if (all?.size === 0) waiters.delete(run);
    if (waiters.size > 0 || idle.signal.aborted) return;
    onIdle();
    idle.abort();
  };
  const ended = (run: string): void => {
    for (const done of waiters.get(run) ?? []) done();
  };
  const start = store.events.latest();
  void readEnds(store, project, { start, signal: idle.signal, ended });
  return {
    async untilEnded(run, until) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.set(run, (waiters.get(run) ?? new Set()).add(resolve));
      until.addEventListener("abort", () => resolve(), { once: true });
      try {
        // The run is read after the reader has its starting position: an end before that is seen here, a later one by
        // the reader.
        await start;
        const now = await store.runs.get(run);
        if (!until.aborted && now?.phase === "running") await promise;
      } finally {
        leave(run, resolve);
      }
    },
  };
}

interface Ends {
  readonly start: Promise<number>;
  readonly signal: AbortSignal;
  readonly ended: (run: string) => void;
}

async function readEnds({ events }: Waiting, project: string, { start, signal, ended }: Ends): Promise<void> {
  const commits = createNews((notify) => events.subscribe(notify));
  let sequence = await start.catch(() => 0);
  while (!signal.aborted) {
    const seen = commits.count();
    try {
      const batch = await events.after({ project }, sequence, BATCH);
      for (const event of batch) if (event.type === "run.finished" && event.run !== null) ended(event.run);
      sequence = batch.at(-1)?.sequence ?? sequence;
      if (batch.length === BATCH) continue;
    } catch {
      // The store did not answer. The next commit starts another read; a request that waits in vain gets 202 after its
      // time limit.
    }
    await commits.after(seen, { signal });
  }
  commits.close();
}
