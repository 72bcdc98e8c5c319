// The live stream of events: they are read from the store in batches, as fast as the client takes them, and a commit
// starts the next read.
// The stream starts after Last-Event-ID or `after`. Without them, the stream of a run starts at its first event, and
// any other stream starts now.
// The stream of a run ends after the run's end. A client that has seen events that do not exist (the store was restored
// from an older state) first gets an event of type resync: what it knows belongs to another history.
import type { z } from "zod";
import type { EventView } from "../../api/views.ts";
import { knownRun } from "../../engine/steering/cancel.ts";
import type { PlatformEvent } from "../../model/run/event.ts";
import { createNews } from "../../ports/news.ts";
import {
  type Frozen,
  given,
  type Implementations,
  type RouteContext,
  type ServerStreamItem,
} from "../shared/contract.ts";
import { eventView } from "../views/event.ts";

const BATCH = 100;

interface Following {
  readonly filter: { readonly project: string; readonly application?: string; readonly run?: string };
  readonly after: number;
  /** Whether the run had ended at the start, so that all its events are stored. */
  readonly complete: boolean;
  /** Whether the client has seen a newer event than the store has. */
  readonly ahead: boolean;
}

export const events = {
  streamEvents: async ({ params, query, headers }, context) => {
    const { dependencies } = context;
    const { application, run } = query;
    const complete = run !== undefined && (await knownRun(dependencies, params.project, run)).phase !== "running";
    const latest = await dependencies.store.events.latest();
    const asked = headers["last-event-id"] ?? query.after ?? (run === undefined ? latest : 0);
    const filter = given({ project: params.project, application, run });
    const following = { filter, after: Math.min(asked, latest), complete, ahead: asked > latest };
    return { kind: "stream", items: follow(following, context) };
  },
} satisfies Partial<Implementations>;

async function* follow(
  { filter, after, complete, ahead }: Following,
  { dependencies, language, signal }: RouteContext,
): AsyncIterable<ServerStreamItem<Frozen<z.output<typeof EventView>>>> {
  const commits = createNews((notify) => dependencies.store.events.subscribe(notify));
  let sequence = after;
  try {
    if (ahead) yield resync(filter, after, dependencies.clock.now());
    while (!signal.aborted) {
      const seen = commits.count();
      const batch = await dependencies.store.events.after(filter, sequence, BATCH);
      for (const event of batch) {
        sequence = event.sequence;
        yield { id: sequence, event: event.type, data: eventView(event, language) };
        if (endsRun(event, filter.run)) return;
      }
      if (batch.length === BATCH) continue;
      if (complete) return;
      await commits.after(seen, { signal });
    }
  } finally {
    commits.close();
  }
}

function endsRun(event: PlatformEvent, run: string | undefined): boolean {
  return run !== undefined && event.type === "run.finished";
}

function resync(
  { application = "", run = null }: { readonly application?: string; readonly run?: string | null },
  sequence: number,
  now: Date,
): ServerStreamItem<Frozen<z.output<typeof EventView>>> {
  const data = { sequence, at: now.toISOString(), type: "resync", application, run, data: {} };
  return { id: sequence, event: "resync", data };
}
