// What is wrong with one container of a pod, from its state. Pure functions; the order of the rules is their priority.
// The time windows are short, so that the user learns of each failure within seconds.

import { numberAt, textAt, timeAt } from "../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../../../model/reasons/reason.ts";
import { clip } from "../../refusals/admission.ts";
import { missingReference } from "../../refusals/references.ts";
import type { EventFact } from "../../watches/eventRing.ts";
import { found, fromContainer, fromEvent, type HealthFinding } from "../finding.ts";
import { imageFailure } from "./image.ts";

interface ContainerCase {
  readonly pod: Manifest;
  /** The container's entry in the pod's specification, and in its status. */
  readonly spec: unknown;
  readonly status: unknown;
  readonly role: "init" | "sidecar" | "main";
  readonly events: readonly EventFact[];
  readonly now: number;
}

const RESTARTS = 3;
const CRASH_LASTS = 20_000;
export const MISSING_LASTS = 10_000;
/**
 * Milliseconds that a container must run after a crash before it counts as ready: without a readiness probe, it reports
 * itself ready immediately.
 */
const SETTLING = 10_000;

const IMAGE_WAITING: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "RegistryUnavailable",
  "SignatureValidationFailed",
]);
const START_FAILURES: ReadonlySet<string> = new Set([
  "CreateContainerError",
  "RunContainerError",
  "PreCreateHookError",
  "PreStartHookError",
  "PostStartHookError",
]);
const CANNOT_RUN: ReadonlySet<string> = new Set(["StartError", "ContainerCannotRun"]);

/** Matches the kubelet's message about a failed probe that leads to a restart of the container. */
const DEADLY_PROBE = /^(Liveness|Startup) probe/;
/** Exit codes of a container that was asked to end or was killed. Any other code comes from the program itself. */
const ASKED_TO_END: ReadonlySet<number> = new Set([0, 137, 143]);

/** The container's trouble, or `undefined` when there is none. */
export function containerFinding(given: ContainerCase): HealthFinding | undefined {
  const waiting = textAt(given.status, "state", "waiting", "reason");
  const message = textAt(given.status, "state", "waiting", "message");
  if (waiting === "InvalidImageName" || waiting === "InspectFailed" || waiting === "ImageInspectError")
    return badName(given, waiting, message);
  if (waiting === "ErrImageNeverPull")
    return finalNow(given, reason("ImageNotOnNode", { image: imageOf(given) }), `${waiting}: ${message}`);
  if (IMAGE_WAITING.has(waiting)) return pullFinding(given, waiting, message);
  if (waiting === "CreateContainerConfigError") return configFinding(given, message);
  if (START_FAILURES.has(waiting)) return cannotStart(given, message, `${waiting}: ${message}`);
  return crashFinding(given, waiting);
}

function imageOf(given: ContainerCase): string {
  return textAt(given.spec, "image") || textAt(given.status, "image");
}

function containerOf(given: ContainerCase): string {
  return textAt(given.status, "name") || textAt(given.spec, "name");
}

function restartsOf(given: ContainerCase): number {
  return numberAt(given.status, "restartCount");
}

/**
 * The key names the container and not the pod, so that the time window continues when a pod is replaced by another one
 * with the same trouble.
 */
function keyed(given: ContainerCase, why: Reason, after: number): NonNullable<HealthFinding["turns"]> {
  return { key: `${why.code}/${containerOf(given)}/${imageOf(given)}`, after, into: "failed" };
}

function blocked(
  given: ContainerCase,
  why: Reason,
  options: { readonly after: number; readonly evidence: HealthFinding["evidence"] },
): HealthFinding {
  return { ...found("blocked", why, options.evidence), turns: keyed(given, why, options.after) };
}

function finalNow(given: ContainerCase, why: Reason, text: string): HealthFinding {
  return found("failed", why, [fromContainer(given.pod, containerOf(given), text)]);
}

function badName(given: ContainerCase, waiting: string, message: string): HealthFinding {
  return finalNow(given, reason("ImageInvalidName", { image: imageOf(given) }), `${waiting}: ${message}`);
}

function pullFinding(given: ContainerCase, waiting: string, message: string): HealthFinding {
  // Before Kubernetes 1.31, ImagePullBackOff does not contain the cause; the events of the pod do.
  const event = given.events.findLast((one) => one.reason === "Failed" && one.message.includes("Failed to pull image"));
  const words = /ErrImagePull: |rpc error|failed to/.test(message)
    ? message
    : `${message} ${event?.message ?? ""}`.trim();
  const { reason: why, after } = imageFailure(imageOf(given), words);
  const evidence = [
    fromContainer(given.pod, containerOf(given), `${waiting}: ${message}`),
    ...(event === undefined ? [] : [fromEvent(event)]),
  ];
  if (after === 0) return found("failed", why, evidence);
  return blocked(given, why, { after, evidence });
}

function configFinding(given: ContainerCase, message: string): HealthFinding | undefined {
  // A kubelet cache that is not synced yet is not the user's mistake.
  if (/failed to sync \S+ cache/.test(message)) return undefined;
  const evidence = [fromContainer(given.pod, containerOf(given), `CreateContainerConfigError: ${message}`)];
  const missing = missingReference(message);
  if (missing !== undefined)
    return blocked(given, reason("MissingReference", { detail: missing }), { after: MISSING_LASTS, evidence });
  return blocked(given, reason("CannotStart", { container: containerOf(given), detail: message }), {
    after: CRASH_LASTS,
    evidence,
  });
}

