// Removes old records from the store, by the operator's policy: once a day, in one process at a time, and in small
// steps with pauses in between, so that other work does not wait for it. Records that are still referred to are never
// removed; ports/retention.ts has the list.
import { randomUUID } from "node:crypto";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { PruneCursor, PruneStep } from "../../ports/retention.ts";
import type { Store } from "../../ports/store.ts";

const KEPT_KINDS = ["runs", "logs", "events", "revisions"] as const;
type KeptKind = (typeof KEPT_KINDS)[number];

/** The age in milliseconds after which records of each kind are removed. `null` keeps them for ever. */
export type RetentionPolicy = Readonly<Record<KeptKind, number | null>>;

const DAY = 24 * 3_600_000;
export const GENEROUS: RetentionPolicy = { runs: 90 * DAY, logs: 30 * DAY, events: 30 * DAY, revisions: 365 * DAY };

/** The number of newest records of each application that are kept, whatever their age. */
const NEWEST_KEPT = 20;
const FIRST_AFTER = 60_000;
const EVERY = DAY;
/**
 * Milliseconds for which one process has the right to prune. After that, another process may take over from one that
 * died.
 */
const TURN = 10 * 60_000;
const STEP_PAUSE = 50;
const LIMITS: Readonly<Record<KeptKind, number>> = { runs: 50, logs: 20, events: 500, revisions: 50 };

interface RetentionDependencies {
  readonly store: Pick<Store, "retention">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs until the signal aborts. */
export async function keepPruning(
  dependencies: RetentionDependencies,
  policy: RetentionPolicy,
  signal: AbortSignal,
): Promise<void> {
  const owner = randomUUID();
  await dependencies.clock.sleep(FIRST_AFTER, signal);
  while (!signal.aborted) {
    try {
      const removed = await pruneAll(dependencies, { policy, owner, signal });
      if (removed !== null && Object.values(removed).some((count) => count > 0))
        dependencies.log.write("info", "old records were removed", removed);
    } catch (error) {
      if (!signal.aborted)
        dependencies.log.write("warn", "pruning failed; it is tried again later", { error: String(error) });
    }
    // The random part keeps the processes from starting at the same moment every day.
    await dependencies.clock.sleep(EVERY * (0.9 + 0.2 * Math.random()), signal);
  }
}

interface PruneOptions {
  readonly policy: RetentionPolicy;
  readonly owner: string;
  readonly signal: AbortSignal;
}

/** The number of removed records of each kind. `null` when another process is pruning. */
export async function pruneAll(
  dependencies: RetentionDependencies,
  options: PruneOptions,
): Promise<Record<KeptKind, number> | null> {
  if (!(await takeTurn(dependencies, options.owner))) return null;
  const removed = { runs: 0, logs: 0, events: 0, revisions: 0 };
  for (const kind of KEPT_KINDS) removed[kind] = await pruneKind(dependencies, options, kind);
  return removed;
}

async function pruneKind(
  dependencies: RetentionDependencies,
  { policy, owner, signal }: PruneOptions,
  kind: KeptKind,
): Promise<number> {
  const age = policy[kind];
  if (age === null) return 0;
  const before = new Date(dependencies.clock.now().getTime() - age).toISOString();
  let removed = 0;
  let after: PruneCursor | null = null;
  do {
    const request = { before, after, limit: LIMITS[kind], keep: NEWEST_KEPT };
    const step: PruneStep = await dependencies.store.retention[kind](request);
    removed += step.removed;
    after = step.next;
    await dependencies.clock.sleep(STEP_PAUSE, signal);
    if (signal.aborted || !(await takeTurn(dependencies, owner))) return removed;
  } while (after !== null);
  return removed;
}

function takeTurn({ store, clock }: RetentionDependencies, owner: string): Promise<boolean> {
  const now = clock.now();
  const until = new Date(now.getTime() + TURN).toISOString();
  return store.retention.takeTurn({ name: "retention", owner, now: now.toISOString(), until });
}
