// Checks in the background whether a cluster answers. Therefore a list of clusters does not wait for slow ones, a
// breaker closes soon after its cluster is back, and a revoked credential is noticed before the next deploy.
import { reason } from "../model/reasons/reason.ts";
import type { Clock } from "../ports/clock.ts";
import { type Cluster, ClusterError } from "../ports/cluster.ts";
import type { ClusterPulse } from "../ports/clusterRegistry.ts";

const INTERVAL = 10_000;
/** A cluster that does not answer is checked more often, because runs wait for it. */
const AWAY_INTERVAL = 3_000;
/** How long a caller waits for a fresh answer before it gets the last known one. */
const PATIENCE = 1_000;
const PATIENCE_WHILE_AWAY = 250;

export interface Pulse {
  /** A fresh answer if the cluster responds within a second, else the last known one. */
  now(): Promise<ClusterPulse>;
  /** Checks the cluster immediately, because something about it changed. */
  again(): void;
  stop(): void;
}

interface PulseOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Called when the cluster stops answering, answers again, or fails for another reason than before. */
  readonly onTurn: (pulse: ClusterPulse) => void;
}

export function startPulse({ cluster, clock, onTurn }: PulseOptions): Pulse {
  const stopping = new AbortController();
  let last: ClusterPulse | undefined;
  let waiting = new AbortController();
  let beating: Promise<void> | null = null;
  const beat = async (): Promise<void> => {
    const next = await ask(cluster, clock, stopping.signal);
    if (stopping.signal.aborted) return;
    const turned = next.reachable !== (last?.reachable ?? true) || next.reason?.code !== last?.reason?.code;
    last = next;
    if (turned) onTurn(next);
  };
  const beatOnce = (): Promise<void> => {
    beating ??= beat().finally(() => {
      beating = null;
    });
    return beating;
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await beatOnce();
      const pause = AbortSignal.any([stopping.signal, waiting.signal]);
      await clock.sleep(last?.reachable === true ? INTERVAL : AWAY_INTERVAL, pause);
      if (waiting.signal.aborted) waiting = new AbortController();
    }
  };
  void run();
  return {
    now: async () => {
      await atMost(last?.reachable === false ? PATIENCE_WHILE_AWAY : PATIENCE, beatOnce(), clock);
      return last ?? { reachable: false, version: "", reason: notYet(cluster), took: 0 };
    },
    again: () => waiting.abort(),
    stop: () => stopping.abort(),
  };
}

async function atMost(milliseconds: number, work: Promise<void>, clock: Clock): Promise<void> {
  const answered = new AbortController();
  await Promise.race([work, clock.sleep(milliseconds, answered.signal)]);
  answered.abort();
}

function notYet({ name }: Cluster) {
  return reason("ClusterUnreachable", { cluster: name, detail: "NoAnswerYet" });
}

async function ask(cluster: Cluster, clock: Clock, signal: AbortSignal): Promise<ClusterPulse> {
  const began = clock.now().getTime();
  const took = (): number => clock.now().getTime() - began;
  try {
    const version = await cluster.probe(signal);
    return { reachable: true, version, reason: null, took: took() };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const why =
      error instanceof ClusterError ? error.reason : reason("ClusterUnreachable", { cluster: cluster.name, detail });
    return { reachable: false, version: "", reason: why, took: took() };
  }
}
