// Wakes the simulated controllers when time alone frees room: a task ends, or a removed object is gone. There is no
// timer while nobody waits for room.
import type { Clock } from "../../ports/clock.ts";
import type { SandboxObjects, StoredObject } from "../objects/sandboxObjects.ts";
import { isSuspended } from "../objects/workloadTemplate.ts";
import { freesNodeAt } from "../pods/occupation.ts";

export interface Wake {
  /** Replaces the timer by one for the next moment that frees room. */
  plan(): void;
  /** Somebody waits for room, until the returned function is called. */
  wait(): () => void;
}

interface WakeOptions {
  readonly objects: SandboxObjects;
  readonly clock: Clock;
  readonly closed: AbortSignal;
  readonly onMoment: () => void;
}

export function createWake({ objects, clock, closed, onMoment }: WakeOptions): Wake {
  let timer = new AbortController();
  let waiting = 0;
  const plan = (): void => {
    timer.abort();
    const next = closed.aborted ? null : nextMoment(objects, waiting > 0);
    if (next === null) return;
    timer = new AbortController();
    const signal = AbortSignal.any([timer.signal, closed]);
    void clock.sleep(Math.max(0, next - objects.now()), signal).then(() => {
      if (!signal.aborted) onMoment();
    });
  };
  return {
    plan,
    wait: () => {
      waiting += 1;
      plan();
      let left = false;
      return () => {
        if (!left) waiting -= 1;
        left = true;
        plan();
      };
    },
  };
}

/** `null` when nothing waits, or when nothing that runs ends by itself. */
function nextMoment(objects: SandboxObjects, waiting: boolean): number | null {
  const all = objects.list();
  const now = objects.now();
  if (!waiting && !all.some(waitsForRoom)) return null;
  const moments = all.flatMap((object) => [object.goneAt, ...object.pods.map((pod) => freesNodeAt(object, pod))]);
  const ahead = moments.filter((moment) => moment !== null).filter((moment) => moment > now);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

/** A pod without a node, or a Job that a queue suspended. */
function waitsForRoom({ manifest, pods }: StoredObject): boolean {
  return isSuspended(manifest) || pods.some(({ hold }) => hold?.code === "Unschedulable");
}
