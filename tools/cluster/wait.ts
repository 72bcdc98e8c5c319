// Waits for something outside this process. Every wait has a time limit, and its error names what it waited for.
import { setTimeout as sleep } from "node:timers/promises";

export interface Wait {
  readonly forWhat: string;
  readonly seconds: number;
  /** Called after each failed attempt. A returned sentence ends the wait immediately with this error. */
  readonly hopeless?: () => string | undefined;
}

/** Calls `check` every 50 ms until it resolves with true. An error of the check counts as false. */
export async function waitUntil(check: () => Promise<boolean>, wait: Wait): Promise<void> {
  const end = Date.now() + wait.seconds * 1000;
  while (!(await check().catch(() => false))) {
    const reason = wait.hopeless?.();
    if (reason) throw new Error(reason);
    if (Date.now() > end) throw new Error(`Waited ${wait.seconds} s for ${wait.forWhat}, without success.`);
    await sleep(50);
  }
}
