// The state that all parts of one sandbox share, and `changed`, which must be called after every change of it.
import type { Manifest } from "../model/kubernetes/manifest.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClusterError } from "../ports/cluster.ts";
import { createNews, type News } from "../ports/news.ts";
import { loadSnapshot, openFile, type SandboxFile } from "./file.ts";
import type { SandboxView } from "./health/healthRule.ts";
import { SIMULATED_NODES } from "./nodes/simulatedNodes.ts";
import { reconcileClaims } from "./objects/claims.ts";
import type { Quota } from "./objects/quota.ts";
import { createSandboxObjects, type SandboxObjects, type SandboxPod } from "./objects/sandboxObjects.ts";
import { reconcilePods } from "./pods/pods.ts";
import { reconcileWorkloads } from "./queues/workloads.ts";
import { createScheduler, type Scheduler } from "./scheduling/scheduler.ts";
import { createWake, type Wake } from "./scheduling/wake.ts";
import { type Timing, timingAt } from "./time/timing.ts";

export interface SandboxOptions {
  readonly name: string;
  readonly clock: Clock;
  /** The file that stores the objects across restarts. Default: only memory. */
  readonly file?: string;
  /** How many times faster than normal everything happens; with 10, a pod starts in a tenth of the time. Default: 1. */
  readonly speed?: number;
  /** The namespaces that exist. Default: every namespace exists. */
  readonly namespaces?: readonly string[];
  /** The simulated nodes. Default: the table of src/sandbox/nodes. */
  readonly nodes?: readonly Manifest[] | undefined;
}

export interface SandboxState {
  readonly name: string;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly objects: SandboxObjects;
  readonly quotas: Map<string, Quota>;
  readonly nodes: readonly Manifest[];
  readonly scheduler: Scheduler;
  readonly wake: Wake;
  /** Pods that were left running when their controller was removed, by the key of the controller. */
  readonly orphans: Map<string, readonly SandboxPod[]>;
  readonly changes: News;
  readonly file: SandboxFile | null;
  /** Aborts when the sandbox is closed. */
  readonly closing: AbortController;
  readonly namespaceExists: (name: string) => boolean;
  reachable: boolean;
  latency: number;
  writes: number;
  readonly failures: { count: number; error: ClusterError }[];
}

export function createState(options: SandboxOptions): SandboxState {
  const { name, clock, file, speed = 1, namespaces, nodes = SIMULATED_NODES } = options;
  const objects = createSandboxObjects(clock, file === undefined ? { version: 0, objects: [] } : loadSnapshot(file));
  const closing = new AbortController();
  const state: SandboxState = {
    name,
    clock,
    timing: timingAt(speed),
    objects,
    quotas: new Map(),
    nodes,
    scheduler: createScheduler(objects, nodes),
    orphans: new Map(),
    changes: createNews(),
    file: file === undefined ? null : openFile(file, () => objects.snapshot()),
    closing,
    wake: createWake({ objects, clock, closed: closing.signal, onMoment: () => void changed(state) }),
    namespaceExists: (wanted) => namespaces === undefined || namespaces.includes(wanted),
    reachable: true,
    latency: 0,
    writes: 0,
    failures: [],
  };
  return state;
}

export function viewOf({ objects, timing }: SandboxState): SandboxView {
  return { now: objects.now(), timing, get: (ref) => objects.get(ref), list: (namespace) => objects.list(namespace) };
}

/**
 * Lets the simulated controllers react, notifies the followers and saves the file. Resolves when the change is durable.
 */
export async function changed(state: SandboxState): Promise<void> {
  const rules = { objects: state.objects, quotas: state.quotas, timing: state.timing, placing: state.scheduler };
  reconcileWorkloads(state.objects);
  reconcilePods(rules);
  reconcileClaims(state.objects);
  state.changes.notify();
  state.wake.plan();
  await state.file?.save();
}
