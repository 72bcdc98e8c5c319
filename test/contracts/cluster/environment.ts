// What the cluster suite needs from the test file that runs it, and functions that wait for events with a time limit.
// The suite never sleeps.

import type { JsonObject } from "../../../src/model/data/json.ts";
import type { HealthState, ObjectHealth } from "../../../src/model/kubernetes/health.ts";
import type { Manifest, ObjectRef } from "../../../src/model/kubernetes/manifest.ts";
import type { ReasonCode } from "../../../src/model/reasons/reason.ts";
import type { Applied, ApplyOptions, Cluster } from "../../../src/ports/cluster.ts";
import { ClusterError } from "../../../src/ports/cluster.ts";

export interface ClusterEnvironment {
  readonly cluster: Cluster;
  /** A namespace that exists, is empty, and is used only by the suite. */
  readonly namespace: string;
  /** A second namespace, so that a quota does not disturb the other tests. */
  readonly quotaNamespace: string;
  /** The number of writes by the cluster under test that have arrived in the suite's namespaces. */
  readonly writes: () => Promise<number>;
  /** Creates an object as another client would, without the port. */
  readonly place: (object: Manifest) => Promise<void>;
  /** Changes an object of the suite as another client would, without the port. */
  readonly edit: (ref: ObjectRef, change: JsonObject) => Promise<void>;
  /** Field manager of `edit`; `null` when the cluster does not report it. */
  readonly editor: string | null;
  readonly setQuota: (namespace: string, hard: Readonly<Record<string, string>>) => Promise<void>;
  /** The value that the cluster stores under a key of a Secret. The sandbox stores the sealed token. */
  readonly secretValue: (name: string, key: string) => Promise<string>;
  /** A resource that only one node has, and how much of it. No other test uses it. */
  readonly devices: { readonly resource: string; readonly count: number };
  /** An image whose registry answers that it does not have it. The tag must be `does-not-exist`. */
  readonly missingImage: string;
  /** Whether opened secret values reach the cluster. A sandbox never opens them. */
  readonly opensSecrets: boolean;
  readonly close: () => Promise<void>;
}

export const SECRET_TOKEN = "sealed:v1:contract";
export const SECRET_VALUE = "canary-4711-do-not-show";

export function options(signal: AbortSignal = AbortSignal.timeout(30_000)): ApplyOptions {
  return { signal, force: true, reveal: (text) => text.replaceAll(SECRET_TOKEN, SECRET_VALUE) };
}

/** All health reports about one object since the follow started. */
export interface Following {
  readonly told: readonly ObjectHealth[];
  until(wanted: Wanted, milliseconds: number): Promise<ObjectHealth>;
  stop(): void;
}

export interface Wanted {
  readonly state: HealthState | readonly HealthState[];
  readonly code?: ReasonCode;
}

export function followOne(cluster: Cluster, applied: Applied): Following {
  const told: ObjectHealth[] = [];
  const listeners = new Set<() => void>();
  const stop = cluster.follow([applied], (health) => {
    told.push(health);
    for (const listener of listeners) listener();
  });
  return { told, stop, until: (wanted, milliseconds) => waitUntil({ told, listeners }, wanted, milliseconds) };
}

function waitUntil(
  heard: { readonly told: readonly ObjectHealth[]; readonly listeners: Set<() => void> },
  wanted: Wanted,
  milliseconds: number,
): Promise<ObjectHealth> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      heard.listeners.delete(look);
      reject(
        new Error(
          `no ${JSON.stringify(wanted)} within ${milliseconds} ms, only:\n${heard.told.map(inShort).join("\n")}`,
        ),
      );
    }, milliseconds);
    const look = (): void => {
      const found = heard.told.find((health) => fits(health, wanted));
      if (found === undefined) return;
      clearTimeout(timer);
      heard.listeners.delete(look);
      resolve(found);
    };
    heard.listeners.add(look);
    look();
  });
}

function fits(health: ObjectHealth, wanted: Wanted): boolean {
  const states: readonly HealthState[] = typeof wanted.state === "string" ? [wanted.state] : wanted.state;
  return states.includes(health.state) && (wanted.code === undefined || wanted.code === health.reason.code);
}

function inShort(health: ObjectHealth): string {
  return `${health.state} ${health.reason.code} ${JSON.stringify(health.reason.params)} ${health.evidence.map((one) => one.text).join(" | ")}`;
}

/** Applies an object and waits until the expected verdict arrives. */
export async function applyAndWait(
  cluster: Cluster,
  manifest: Manifest,
  expected: Wanted & { readonly within: number },
): Promise<{ readonly applied: Applied; readonly health: ObjectHealth; readonly told: readonly ObjectHealth[] }> {
  const applied = await cluster.apply(manifest, options());
  const following = followOne(cluster, applied);
  try {
    return { applied, health: await following.until(expected, expected.within), told: following.told };
  } finally {
    following.stop();
  }
}

export async function refusal(attempt: Promise<unknown>): Promise<ClusterError> {
  const error = await attempt.then(
    () => new Error("it was not refused"),
    (cause: unknown) => cause,
  );
  if (error instanceof ClusterError) return error;
  throw error;
}
