// Small objects as a cluster shows them, and a view that contains a few of them.

import type { RouteState } from "../../src/kube/judge/routeCheck/checks.ts";
import type { RuleView } from "../../src/kube/judge/ruleView.ts";
import type { EventFact } from "../../src/kube/watches/eventRing.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { LABELS, MANAGED_BY, type Manifest, type ObjectRef } from "../../src/model/kubernetes/manifest.ts";

export const NOW = Date.parse("2026-01-01T12:00:00Z");
export const ago = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString();

interface Given {
  readonly kind: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly owner?: string;
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly more?: JsonObject;
}

export function object({
  kind,
  apiVersion = "v1",
  name = "web",
  uid = `${kind}-uid`,
  owner,
  metadata = {},
  spec = {},
  status = {},
  more = {},
}: Given): Manifest {
  const ownerReferences =
    owner === undefined ? [] : [{ uid: owner, controller: true, kind: "ReplicaSet", name: "owner" }];
  const labels = { [LABELS.managedBy]: MANAGED_BY, [LABELS.application]: "shop", [LABELS.project]: "default" };
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: "test",
      uid,
      generation: 1,
      creationTimestamp: ago(60),
      labels,
      ownerReferences,
      ...metadata,
    },
    spec,
    status,
    ...more,
  };
}

export interface ViewGiven {
  readonly objects?: readonly Manifest[];
  readonly events?: Readonly<Record<string, readonly EventFact[]>>;
  readonly others?: Readonly<Record<string, Manifest | null>>;
  /** The result of the route check. */
  readonly route?: RouteState;
}

export function view({ objects = [], events = {}, others = {}, route }: ViewGiven = {}): RuleView {
  const owners = (one: Manifest): readonly unknown[] => {
    const list = one.metadata["ownerReferences"];
    return Array.isArray(list) ? list.map((owner: { uid?: unknown }) => owner.uid) : [];
  };
  return {
    now: NOW,
    since: NOW - 30_000,
    ownedBy: (kind, uid) => objects.filter((one) => one.kind === kind && owners(one).includes(uid)),
    everywhere: (kind) => objects.filter((one) => one.kind === kind),
    inNamespace: (kind) => objects.filter((one) => one.kind === kind),
    events: (uid) => events[uid] ?? [],
    other: (ref: ObjectRef) => others[`${ref.kind}/${ref.name}`],
    route: () => route,
  };
}

export function warning(reason: string, message: string, about = "Pod/web-1"): EventFact {
  return { reason, message, count: 1, last: NOW - 1_000, object: about };
}

/** Container states, as in a pod's status. */
export const waiting = (reason: string, message = ""): JsonObject => ({ waiting: { reason, message } });
export const running = (seconds: number): JsonObject => ({ running: { startedAt: ago(seconds) } });
export const terminated = (exitCode: number, reason = exitCode === 0 ? "Completed" : "Error"): JsonObject => ({
  terminated: { exitCode, reason, containerID: "c" },
});

interface PodGiven {
  readonly owner?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly state?: JsonObject;
  readonly lastState?: JsonObject;
  readonly restarts?: number;
  readonly init?: JsonObject;
  readonly initSpec?: JsonObject;
  readonly container?: JsonObject;
  readonly conditions?: readonly JsonObject[];
  readonly status?: JsonObject;
  readonly spec?: JsonObject;
  readonly labels?: JsonObject;
}

export function pod(given: PodGiven = {}): Manifest {
  const { ready = false, phase = "Pending", state = waiting("ContainerCreating"), restarts = 0 } = given;
  const initSpec = { name: "prepare", image: "prepare:1", ...given.initSpec };
  return object({
    kind: "Pod",
    name: "web-1",
    ...(given.owner === undefined ? {} : { owner: given.owner }),
    metadata: given.labels === undefined ? {} : { labels: given.labels },
    spec: {
      containers: [{ name: "web", image: "web:1", ...given.container }],
      ...(given.init === undefined ? {} : { initContainers: [initSpec] }),
      ...given.spec,
    },
    status: {
      phase,
      conditions: [
        { type: "PodScheduled", status: "True" },
        { type: "Ready", status: ready ? "True" : "False" },
        ...(given.conditions ?? []),
      ],
      containerStatuses: [
        {
          name: "web",
          ready,
          restartCount: restarts,
          state,
          ...(given.lastState === undefined ? {} : { lastState: given.lastState }),
        },
      ],
      ...(given.init === undefined
        ? {}
        : { initContainerStatuses: [{ name: "prepare", ready: false, restartCount: 0, ...given.init }] }),
      ...given.status,
    },
  });
}

export const healthyPod = (owner: string): Manifest =>
  pod({ owner, ready: true, phase: "Running", state: running(60) });
