// Turns event sinks into views of the API. They contain no secrets; of a webhook's URL only the origin is shown,
// because path and query may contain a secret.

import type { z } from "zod";
import type { SinkView } from "../../api/sinkViews.ts";
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import type { Language } from "../../model/data/text.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { BREAKER_FAILURES, explainSinkFailure } from "../../model/reasons/sinkFailure.ts";
import type { Sink, StoredSink } from "../../ports/sinks.ts";
import type { Frozen } from "../shared/contract.ts";

type ApiSink = z.output<typeof SinkView>;

const BLOCKED_SHOWN = 50;

export async function sinkView(
  dependencies: Dependencies<"store" | "vault" | "clock">,
  stored: StoredSink,
  language: Language,
): Promise<Frozen<ApiSink>> {
  const { sink, state, blocked } = stored;
  const { events: behind, since: oldest } = await dependencies.store.sinks.lag(stored);
  return {
    name: sink.name,
    type: sink.settings.type,
    target: targetOf(dependencies, sink),
    events: sink.filter.events,
    application: sink.filter.application,
    createdAt: sink.createdAt,
    state: stateOf(stored),
    breaker: breakerOf(stored, dependencies.clock.now()),
    retryAt: state.retryAt,
    deliveredUpTo: Math.min(state.position, ...blocked.map((one) => one.sequence - 1)),
    deliveredAt: state.deliveredAt,
    behind,
    oldest,
    failingSince: state.failingSince,
    failure: state.failure === null ? null : { ...state.failure, message: explainSinkFailure(state.failure, language) },
    held: blocked.slice(0, BLOCKED_SHOWN).map(({ application, run, failures, since, retryAt, dead }) => ({
      application: writtenName(application),
      run,
      attempts: failures,
      since,
      retryAt,
      dead,
    })),
    heldCount: blocked.length,
  };
}

export function stateOf({ state, blocked }: StoredSink): ApiSink["state"] {
  if (state.dead) return "dead";
  return state.failures > 0 || blocked.length > 0 ? "failing" : "delivering";
}

export function breakerOf({ state }: StoredSink, now: Date): ApiSink["breaker"] {
  if (state.failures < BREAKER_FAILURES) return "closed";
  return state.retryAt !== null && Date.parse(state.retryAt) > now.getTime() ? "open" : "half-open";
}

function targetOf({ vault }: Dependencies<"vault">, { project, settings }: Sink): string {
  if (settings.type === "kafka") return `${settings.topic} at ${settings.brokers.join(", ")}`;
  try {
    return `${new URL(vault.open(project, settings.address)).origin}/…`;
  } catch {
    return "…";
  }
}
