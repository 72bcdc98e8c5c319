// Job types that behave like a bad program (the table of faults in the design, 7.1), each with the reason with which
// its job must end. All have small limits, so they use up only their own share.
import type { JsonObject } from "../../src/model/data/json.ts";

export interface Fault {
  readonly name: string;
  readonly spec: JsonObject;
  readonly ends: { readonly phase: string; readonly reason: JsonObject };
}

const small = { cpu: "100m", memory: "24Mi", "ephemeral-storage": "32Mi" };

function program(script: string, more: JsonObject = {}): JsonObject {
  return {
    runtime: {
      tier: "T1",
      image: "busybox:1.36",
      template: { spec: { containers: [{ command: ["sh", "-c", script] }], terminationGracePeriodSeconds: 1 } },
    },
    resources: { default: small },
    retry: { on: [] },
    ...more,
  };
}

const failed = (code: string, params: JsonObject = {}): Fault["ends"] => ({
  phase: "failed",
  reason: { code, params },
});

/** A type without a fault: shows what starting and ending pods costs, for comparison with the faults. */
export const HEALTHY: Fault = {
  name: "healthy",
  spec: program("true"),
  ends: { phase: "succeeded", reason: { code: "Completed" } },
};

export const FAULTS: readonly Fault[] = [
  {
    name: "memory-hog",
    spec: program("x=1234567890; while :; do x=$x$x; done"),
    ends: failed("OutOfMemory"),
  },
  {
    name: "endless-loop",
    spec: program("while :; do :; done", { timeouts: { attempt: "8s" } }),
    ends: { phase: "timed-out", reason: { code: "AttemptDeadline", params: {} } },
  },
  {
    name: "exits",
    spec: program("exit 7", { failureMap: [{ exitCode: 7, reason: "NoLuck", domain: "job" }] }),
    ends: failed("MappedFailure", { name: "NoLuck" }),
  },
  {
    name: "kills-itself",
    spec: program("sleep 100 & kill -9 $!; wait $!"),
    ends: failed("TaskFailed", { exitCode: 137 }),
  },
  {
    name: "throws",
    spec: program("echo 'Error: nothing works' >&2; echo '    at main.js:1' >&2; exit 1"),
    ends: failed("TaskFailed", { exitCode: 1 }),
  },
  {
    name: "gives-much",
    spec: program(`echo "kubemin-output:{\\"x\\": \\"$(head -c 200000 /dev/zero | tr '\\0' x)\\"}"`),
    ends: failed("BadOutput"),
  },
  { name: "gives-nonsense", spec: program("echo kubemin-output:nonsense"), ends: failed("BadOutput") },
  {
    name: "log-flood",
    spec: program("yes 'a line of a log that nobody will ever read' | head -n 400000; exit 3"),
    ends: failed("TaskFailed", { exitCode: 3 }),
  },
];
