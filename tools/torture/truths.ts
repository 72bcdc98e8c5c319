// What is true of every workflow at its end, whatever was done to it and to the processes that drove it: by what the API says of the run, by
// the events, and by what the user was told. Asks nothing of the engine itself.
import type { AnswerOf } from "../../src/api/client.ts";
import type { Asks, Flow } from "./flows.ts";
import type { Event } from "./watcher.ts";

type Run = AnswerOf<"getRun">;
type Job = Run["jobs"][number];

/** A run of a flow, and what its user did to it. */
export interface Steered {
  readonly run: string;
  readonly flow: Flow;
  /** When the first cancel was acknowledged. */
  cancelledAt?: number;
  /** A cancel said so, or one that may not have been heard in time. */
  finalsSkipped?: boolean;
}

/** What a cancelled run may take to settle while its processes are killed, frozen and cut off: a lease and its takeover, twice. */
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

/** Of the values of a loop: what went wrong before what went well. */
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
