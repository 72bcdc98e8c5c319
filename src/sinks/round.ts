// One round of a sink: reads the events that are due, delivers them key by key, several keys at a time, and returns the
// result of each key. It writes nothing to the store; courier.ts stores the result.

import { BREAKER_FAILURES } from "../model/reasons/sinkFailure.ts";
import type { PlatformEvent } from "../model/run/event.ts";
import type { BlockedKey, SinkFilter, StoredSink } from "../ports/sinks.ts";
import type { Events } from "../ports/store.ts";
import { orderKey } from "./payload.ts";
import { type Delivered, isOpen, type Parcel } from "./roundOutcome.ts";
import type { Patience, SinkTransport } from "./transport.ts";

const EVENTS = 100;
const BLOCKED_KEYS = 20;
const AT_ONCE = 8;

interface Due {
  readonly parcels: readonly Parcel[];
  readonly position: number;
}

/**
 * The parcels that are due now. With an open breaker it is at most one, which shows whether the receiver works again.
 */
export async function readDue(stored: StoredSink, events: Pick<Events, "after">, now: Date): Promise<Due> {
  const { state, blocked } = stored;
  const probing = isOpen(state);
  const due = blocked.filter((one) => !one.dead && Date.parse(one.retryAt) <= now.getTime());
  const again: Parcel[] = [];
  for (const one of due.slice(0, probing ? 1 : BLOCKED_KEYS)) again.push(await blockedParcel(stored, one, events));
  if (probing && again.length > 0) return { parcels: again, position: state.position };
  const batch = await events.after({ project: stored.sink.project }, state.position, probing ? 1 : EVENTS);
  const waiting = new Set(blocked.map(orderKey));
  const wanted = batch.filter((event) => passes(event, stored.sink.filter) && !waiting.has(orderKey(event)));
  return { parcels: [...again, ...newParcels(wanted)], position: batch.at(-1)?.sequence ?? state.position };
}

function newParcels(events: readonly PlatformEvent[]): readonly Parcel[] {
  return [...Map.groupBy(events, orderKey).values()].map((own) => {
    const { application = null, run = null } = own[0] ?? {};
    return { key: { application, run }, events: own, blocked: undefined, rest: null };
  });
}

/**
 * Events of a held key, up to the sink's position. Later events come with the next batch, once the key has caught up.
 */
async function blockedParcel(
  { sink, state }: StoredSink,
  blocked: BlockedKey,
  events: Pick<Events, "after">,
): Promise<Parcel> {
  const { application, run, sequence } = blocked;
  const filter = { project: sink.project, ...(run === null ? { application } : { run }) };
  const rows = await events.after(filter, sequence - 1, EVENTS);
  const known = rows.filter((event) => event.sequence <= state.position);
  const own = known.filter((event) => event.run === run && passes(event, sink.filter));
  const last = known.at(-1);
  const rest = known.length === EVENTS && last !== undefined ? last.sequence + 1 : null;
  return { key: { application, run }, events: own, blocked, rest };
}

function passes(event: PlatformEvent, filter: SinkFilter): boolean {
  if (filter.application !== null && event.application !== filter.application) return false;
  return filter.events.length === 0 || filter.events.includes(event.type);
}

/** After BREAKER_FAILURES failures in a row no further call is started; the other parcels are returned as not tried. */
export async function deliverDue(
  { parcels }: Due,
  transport: SinkTransport,
  { failures, patience }: { readonly failures: number; readonly patience: Patience },
): Promise<readonly Delivered[]> {
  const delivered: Delivered[] = [];
  const queue = parcels.values();
  // Even an open breaker allows one attempt.
  let inARow = Math.min(failures, BREAKER_FAILURES - 1);
  const more = (): boolean => inARow < BREAKER_FAILURES && patience.more();
  const worker = async (): Promise<void> => {
    for (const parcel of queue) {
      const result = await transport.deliver(parcel.events, { signal: patience.signal, more });
      if (result.taken > 0) inARow = 0;
      if (result.failure !== null) inARow += 1;
      delivered.push({ parcel, ...result });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, parcels.length) }, worker));
  return delivered;
}
