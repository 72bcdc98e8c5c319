// The engine's switch: takes up what is unfinished, and stops without losing anything.
import type { Duty, Lease, Outcome } from "../ports/dispatch.ts";
import { driveRun } from "./driving/driveRun.ts";
import { giveUpRun } from "./driving/giveUp.ts";
import type { World } from "./interface/dependencies.ts";
import { lookAfterSchedule } from "./schedules/schedules.ts";
import { runEnded } from "./upkeep/afterRun.ts";
import { handOutForgotten, keepUp, UPKEEP } from "./upkeep/upkeep.ts";

export interface Engine {
  /** Resolves when nothing is being driven any more. Unfinished runs stay unfinished; another process or the next start takes them up. */
  stop(): Promise<void>;
}

interface Kind {
  readonly look: (world: World, id: string, lease: Lease) => Promise<Outcome>;
  /** Nobody could look after it. Missing: it is forgotten, and handed out again by the next start. */
  readonly giveUp?: (world: World, id: string) => Promise<void>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  run: { look: lookAfterRun, giveUp: giveUpRun },
  schedule: { look: lookAfterSchedule },
  engine: { look: (world, _, lease) => keepUp(world, lease) },
};

export async function startEngine(world: World): Promise<Engine> {
  await world.dispatch.start(
    async (duty, lease) => {
      const { kind, id } = partsOf(duty);
      return (await kind?.look(world, id, lease)) ?? "done";
    },
    async (duty) => {
      const { kind, id } = partsOf(duty);
      await kind?.giveUp?.(world, id);
    },
  );
  await world.dispatch.ensure([{ duty: UPKEEP, terms: { priority: 10 } }]);
  await handOutForgotten(world);
  return { stop: () => world.dispatch.stop() };
}

function partsOf(duty: Duty): { readonly kind: Kind | undefined; readonly id: string } {
  const slash = duty.indexOf("/");
  return { kind: KINDS[duty.slice(0, slash)], id: duty.slice(slash + 1) };
}

async function lookAfterRun(world: World, run: string, lease: Lease): Promise<Outcome> {
  const outcome = await driveRun(world, run, lease);
  if (outcome === "done" && !lease.signal.aborted) await runEnded(world, run, lease.signal);
  return outcome;
}
