// Waiting for something outside this process. Every wait has an end and says what it waited for.
import { setTimeout as sleep } from "node:timers/promises";

export interface Wait {
  readonly forWhat: string;
  readonly seconds: number;
  /** Asked after each failed attempt; a sentence ends the wait at once. */
  readonly hopeless?: () => string | undefined;
}

/** Asks every 50 ms. A check that throws counts as "not yet". */
export async function waitUntil(check: () => Promise<boolean>, wait: Wait): Promise<void> {
  const end = Date.now() + wait.seconds * 1000;
  while (!(await check().catch(() => false))) {
    const reason = wait.hopeless?.();
    if (reason) throw new Error(reason);
    if (Date.now() > end) throw new Error(`Waited ${wait.seconds} s for ${wait.forWhat}, in vain.`);
    await sleep(50);
  }
}
