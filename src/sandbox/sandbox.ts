// A simulated cluster, for trying kubemin out on a laptop and for tests that control time and faults. It runs nothing
// and says so: its kind and version are "sandbox", its addresses do not resolve, and its log lines begin with
// "sandbox:". It never opens a sealed value; it stores and shows the sealed form. Known differences from an API server:
// there is one field manager (no conflicts, so `force` has no effect), lists are replaced as a whole, and only
// Jobs, nodes, quotas and Workloads have a `status`.
import type { Cluster } from "../ports/cluster.ts";
import { createSandboxCapacity } from "./capacity.ts";
import { controlsOf } from "./createControls.ts";
import type { SandboxControls } from "./faults/controls.ts";
import { followObjects } from "./follow.ts";
import { healthOf } from "./health/health.ts";
import { streamLogs } from "./logs.ts";
import { compareObject, driftOf } from "./objectDifference.ts";
import { sandboxFacts } from "./objects/kinds.ts";
import { listObjects, readObject } from "./reading.ts";
import { changed, createState, type SandboxOptions, type SandboxState, viewOf } from "./state.ts";
import { applyObject, enter, removeObject, tryObject } from "./writeCalls.ts";

/** Throws when `file` exists and does not contain sandbox objects. */
export function createSandbox(options: SandboxOptions): Cluster & SandboxControls {
  const state = createState(options);
  return {
    name: options.name,
    kind: "sandbox",
    probe: async (signal) => {
      await enter(state, signal);
      return sandboxFacts(options.name).version;
    },
    breakerOpen: () => false,
    facts: async (signal) => {
      await enter(state, signal);
      return sandboxFacts(options.name);
    },
    namespaceExists: async (namespace, signal) => {
      await enter(state, signal);
      return state.namespaceExists(namespace);
    },
    apply: async (object, given) => {
      await enter(state, given.signal);
      return applyObject(state, object, given);
    },
    dryRun: async (object, given) => {
      await enter(state, given.signal);
      return tryObject(state, object, given);
    },
    compare: async (object, given) => {
      await enter(state, given.signal);
      return compareObject(state, object, given);
    },
    drifted: async (objects, signal) => {
      await enter(state, signal);
      return objects.flatMap((object) => driftOf(state, object) ?? []);
    },
    subscribe: (onChange) => state.changes.subscribe(() => onChange("*")),
    read: async (ref, signal) => {
      await enter(state, signal);
      return readObject(state, ref);
    },
    list: async (kind, signal) => {
      await enter(state, signal);
      return listObjects(state, kind);
    },
    remove: async (ref, removal) => {
      await enter(state, removal.signal);
      return removeObject(state, ref, removal);
    },
    follow: (objects, onHealth) => followObjects(state, objects, onHealth),
    health: async (refs, signal) => {
      await enter(state, signal);
      return refs.map((ref) => ({ ref, ...healthOf(ref, viewOf(state)).health }));
    },
    logs: (owner, wanted) => streamLogs(state, owner, wanted),
    capacity: createSandboxCapacity(state),
    close: () => close(state),
    ...controlsOf(state),
  };
}

async function close(state: SandboxState): Promise<void> {
  state.closing.abort();
  await changed(state);
}
