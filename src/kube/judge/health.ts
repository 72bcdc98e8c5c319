// Health of objects right now. It uses the same rules as follow.ts and what follows recently saw, so that both give the
// same verdict.
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import { type ObjectRef, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { createNews } from "../../ports/news.ts";
import { found } from "./finding.ts";
import type { FollowSources } from "./follow.ts";
import { findingOf, kindsFor, viewOf } from "./judgement.ts";
import { judge } from "./verdict.ts";

const WARNINGS = 600_000;
/**
 * Milliseconds to wait for the first lists. A healthy cluster needs only a few; after this time the health is unknown.
 */
const FIRST_LIST = 5_000;

export async function healthNow(
  sources: FollowSources,
  refs: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<readonly ObjectHealth[]> {
  await currentView(sources, refs, signal);
  return Promise.all(refs.map((ref) => healthOf(sources, ref, signal)));
}

/** Starts the watches that the objects are judged by, and waits for their first lists. */
export async function currentView(
  sources: FollowSources,
  refs: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<void> {
  sources.cache.watch(refs.flatMap(kindsFor));
  await firstView(sources, refs, signal);
}

async function firstView(sources: FollowSources, refs: readonly ObjectRef[], signal: AbortSignal): Promise<void> {
  const waiting = (): boolean => refs.some((ref) => viewOf(sources, ref) === "starting");
  if (!waiting()) return;
  const arrived = createNews((notify) =>
    sources.cache.subscribe(() => {
      if (!waiting()) notify();
    }),
  );
  await arrived.after(0, { signal, limit: { clock: sources.clock, milliseconds: FIRST_LIST } });
  arrived.close();
  signal.throwIfAborted();
}

async function healthOf(sources: FollowSources, ref: ObjectRef, signal: AbortSignal): Promise<ObjectHealth> {
  const view = viewOf(sources, ref);
  if (view === "starting")
    return {
      ref,
      ...found("unknown", reason("ClusterUnreachable", { cluster: sources.cluster, detail: "NoAnswerYet" })),
    };
  if (view !== null) return { ref, ...view };
  const object = sources.cache.get(ref) ?? (await sources.read(ref, signal));
  if (object === null) return { ref, ...found("missing", reason("Missing", { object: shortRef(ref) })) };
  const now = sources.clock.now().getTime();
  const finding = findingOf(sources, object, { now, since: now - WARNINGS, generation: 0 });
  const uid = object.metadata.uid ?? "";
  const { seen } = sources.memories.get(uid);
  // Whether the present specification was ready before is taken from the object's own status.
  const verdict = judge(finding, { seen, wasReady: finding.wasReady === true }, now);
  sources.memories.put(uid, verdict.memory);
  return { ref, ...verdict.health };
}
