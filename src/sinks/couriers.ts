// Runs the sinks of all projects: one courier (courier.ts) for each sink, from when it is added until it is removed.
// Other folders import only this file.
import { randomUUID } from "node:crypto";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Outgoing } from "../ports/outgoing.ts";
import type { Sink, StoredSink } from "../ports/sinks.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import { type Courier, startCourier } from "./courier.ts";
import { kafkaTransport } from "./kafka.ts";
import type { SinkTransport } from "./transport.ts";
import { unreadableTransport } from "./unreadableSink.ts";
import { webhookTransport } from "./webhook.ts";

interface SinkParts {
  readonly store: Pick<Store, "sinks" | "events" | "setting">;
  readonly vault: Vault;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

export interface RunningSinks {
  /** Resolves when no delivery is in progress. Events that were not delivered are delivered after the next start. */
  stop(): Promise<void>;
}

/** Time between two reads of the list, in milliseconds: sinks that another process added are not always notified. */
const POLL_MILLISECONDS = 20_000;

export async function startSinks(parts: SinkParts): Promise<RunningSinks> {
  const { store, clock, log, random = Math.random } = parts;
  const installation = await store.setting("installation", randomUUID().slice(0, 8));
  const owner = randomUUID();
  const couriers = new Map<string, Courier>();
  const stopping = new AbortController();
  const transportFor = (stored: StoredSink): SinkTransport => transportOf(stored.sink, parts, installation);

  const syncCouriers = async (): Promise<void> => {
    const ids = new Set((await store.sinks.list()).map(({ sink }) => sink.id));
    for (const id of ids)
      if (!couriers.has(id) && !stopping.signal.aborted)
        couriers.set(id, startCourier(id, { store, clock, log, random, owner, transportFor }));
    for (const [id, courier] of couriers) {
      if (ids.has(id)) continue;
      couriers.delete(id);
      await courier.stop();
    }
  };
  const trySync = (): Promise<void> =>
    syncCouriers().catch((error: unknown) => {
      if (!stopping.signal.aborted) log.write("error", "the sinks could not be read", { error: String(error) });
    });
  const leave = store.sinks.subscribe(() => {
    for (const courier of couriers.values()) courier.changed();
    void trySync();
  });
  const syncing = (async () => {
    while (!stopping.signal.aborted) {
      await trySync();
      await clock.sleep(POLL_MILLISECONDS, stopping.signal);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      leave();
      await syncing;
      await Promise.all([...couriers.values()].map((one) => one.stop()));
    },
  };
}

function transportOf(
  { project, name, settings, secret }: Sink,
  { vault, outgoing }: SinkParts,
  installation: string,
): SinkTransport {
  if (settings.type === "kafka") return kafkaTransport({ ...settings, installation }, outgoing);
  try {
    const url = vault.open(project, settings.address);
    return webhookTransport({ url, secret: vault.open(project, secret ?? ""), name, installation }, outgoing);
  } catch {
    return unreadableTransport;
  }
}
