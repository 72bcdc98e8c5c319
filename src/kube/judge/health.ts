// Health of objects right now: the same rules as follow, and what follow saw lately, so that both say the same.
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import { type ObjectRef, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { createNews } from "../../ports/news.ts";
import { found } from "./finding.ts";
import type { FollowWorld } from "./follow.ts";
import { findingOf, kindsFor, viewOf } from "./judgement.ts";
import { judge } from "./verdict.ts";

const WARNINGS = 600_000;
/** The first list of a healthy cluster takes milliseconds; longer waits are told as unknown. */
const FIRST_LIST = 5_000;

export async function healthNow(
  world: FollowWorld,
  refs: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<readonly ObjectHealth[]> {
  await currentView(world, refs, signal);
  return Promise.all(refs.map((ref) => healthOf(world, ref, signal)));
}

/** Begins to watch what the objects are judged by, and waits for the first lists. */
export async function currentView(world: FollowWorld, refs: readonly ObjectRef[], signal: AbortSignal): Promise<void> {
  world.cache.watch(refs.flatMap(kindsFor));
  await firstView(world, refs, signal);
}

async function firstView(world: FollowWorld, refs: readonly ObjectRef[], signal: AbortSignal): Promise<void> {
  const waiting = (): boolean => refs.some((ref) => viewOf(world, ref) === "starting");
  if (!waiting()) return;
  const arrived = createNews((notify) =>
    world.cache.subscribe(() => {
      if (!waiting()) notify();
    }),
  );
  await arrived.after(0, { signal, limit: { clock: world.clock, milliseconds: FIRST_LIST } });
  arrived.close();
  signal.throwIfAborted();
}

async function healthOf(world: FollowWorld, ref: ObjectRef, signal: AbortSignal): Promise<ObjectHealth> {
  const view = viewOf(world, ref);
  if (view === "starting")
    return {
      ref,
      ...found("unknown", reason("ClusterUnreachable", { cluster: world.cluster, detail: "NoAnswerYet" })),
    };
  if (view !== null) return { ref, ...view };
  const object = world.cache.get(ref) ?? (await world.read(ref, signal));
  if (object === null) return { ref, ...found("missing", reason("Missing", { object: shortRef(ref) })) };
  const now = world.clock.now().getTime();
  const finding = findingOf(world, object, { now, since: now - WARNINGS, generation: 0 });
  const uid = object.metadata.uid ?? "";
  const { seen } = world.memories.get(uid);
  // The object itself says whether its present specification was ready before.
  const verdict = judge(finding, { seen, wasReady: finding.wasReady === true }, now);
  world.memories.put(uid, verdict.memory);
  return { ref, ...verdict.health };
}
