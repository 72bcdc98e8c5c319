// Delivers the events of one sink, as long as this process holds the sink's lease. After a crash between a delivery and
// the update of the sink's position, the same events are sent again, with the same ids. No event is left out, and the
// events of a run keep their order.
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { createNews, type News } from "../ports/news.ts";
import type { BlockedKey, StoredSink } from "../ports/sinks.ts";
import type { Store } from "../ports/store.ts";
import { deliverDue, readDue } from "./round.ts";
import { isOpen, settleRound } from "./roundOutcome.ts";
import type { SinkTransport } from "./transport.ts";

interface CourierParts {
  readonly store: Pick<Store, "sinks" | "events">;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Identifies this process among the processes that share the store. */
  readonly owner: string;
  readonly transportFor: (stored: StoredSink) => SinkTransport;
}

export interface Courier {
  /** Reports that the sink was changed, so that the courier reads it again. */
  changed(): void;
  stop(): Promise<void>;
}

/**
 * A round starts no call after ROUND_MILLISECONDS, and no call takes longer than ten seconds, so a round ends well
 * before the lease.
 */
const ROUND_MILLISECONDS = 20_000;
const LEASE_MILLISECONDS = 90_000;
const RENEW_MILLISECONDS = 30_000;
const PAUSE_AFTER_ERROR = 5_000;
/** A call in progress gets this time when the server stops: an interrupted call would be repeated at the next start. */
const GRACE_MILLISECONDS = 3_000;

interface LeasedSink {
  stored: StoredSink;
  readonly at: number;
}

export function startCourier(id: string, parts: CourierParts): Courier {
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const news = createNews((notify) => parts.store.events.subscribe(notify));
  const life = { renew: false };
  const done = deliverUntilStopped(id, parts, { signal: stopping.signal, giveUp: givingUp.signal, news, life }).finally(
    () => news.close(),
  );
  return {
    changed: () => {
      life.renew = true;
      news.notify();
    },
    stop: () => {
      stopping.abort();
      const grace = setTimeout(() => givingUp.abort(), GRACE_MILLISECONDS);
      return done.finally(() => clearTimeout(grace));
    },
  };
}

interface Life {
  readonly signal: AbortSignal;
  readonly giveUp: AbortSignal;
  /** Commits of events and changes of the sink. */
  readonly news: News;
  readonly life: { renew: boolean };
}

async function deliverUntilStopped(
  id: string,
  parts: CourierParts,
  { signal, giveUp, news, life }: Life,
): Promise<void> {
  let leased: LeasedSink | null = null;
  let transport: SinkTransport | undefined;
  while (!signal.aborted) {
    const seen = news.count();
    try {
      if (leased === null || life.renew || parts.clock.now().getTime() - leased.at >= RENEW_MILLISECONDS) {
        life.renew = false;
        leased = await takeLease(id, parts);
      }
      if (leased === null) {
        // Another process delivers. The courier sleeps a fixed time, because every commit would end a wait for news.
        await parts.clock.sleep(RENEW_MILLISECONDS, signal);
        continue;
      }
      transport ??= parts.transportFor(leased.stored);
      const wait = await oneRound(leased, transport, { ...parts, signal, giveUp });
      if (wait === null) leased = null;
      else if (wait > 0) await news.after(seen, { signal, limit: { clock: parts.clock, milliseconds: wait } });
    } catch (error) {
      // Most likely the store did not answer. No event is lost, because the position has not changed.
      leased = null;
      if (!signal.aborted)
        parts.log.write("error", "a round of a sink failed; it is tried again", { sink: id, error: String(error) });
      await parts.clock.sleep(PAUSE_AFTER_ERROR, signal);
    }
  }
  await transport?.close();
  await parts.store.sinks.yield(id, parts.owner).catch(() => undefined);
}

async function takeLease(id: string, { store, clock, owner }: CourierParts): Promise<LeasedSink | null> {
  const now = clock.now();
  const until = new Date(now.getTime() + LEASE_MILLISECONDS).toISOString();
  const stored = await store.sinks.lease(id, { owner, now: now.toISOString(), until });
  return stored === null ? null : { stored, at: now.getTime() };
}

/**
 * Milliseconds until the next round if no event comes before; 0 for an immediate round; `null` when the lease was lost.
 */
async function oneRound(
  leased: LeasedSink,
  transport: SinkTransport,
  { store, clock, random, owner, signal, giveUp, log }: CourierParts & Pick<Life, "signal" | "giveUp">,
): Promise<number | null> {
  const { stored } = leased;
  const begunAt = clock.now();
  const pause = pauseOf(stored, begunAt.getTime());
  if (pause > 0) return pause;
  const due = await readDue(stored, store.events, begunAt);
  if (due.parcels.length === 0 && due.position === stored.state.position) return idleTime(stored, begunAt.getTime());
  const more = (): boolean => !signal.aborted && clock.now().getTime() - begunAt.getTime() < ROUND_MILLISECONDS;
  const delivered = await deliverDue(due, transport, {
    failures: stored.state.failures,
    patience: { signal: giveUp, more },
  });
  const now = clock.now();
  const settled = settleRound(stored, { delivered, position: due.position, now, random });
  if (!(await store.sinks.progress({ sink: stored.sink.id, owner, ...settled }))) return null;
  logStateChange(log, stored, settled.state);
  const changed = new Set([...settled.release, ...settled.blocked].map(nameOf));
  const blocked = [...stored.blocked.filter((one) => !changed.has(nameOf(one))), ...settled.blocked];
  leased.stored = { sink: stored.sink, state: settled.state, blocked };
  return 0;
}

function pauseOf({ state }: StoredSink, now: number): number {
  if (state.dead) return RENEW_MILLISECONDS;
  return state.retryAt === null ? 0 : Math.max(0, Date.parse(state.retryAt) - now);
}

function idleTime({ blocked }: StoredSink, now: number): number {
  const next = blocked.filter((one) => !one.dead).map((one) => Math.max(1, Date.parse(one.retryAt) - now));
  return Math.min(RENEW_MILLISECONDS, ...next);
}

function nameOf({ application, run }: Pick<BlockedKey, "application" | "run">): string {
  return JSON.stringify([application, run]);
}

function logStateChange(log: Log, { sink, state: before }: StoredSink, after: StoredSink["state"]): void {
  const fields = { sink: sink.id, project: sink.project, failure: after.failure?.code ?? "" };
  if (after.dead && !before.dead)
    log.write("error", "a sink accepted no event for days; it is not tried any more", fields);
  else if (isOpen(after) && !isOpen(before))
    log.write("warn", "a sink accepts no events; it is tried less often", fields);
  else if (!isOpen(after) && isOpen(before)) log.write("info", "a sink accepts events again", fields);
}
