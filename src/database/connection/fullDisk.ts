// Remembers from the results of writes whether the disk of the database is full. It writes nothing to find out.
import type { Clock } from "../../ports/clock.ts";

/**
 * Milliseconds for which the disk counts as full after a failed write, because small writes may still succeed on a full
 * disk.
 */
const REMEMBERED = 30_000;

export interface FullDisk {
  /** Records that a write failed because the disk is full. */
  met(): void;
  /** Records that a write succeeded. */
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
