// Rules that hold for every workflow at its end, whatever happened to it and to its processes. They are checked by the
// API's answer about the run, by the events, and by the answers that the user got. No code of the engine is used.
import type { AnswerOf } from "../../src/api/client.ts";
import type { Asks, Flow } from "./flows.ts";
import type { Event } from "./watcher.ts";

type Run = AnswerOf<"getRun">;
type Job = Run["jobs"][number];

/** A run of a flow, and the actions of its user. */
export interface Steered {
  readonly run: string;
  readonly flow: Flow;
  /** When the first cancel was acknowledged. */
  cancelledAt?: number;
  /** True when a cancel asked to skip the final steps, even if the server may not have received it in time. */
  finalsSkipped?: boolean;
}

/**
 * Milliseconds in which a cancelled run must end while its processes are killed, frozen and cut off: a lease and its
 * takeover, twice.
 */
const SETTLES = 60_000;

export function flowWrongly(
  steered: readonly Steered[],
  runs: readonly Run[],
  events: readonly Event[],
): readonly string[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const ends = new Map(events.filter((event) => event.type === "run.finished").map((event) => [event.run, event.at]));
  return steered.flatMap((one) => {
    const run = byId.get(one.run);
    if (run === undefined) return [];
    const end = ends.get(run.id);
    const late = one.cancelledAt !== undefined && end !== undefined ? Date.parse(end) - one.cancelledAt : 0;
    return [
      ...(late > SETTLES ? [`run ${run.id} settled ${late} ms after its cancel`] : []),
      ...conditionsWrongly(one, run),
      ...finalsWrongly(one, run),
    ];
  });
}

function conditionsWrongly({ flow }: Steered, run: Run): readonly string[] {
  return flow.steps.flatMap(({ name, asks }) => {
    const job = run.jobs.find((one) => one.name === name);
    if (job === undefined) return [`run ${run.id} has no job ${name}`];
    if (asks === undefined) return [];
    const holds = answers(asks, phaseOf(run, asks.of));
    if (!holds && job.attempt > 0) return [`run ${run.id}: ${name} has run, though ${JSON.stringify(asks)} is not so`];
    const skipped = job.phase === "skipped" && job.reason.code === "ConditionFalse";
    return holds && skipped ? [`run ${run.id}: ${name} was skipped, though ${JSON.stringify(asks)} is so`] : [];
  });
}

function answers({ is, isNot }: Asks, phase: string): boolean {
  return is === undefined ? phase !== isNot : phase === is;
}

/** The phase of a step. Of a loop, a value that did not succeed counts before the others. */
function phaseOf(run: Run, step: string): string {
  const phases = run.jobs.filter((job) => job.name === step || job.name.startsWith(`${step}[`)).map((job) => job.phase);
  const wrong = phases.find((phase) => phase !== "succeeded" && phase !== "skipped");
  return wrong ?? (phases.every((phase) => phase === "skipped") ? "skipped" : "succeeded");
}

function finalsWrongly({ finalsSkipped = false }: Steered, run: Run): readonly string[] {
  const finals = run.jobs.filter((job) => job.final);
  const others = run.jobs.filter((job) => !job.final);
  const early = finals.flatMap((final) =>
    others
      .filter((other) => endsAfter(other, final))
      .map((other) => `run ${run.id}: ${final.name} began before ${other.name} ended`),
  );
  const left = finals.filter((job) => job.attempt === 0 && job.reason.code !== "ConditionFalse");
  return [
    ...early,
    ...(finalsSkipped ? [] : left.map((job) => `run ${run.id}: the final step ${job.name} is ${job.phase}`)),
  ];
}

function endsAfter({ finishedAt }: Job, { startedAt }: Job): boolean {
  return finishedAt !== null && startedAt !== null && Date.parse(finishedAt) > Date.parse(startedAt);
}
