// Time is passed in, so that tests decide what time it is.
export interface Clock {
  now(): Date;
  /** Resolves after `milliseconds`, or at once when the signal aborts (without throwing). */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
