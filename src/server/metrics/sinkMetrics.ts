// Metrics of the event sinks, by type and state. No label names a sink or a project.
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import type { StoredSink } from "../../ports/sinks.ts";
import { breakerOf, stateOf } from "../views/sink.ts";

interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly string[];
}

const TYPES = ["webhook", "kafka"] as const;

export async function sinkMetrics({ store, clock }: Dependencies<"store" | "clock">): Promise<readonly Gauge[]> {
  const all = await store.sinks.list();
  const now = clock.now();
  const lags = await Promise.all(all.map(async (one) => ({ one, ...(await store.sinks.lag(one)) })));
  const ofType = (type: string) => lags.filter(({ one }) => one.sink.settings.type === type);
  const seconds = (since: string | null) =>
    since === null ? 0 : Math.max(0, (now.getTime() - Date.parse(since)) / 1_000);
  return [
    { name: "kubemin_sinks", help: "Sinks by state", samples: countsOf(all, now) },
    {
      name: "kubemin_outbox_lag_seconds",
      help: "Age of the oldest event that a sink has not taken, the worst of its type",
      samples: TYPES.map(
        (type) => `{sink="${type}"} ${Math.max(0, ...ofType(type).map(({ since }) => seconds(since)))}`,
      ),
    },
    {
      name: "kubemin_outbox_events",
      help: "Events that sinks have not looked at yet",
      samples: TYPES.map((type) => `{sink="${type}"} ${ofType(type).reduce((sum, { events }) => sum + events, 0)}`),
    },
  ];
}

function countsOf(all: readonly StoredSink[], now: Date): readonly string[] {
  const counts = Map.groupBy(
    all,
    (one) => `type="${one.sink.settings.type}",state="${stateOf(one)}",breaker="${breakerOf(one, now)}"`,
  );
  return [...counts].map(([labels, { length }]) => `{${labels}} ${length}`);
}
