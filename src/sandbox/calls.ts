// The calls of the port that change something, and the way every call takes first.
import { type Manifest, type ObjectRef, refKey, refOf, shortRef } from "../model/manifest.ts";
import { type Reason, reason } from "../model/reason.ts";
import { type Applied, ClusterError, type RemoveOptions } from "../ports/cluster.ts";
import { leaving, refusalOf } from "./admission.ts";
import { changed, type SandboxState } from "./state.ts";
import { workloadKind } from "./template.ts";
import { writeObject } from "./write.ts";

/** There and back. At least one turn of the loop, so that an abort right after the call is still heard. */
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
  const going = leaving(state.shelf.get(refOf(object)));
  if (going !== null) throw new ClusterError(going, true);
  const applied = writeObject(state.shelf, object);
  if (applied.action === "unchanged") return applied;
  if (applied.action === "created") takeOrphans(state, applied.ref);
  state.writes += 1;
  await changed(state);
  return applied;
}

/** Pods that were left running when their controller went are its successor's. */
function takeOrphans(state: SandboxState, ref: ObjectRef): void {
  const pods = state.orphans.get(refKey(ref));
  const made = state.shelf.get(ref);
  state.orphans.delete(refKey(ref));
  if (pods !== undefined && made !== undefined) state.shelf.put({ ...made, pods });
}

function nextFailure(state: SandboxState): ClusterError | null {
  const [first] = state.failures;
  if (first === undefined) return null;
  first.count -= 1;
  if (first.count <= 0) state.failures.shift();
  return first.error;
}

/** An aborted removal goes on: the request was sent, only the waiting ends. */
export async function removeObject(
  state: SandboxState,
  ref: ObjectRef,
  { uid, signal, orphan = false }: RemoveOptions,
): Promise<boolean> {
  const live = state.shelf.get(ref);
  if (live === undefined || live.manifest.metadata.uid !== uid) return false;
  if (orphan) state.orphans.set(refKey(ref), live.pods);
  const goneAt =
    live.goneAt ??
    state.shelf.now() + (orphan || workloadKind(live.manifest) === undefined ? 0 : state.timing.terminate);
  if (live.goneAt === null) {
    const deletionTimestamp = new Date(state.shelf.now()).toISOString();
    const manifest = { ...live.manifest, metadata: { ...live.manifest.metadata, deletionTimestamp } };
    state.shelf.put({ ...live, manifest, goneAt });
    state.writes += 1;
    await changed(state);
  }
  // Again, because a timer may end a moment before the wall clock says so; whoever was told that it is gone must not find it.
  do {
    await state.clock.sleep(Math.max(0, goneAt - state.shelf.now()), signal);
    signal.throwIfAborted();
  } while (state.shelf.now() < goneAt);
  // Only what was meant: in the meantime another one may have been made under the same name.
  if (state.shelf.get(ref) === undefined) state.shelf.drop(ref);
  await changed(state);
  return true;
}

export function requireObject(
  state: SandboxState,
  ref: ObjectRef,
): NonNullable<ReturnType<SandboxState["shelf"]["get"]>> {
  const live = state.shelf.get(ref);
  if (live === undefined) throw new Error(`the sandbox holds no ${shortRef(ref)} in namespace ${ref.namespace}`);
  return live;
}
