// How long things take in the sandbox, in milliseconds: long enough to watch, short enough not to wait for.

export interface Timing {
  /** From a pod's birth to the first ready one. */
  readonly start: number;
  /** Between one pod of a workload and the next. */
  readonly step: number;
  /** One attempt of a task. */
  readonly task: number;
  /** Until a volume is bound. */
  readonly bind: number;
  /** Until an Ingress or a route has an address. */
  readonly publish: number;
  /** Until a failure that waiting could mend is called one. */
  readonly verdict: number;
  /** From a deletion to the object being gone. */
  readonly terminate: number;
}

const TIMING: Timing = {
  start: 600,
  step: 300,
  task: 1500,
  bind: 150,
  publish: 250,
  verdict: 2000,
  terminate: 150,
};

/** `speed` 10: everything takes a tenth. */
export function timingAt(speed: number): Timing {
  return {
    start: TIMING.start / speed,
    step: TIMING.step / speed,
    task: TIMING.task / speed,
    bind: TIMING.bind / speed,
    publish: TIMING.publish / speed,
    verdict: TIMING.verdict / speed,
    terminate: TIMING.terminate / speed,
  };
}
