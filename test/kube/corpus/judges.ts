// Conditions that tell the recorder when a scene has reached its state. They look at all objects in its namespace.
import { dig } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import type { Judge } from "./scene.ts";

const listAt = (object: Manifest, ...path: readonly string[]): readonly unknown[] => {
  const found = dig(object, ...path);
  return Array.isArray(found) ? found : [];
};

export const all =
  (...judges: readonly Judge[]): Judge =>
  (objects, events) =>
    judges.every((judge) => judge(objects, events));

export const some =
  (kind: string, test: (object: Manifest) => boolean): Judge =>
  (objects) =>
    objects.some((one) => one.kind === kind && test(one));

export const exists = (kind: string, name?: string): Judge =>
  some(kind, (one) => name === undefined || one.metadata.name === name);

export const field = (kind: string, path: string, value: unknown): Judge =>
  some(kind, (one) => dig(one, ...path.split(".")) === value);

export const hasField = (kind: string, path: string): Judge =>
  some(kind, (one) => dig(one, ...path.split(".")) !== undefined);

/** For example `condition("Job", "Failed", "True", "DeadlineExceeded")`. */
export const condition = (kind: string, type: string, status: string, reason?: string): Judge =>
  some(kind, (one) =>
    listAt(one, "status", "conditions").some(
      (each) =>
        dig(each, "type") === type &&
        dig(each, "status") === status &&
        (reason === undefined || dig(each, "reason") === reason),
    ),
  );

const containers = (pod: Manifest): readonly unknown[] => [
  ...listAt(pod, "status", "initContainerStatuses"),
  ...listAt(pod, "status", "containerStatuses"),
];

export const waitingFor = (...reasons: readonly string[]): Judge =>
  some("Pod", (pod) => containers(pod).some((one) => reasons.includes(String(dig(one, "state", "waiting", "reason")))));

/** A container crashed this many times and now waits in the back-off before its next start. */
export const crashed = (restarts: number): Judge =>
  some("Pod", (pod) =>
    containers(pod).some(
      (one) => Number(dig(one, "restartCount")) >= restarts && dig(one, "state", "running") === undefined,
    ),
  );

/** A container has run for this many seconds. */
export const runsFor = (seconds: number): Judge =>
  some("Pod", (pod) =>
    containers(pod).some(
      (one) => Date.now() - Date.parse(String(dig(one, "state", "running", "startedAt"))) >= seconds * 1000,
    ),
  );

export const warned =
  (reason: string): Judge =>
  (_objects, events) =>
    events.some((one) => one["reason"] === reason);

export const ready = condition("Pod", "Ready", "True");
export const rolledOut = all(
  condition("Deployment", "Progressing", "True", "NewReplicaSetAvailable"),
  condition("Deployment", "Available", "True"),
);