function cannotStart(given: ContainerCase, detail: string, text: string): HealthFinding {
  const evidence = [fromContainer(given.pod, containerOf(given), text)];
  const why = reason("CannotStart", { container: containerOf(given), detail: shortened(detail) });
  if (restartsOf(given) >= RESTARTS) return found("failed", why, evidence);
  return blocked(given, why, { after: CRASH_LASTS, evidence });
}

/**
 * The useful part of a runtime's message, which wraps it: `failed to create containerd task: ... exec: "foo":
 * executable file not found in $PATH`.
 */
export function shortened(message: string): string {
  const mount = /error mounting "[^"]*\/([^"/]+)" to rootfs at "([^"]+)": .*?([^:]+)(?:: Are you trying .*)?$/s.exec(
    message,
  );
  if (mount !== null)
    return clip(`${mount[1] ?? ""} cannot be mounted at ${mount[2] ?? ""}: ${mount[3]?.trim() ?? ""}`);
  const exec = /exec: (.*)$/s.exec(message)?.[1] ?? /unable to start container process: (.*)$/s.exec(message)?.[1];
  return (exec ?? message).replace(/: unknown$/, "").slice(0, 300);
}

function crashFinding(given: ContainerCase, waiting: string): HealthFinding | undefined {
  const restarts = restartsOf(given);
  const running = timeAt(given.status, "state", "running", "startedAt");
  const settled = running !== undefined && given.now - running >= SETTLING;
  // With a readiness probe, "ready" counts immediately. Without one, a container reports itself ready the moment it
  // starts.
  const isReady = readyFlag(given.status) && (settled || isProbed(given.spec));
  const which = textAt(given.status, "state", "terminated", "reason") === "" ? "lastState" : "state";
  const reasonText = textAt(given.status, which, "terminated", "reason");
  if (reasonText === "" || isReady) return undefined;
  const exitCode = numberAt(given.status, which, "terminated", "exitCode");
  // A clean exit is a trouble only when it repeats. During the back-off the container usually waits in
  // CrashLoopBackOff, but since Kubernetes 1.36 it sometimes only shows that it ended.
  if (exitCode === 0 && waiting !== "CrashLoopBackOff" && restarts < RESTARTS) return undefined;
  // The container has run long enough but is not ready: its probe is the trouble, and that is reported elsewhere
  // (notReady in pod.ts).
  if (settled && restarts < RESTARTS) return undefined;
  const text = `${reasonText} exit code ${exitCode}, ${restarts} restarts${waiting === "" ? "" : `, ${waiting}`}`;
  const detail = textAt(given.status, which, "terminated", "message");
  if (CANNOT_RUN.has(reasonText)) return cannotStart(given, detail, `${reasonText}: ${detail}`);
  const unhealthy = lastUnhealthy(given);
  const evidence = [
    fromContainer(given.pod, containerOf(given), detail === "" ? text : `${text}: ${detail}`),
    ...(unhealthy === undefined ? [] : [fromEvent(unhealthy)]),
  ];
  const why = crashReason(given, reasonText, exitCode);
  const base = {
    log: {
      namespace: given.pod.metadata.namespace ?? "",
      pod: given.pod.metadata.name,
      container: containerOf(given),
      previous: which === "lastState",
    },
    // Time alone may change the finding, when a restarted container has run for SETTLING milliseconds.
    ...(running === undefined ? {} : { again: Math.max(0, running + SETTLING - given.now) + 50 }),
  };
  if (restarts >= RESTARTS) return { ...found("failed", why, evidence), ...base };
  return { ...blocked(given, why, { after: CRASH_LASTS, evidence }), ...base };
}

function lastUnhealthy(given: ContainerCase): EventFact | undefined {
  return given.events.findLast((one) => one.reason === "Unhealthy" && DEADLY_PROBE.test(one.message));
}

function isProbed(spec: unknown): boolean {
  return typeof spec === "object" && spec !== null && "readinessProbe" in spec;
}

function readyFlag(status: unknown): boolean {
  return typeof status === "object" && status !== null && "ready" in status && status.ready === true;
}

function crashReason(given: ContainerCase, reasonText: string, exitCode: number): Reason {
  const container = containerOf(given);
  if (reasonText === "OOMKilled") {
    return reason("OutOfMemory", {
      container,
      limit: textAt(given.spec, "resources", "limits", "memory") || "LimitOfNode",
    });
  }
  if (given.role === "init") return reason("InitFailed", { container, exitCode });
  const unhealthy = lastUnhealthy(given);
  if (unhealthy !== undefined && ASKED_TO_END.has(exitCode))
    return reason("ProbeKilled", { container, detail: clip(unhealthy.message).replace(/:$/, "") });
  if (exitCode === 0) return reason("EndsByItself", { container, restarts: restartsOf(given) });
  return reason("CrashLoop", { container, exitCode, restarts: restartsOf(given) });
}
