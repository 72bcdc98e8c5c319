// Whether the database's disk is full, as the writes themselves tell: nothing is written in order to find out.
import type { Clock } from "../../ports/clock.ts";

/** On a full disk small writes still succeed now and then. */
const REMEMBERED = 30_000;

export interface FullDisk {
  /** A write was refused for want of room. */
  met(): void;
  /** A write was kept. */
  wrote(): void;
  isFull(): boolean;
}

export function watchForFullDisk(clock: Pick<Clock, "now">): FullDisk {
  let metAt: number | undefined;
  let sinceThen = false;
  return {
    met: () => {
      metAt = clock.now().getTime();
      sinceThen = false;
    },
    wrote: () => {
      sinceThen = true;
    },
    isFull: () => metAt !== undefined && (!sinceThen || Math.abs(clock.now().getTime() - metAt) < REMEMBERED),
  };
}
