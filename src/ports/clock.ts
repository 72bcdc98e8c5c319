// The interface to the clock. It is passed to all code that needs the time, so that tests can control it.
export interface Clock {
  now(): Date;
  /** Resolves after `milliseconds`, or immediately when the signal aborts. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
