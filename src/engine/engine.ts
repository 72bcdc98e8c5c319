// Starts and stops the engine. At the start, everything that is unfinished is handed to dispatch; dispatch then calls
// the engine for each duty.
import type { DriveOutcome, Duty, Lease } from "../ports/dispatch.ts";
import type { EngineDependencies } from "./contract/dependencies.ts";
import { driveRun } from "./driving/driveRun.ts";
import { giveUpRun } from "./driving/giveUp.ts";
import { driveSchedule } from "./schedules/schedules.ts";
import { runEnded } from "./upkeep/afterRun.ts";
import { dispatchUnfinished, runUpkeep, UPKEEP_DUTY } from "./upkeep/upkeep.ts";

export interface Engine {
  /**
   * Resolves when this process drives nothing any more. Unfinished runs stay in the store; another process or the next
   * start drives them.
   */
  stop(): Promise<void>;
}

interface Kind {
  readonly drive: (dependencies: EngineDependencies, id: string, lease: Lease) => Promise<DriveOutcome>;
  /**
   * Called when every process that took the duty vanished. Default: the duty is forgotten until the next start hands it
   * out again.
   */
  readonly giveUp?: (dependencies: EngineDependencies, id: string) => Promise<void>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  run: { drive: driveRunDuty, giveUp: giveUpRun },
  schedule: { drive: driveSchedule },
  engine: { drive: (dependencies, _, lease) => runUpkeep(dependencies, lease) },
};

export async function startEngine(dependencies: EngineDependencies): Promise<Engine> {
  await dependencies.dispatch.start(
    async (duty, lease) => {
      const { kind, id } = partsOf(duty);
      return (await kind?.drive(dependencies, id, lease)) ?? "done";
    },
    async (duty) => {
      const { kind, id } = partsOf(duty);
      await kind?.giveUp?.(dependencies, id);
    },
  );
  await dependencies.dispatch.ensure([{ duty: UPKEEP_DUTY, terms: { priority: 10 } }]);
  await dispatchUnfinished(dependencies);
  return { stop: () => dependencies.dispatch.stop() };
}

function partsOf(duty: Duty): { readonly kind: Kind | undefined; readonly id: string } {
  const slash = duty.indexOf("/");
  return { kind: KINDS[duty.slice(0, slash)], id: duty.slice(slash + 1) };
}

async function driveRunDuty(dependencies: EngineDependencies, run: string, lease: Lease): Promise<DriveOutcome> {
  const outcome = await driveRun(dependencies, run, lease);
  if (outcome === "done" && !lease.signal.aborted) await runEnded(dependencies, run, lease.signal);
  return outcome;
}
