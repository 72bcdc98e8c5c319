// How long things take in the sandbox, in milliseconds: long enough to be seen, short enough not to be annoying.

export interface Timing {
  /** From the creation of the pods of a workload to the first ready one. */
  readonly start: number;
  /** Between one pod of a workload and the next. */
  readonly step: number;
  /** One attempt of a task that does not say how long it takes. */
  readonly task: number;
  /** One second of a `sleep` in a task. */
  readonly second: number;
  /** Until a claim is bound. */
  readonly bind: number;
  /** Until an Ingress or a route has an address. */
  readonly publish: number;
  /** Until a failure that may still pass is reported as a failure. */
  readonly verdict: number;
  /** From a deletion to the disappearance of the object. */
  readonly terminate: number;
}

const TIMING: Timing = {
  start: 600,
  step: 300,
  task: 1500,
  second: 1000,
  bind: 150,
  publish: 250,
  verdict: 2000,
  terminate: 150,
};

/** The timing at a speed; with 10 everything takes a tenth of the time. */
export function timingAt(speed: number): Timing {
  return {
    start: TIMING.start / speed,
    step: TIMING.step / speed,
    task: TIMING.task / speed,
    second: TIMING.second / speed,
    bind: TIMING.bind / speed,
    publish: TIMING.publish / speed,
    verdict: TIMING.verdict / speed,
    terminate: TIMING.terminate / speed,
  };
}
