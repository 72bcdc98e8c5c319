// Follows objects through the shared watches and reports their health whenever it changes. It owns the timers for
// verdicts that become final with time (verdict.ts).
// A final verdict (failed, rejected) is never taken back within one follow; a new follow starts from the beginning.
import type { Evidence, Health, ObjectHealth } from "../../model/kubernetes/health.ts";
import { type Manifest, type ObjectRef, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Applied } from "../../ports/cluster.ts";
import type { Log } from "../../ports/log.ts";
import { found, type LogSource } from "./finding.ts";
import { findingOf, type JudgementSources, kindsFor, viewOf } from "./judgement.ts";
import { type HealthVerdict, judge, type Memory, NO_MEMORY } from "./verdict.ts";

export interface FollowSources extends JudgementSources {
  readonly clock: Clock;
  readonly log: Log;
  /** Reads an object directly from the API when the watches do not show it. */
  readonly read: (ref: ObjectRef, signal: AbortSignal) => Promise<Manifest | null>;
  readonly lastWords: (source: LogSource, signal: AbortSignal) => Promise<readonly Evidence[]>;
}

/**
 * Milliseconds before the start of the follow from which warnings still count, because the apply happened before it.
 */
const BEFORE = 30_000;
/**
 * Milliseconds between two direct reads of an object that the watches do not show. This is rare: the watches show every
 * object of kubemin's shortly after it was written.
 */
const REREAD = 1_000;

interface Followed {
  readonly applied: Applied;
  readonly since: number;
  memory: Memory;
  reported: string;
  settled: boolean;
  timer: AbortController | null;
  /**
   * Result of the last direct read, while the watches lag behind the write or show another object. `beside` is the uid
   * of the object that they showed.
   */
  direct: { readonly object: Manifest | null; readonly at: number; readonly shownUid: string } | null;
  reading: boolean;
}

interface Session {
  readonly sources: FollowSources;
  readonly signal: AbortSignal;
  readonly report: (health: ObjectHealth) => void;
}

export function followObjects(
  sources: FollowSources,
  objects: readonly Applied[],
  onHealth: (health: ObjectHealth) => void,
): () => void {
  const abort = new AbortController();
  const since = sources.clock.now().getTime() - BEFORE;
  const followed = objects.map(
    (applied): Followed => ({
      applied,
      since,
      memory: NO_MEMORY,
      reported: "",
      settled: false,
      timer: null,
      direct: null,
      reading: false,
    }),
  );
  const session: Session = { sources, signal: abort.signal, report: guarded(sources, onHealth) };
  const namespaces = new Set(objects.map(({ ref }) => ref.namespace));
  let due = false;
  const checkAll = (): void => {
    due = false;
    if (!abort.signal.aborted) for (const one of followed) check(session, one);
  };
  // Many changes at the same moment cause only one look.
  const schedule = (): void => {
    if (!due) setImmediate(checkAll);
    due = true;
  };
  const stop = sources.cache.subscribe((namespace) => {
    if (namespace === "*" || namespaces.has(namespace)) schedule();
  });
  sources.cache.watch(objects.flatMap(({ ref }) => kindsFor(ref)));
  schedule();
  return () => {
    stop();
    abort.abort();
    for (const one of followed) one.timer?.abort();
  };
}

function guarded(sources: FollowSources, onHealth: (health: ObjectHealth) => void): (health: ObjectHealth) => void {
  return (health) => {
    try {
      onHealth(health);
    } catch (cause) {
      sources.log.write("error", "a listener of health failed", {
        object: shortRef(health.ref),
        detail: String(cause),
      });
    }
  };
}

function check(session: Session, one: Followed): void {
  if (one.settled || session.signal.aborted) return;
  const view = viewOf(session.sources, one.applied.ref);
  if (view === "starting") return;
  if (view !== null) {
    reportHealth(session, one, view);
    return;
  }
  const object = present(session, one);
  if (object === undefined) return;
  if (object === null)
    reportHealth(session, one, found("missing", reason("Missing", { object: shortRef(one.applied.ref) })));
  else if (object.metadata.uid !== one.applied.uid) {
    one.settled = true;
    reportHealth(session, one, found("failed", reason("ChangedBehindUs", { object: shortRef(one.applied.ref) })));
  } else decide(session, one, object);
}

/**
 * The object as the watches show it, or from a direct read when the watches do not show the object that was applied;
 * `undefined` until that read has finished.
 */
function present(session: Session, one: Followed): Manifest | null | undefined {
  const { cache } = session.sources;
  const cached = cache.get(one.applied.ref);
  if (cached !== undefined && cached.metadata.uid === one.applied.uid) {
    one.direct = null;
    return cached;
  }
  const now = session.sources.clock.now().getTime();
  const old = one.direct !== null && now - one.direct.at >= REREAD;
  const shownUid = cached?.metadata.uid ?? "";
  // "The object is gone" stays true until the watches show another object of that name.
  if (one.direct === null || one.direct.shownUid !== shownUid || (old && one.direct.object !== null))
    void readDirectly(session, one, shownUid);
  return one.direct?.object;
}

async function readDirectly(session: Session, one: Followed, shownUid: string): Promise<void> {
  if (one.reading) return;
  one.reading = true;
  const { sources, signal } = session;
  try {
    const object = await sources.read(one.applied.ref, signal);
    one.direct = { object, at: sources.clock.now().getTime(), shownUid };
    one.reading = false;
    check(session, one);
    if (object !== null) setTimer(session, one, REREAD);
  } catch {
    one.reading = false;
    setTimer(session, one, REREAD);
  }
}

function decide(session: Session, one: Followed, object: Manifest): void {
  const now = session.sources.clock.now().getTime();
  const finding = findingOf(session.sources, object, { now, since: one.since, generation: one.applied.generation });
  const verdict = judge(finding, one.memory, now);
  one.memory = verdict.memory;
  session.sources.memories.put(one.applied.uid, verdict.memory);
  if (verdict.final) {
    one.settled = true;
    void conclude(session, one, verdict);
    return;
  }
  reportHealth(session, one, verdict.health);
  if (verdict.again !== undefined) setTimer(session, one, verdict.again);
}

/** Reports the final verdict after the last log lines of the container have been read. */
async function conclude(session: Session, one: Followed, verdict: HealthVerdict): Promise<void> {
  const words = verdict.log === undefined ? [] : await session.sources.lastWords(verdict.log, session.signal);
  reportHealth(session, one, { ...verdict.health, evidence: [...verdict.health.evidence, ...words] });
}

function setTimer(session: Session, one: Followed, milliseconds: number): void {
  one.timer?.abort();
  const timer = new AbortController();
  one.timer = timer;
  const signal = AbortSignal.any([session.signal, timer.signal]);
  void session.sources.clock.sleep(milliseconds, signal).then(() => {
    if (!signal.aborted) check(session, one);
  });
}

function reportHealth(session: Session, one: Followed, health: Health): void {
  if (session.signal.aborted) return;
  const { state, reason: why, evidence, facts } = health;
  const objectHealth: ObjectHealth = {
    ref: one.applied.ref,
    state,
    reason: why,
    evidence,
    ...(facts === undefined ? {} : { facts }),
  };
  const text = JSON.stringify(objectHealth);
  if (text === one.reported) return;
  one.reported = text;
  session.report(objectHealth);
}
