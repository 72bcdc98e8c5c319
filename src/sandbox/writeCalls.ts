// The calls of the port that change the sandbox, and `enter`, with which every call begins.
import { objectAt } from "../model/data/fieldReaders.ts";
import { type Manifest, type ObjectRef, refKey, refOf, shortRef } from "../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../model/reasons/reason.ts";
import { type Applied, ClusterError, type DryRun, type RemoveOptions } from "../ports/cluster.ts";
import { leaving, refusalOf } from "./admission.ts";
import { workloadKind } from "./objects/workloadTemplate.ts";
import { writeObject } from "./objects/write.ts";
import { isQueuedJob } from "./queues/workloads.ts";
import { admittedPod } from "./scheduling/hami.ts";
import { changed, type SandboxState } from "./state.ts";

/**
 * Waits for the simulated latency and fails when the sandbox is not reachable. It always waits at least one microtask,
 * so that an abort immediately after the call has an effect.
 */
export async function enter(state: SandboxState, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await (state.latency > 0 ? state.clock.sleep(state.latency, signal) : Promise.resolve());
  signal.throwIfAborted();
  if (!isReachable(state)) throw new ClusterError(unreachable(state), true);
}

export function isReachable(state: SandboxState): boolean {
  return state.reachable && !state.closing.signal.aborted;
}

export function unreachable(state: SandboxState): Reason {
  const detail = state.closing.signal.aborted ? "SandboxClosed" : "SandboxSilent";
  return reason("ClusterUnreachable", { cluster: state.name, detail });
}

export async function applyObject(
  state: SandboxState,
  object: Manifest,
  options: { readonly adopt?: boolean } = {},
): Promise<Applied> {
  const failure = nextFailure(state);
  if (failure !== null) throw failure;
  const refusal = refusalOf(object, state, options);
  if (refusal !== null) throw new ClusterError(refusal, false);
  const going = leaving(state.objects.get(refOf(object)));
  if (going !== null) throw new ClusterError(going, true);
  const applied = writeObject(state.objects, object);
  if (applied.action === "unchanged") return applied;
  if (applied.action === "created") takeOrphans(state, applied.ref);
  state.writes += 1;
  await changed(state);
  return applied;
}

/** What an apply would do. The sandbox adds no defaults, but its webhooks change pods and Jobs. */
export function tryObject(state: SandboxState, object: Manifest, options: { readonly adopt?: boolean }): DryRun {
  const refused = refusalOf(object, state, options);
  return refused === null
    ? { admitted: throughWebhooks(object) }
    : { refused: { reason: refused, class: "final", grace: 0 } };
}

function throughWebhooks(object: Manifest): Manifest {
  if (object.kind === "Pod") return admittedPod(object);
  return isQueuedJob(object) ? { ...object, spec: { ...objectAt(object, "spec"), suspend: true } } : object;
}

/** A controller that is created again gets the pods that its predecessor left running. */
function takeOrphans(state: SandboxState, ref: ObjectRef): void {
  const pods = state.orphans.get(refKey(ref));
  const made = state.objects.get(ref);
  state.orphans.delete(refKey(ref));
  if (pods !== undefined && made !== undefined) state.objects.put({ ...made, pods });
}

function nextFailure(state: SandboxState): ClusterError | null {
  const [first] = state.failures;
  if (first === undefined) return null;
  first.count -= 1;
  if (first.count <= 0) state.failures.shift();
  return first.error;
}

/** An abort does not stop the removal, because the request was already sent; only the waiting ends. */
export async function removeObject(
  state: SandboxState,
  ref: ObjectRef,
  { uid, signal, orphan = false }: RemoveOptions,
): Promise<boolean> {
  const live = state.objects.get(ref);
  if (live === undefined || live.manifest.metadata.uid !== uid) return false;
  if (orphan) state.orphans.set(refKey(ref), live.pods);
  const goneAt =
    live.goneAt ??
    state.objects.now() + (orphan || workloadKind(live.manifest) === undefined ? 0 : state.timing.terminate);
  if (live.goneAt === null) {
    const deletionTimestamp = new Date(state.objects.now()).toISOString();
    const manifest = { ...live.manifest, metadata: { ...live.manifest.metadata, deletionTimestamp } };
    state.objects.put({ ...live, manifest, goneAt });
    state.writes += 1;
    await changed(state);
  }
  // A loop, because a timer may end a moment before the clock reaches the time, and the object must be gone when the
  // caller continues.
  do {
    await state.clock.sleep(Math.max(0, goneAt - state.objects.now()), signal);
    signal.throwIfAborted();
  } while (state.objects.now() < goneAt);
  // Another object may have been created under the same name in the meantime. It must stay.
  if (state.objects.get(ref) === undefined) state.objects.drop(ref);
  await changed(state);
  return true;
}

export function requireObject(
  state: SandboxState,
  ref: ObjectRef,
): NonNullable<ReturnType<SandboxState["objects"]["get"]>> {
  const live = state.objects.get(ref);
  if (live === undefined) throw new Error(`the sandbox holds no ${shortRef(ref)} in namespace ${ref.namespace}`);
  return live;
}
