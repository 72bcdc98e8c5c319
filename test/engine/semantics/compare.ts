// Compares the engine with the reference interpreter on one scenario, and checks the rules that every run must keep,
// whatever the interpreter says.

import { explainProblem, type Problem } from "../../../src/model/problems/problem.ts";
import { isSettled } from "../../../src/model/run/phase.ts";
import type { Job } from "../../../src/model/run/run.ts";
import { lookUp } from "../../../src/plan/workflow/steps/lookUp.ts";
import { type Workflow, written } from "./document.ts";
import type { Scenario } from "./generate.ts";
import { type Played, play } from "./play.ts";
import { type Ending, interpret } from "./reference.ts";

export interface Comparison {
  readonly refused: boolean;
  readonly differences: readonly string[];
}

export async function compare({ workflow, acts, crashes }: Scenario): Promise<Comparison> {
  const played = await play(workflow, { acts, crashes });
  const wanted = interpret(workflow, acts);
  if (played.run === null) return { refused: true, differences: refusalFaults(played.refusals, workflow, wanted.jobs) };
  const differences = [...played.broken, ...endFaults(played)];
  // A run that another process took over may do the same a moment later. Then only the phases of the jobs are compared.
  const show = crashes.length > 0 ? showPhase : showAll;
  const seen = new Map(played.jobs.map((job) => [job.name, endingOf(job, played.begun)]));
  for (const [name, ending] of wanted.jobs) {
    const actual = seen.get(name);
    const [right, is] = [show(ending), actual === undefined ? "no such job" : show(actual)];
    if (right !== is) differences.push(`${name}: should be ${right}, is ${is}`);
  }
  if (played.run.phase !== wanted.phase) differences.push(`the run should be ${wanted.phase}, is ${played.run.phase}`);
  return { refused: false, differences };
}

/**
 * The planner may only refuse conditions that are never true, because the generator makes no other mistakes. So a step
 * that it refuses must never run in the reference interpreter.
 */
function refusalFaults(
  refusals: readonly Problem[],
  workflow: Workflow,
  jobs: ReadonlyMap<string, Ending>,
): readonly string[] {
  const texts = written(workflow);
  return refusals.flatMap((refusal) => {
    const said = `${refusal.pointer}: ${explainProblem(refusal, "en").message}`;
    const step = refusedStep(refusal, texts);
    if (step === null) return [`refused: ${said}`];
    const ran = [...jobs].filter(
      ([name, { startedAt }]) => startedAt !== null && name.split(/\.|\[\d+\]/).includes(step),
    );
    return ran.map(([name]) => `${name} runs, but the planner says ${said}`);
  });
}

/**
 * The name of the step whose condition is never true, in the document or in a called workflow. `null` when the planner
 * refuses something else.
 */
function refusedStep(refusal: Problem, { document, called }: ReturnType<typeof written>): string | null {
  const { code, pointer } = refusal.inner ?? refusal;
  const holder = refusal.inner === undefined ? document : called.get(String(refusal.params["name"]));
  if (code !== "NeverHolds" || holder === undefined) return null;
  const inWorkflow = refusal.inner === undefined ? pointer : pointer.replace(/^\/workflow/, "");
  const name = lookUp(holder, inWorkflow.replace(/\/if$/, "/name"));
  return typeof name === "string" ? name : null;
}

function endFaults({ run, jobs }: Played): readonly string[] {
  const ended = run !== null && run.phase !== "running";
  if (!ended)
    return [
      `the run never ended: ${jobs
        .filter((job) => !isSettled(job.phase))
        .map((job) => `${job.name} ${job.phase}`)
        .join(", ")}`,
    ];
  return jobs
    .filter((job) => !isSettled(job.phase))
    .map((job) => `${job.name} stands at ${job.phase} though the run has ended`);
}

function endingOf({ phase, reason, startedAt, finishedAt }: Job, begun: number): Ending {
  const since = (at: string | null): number | null => (at === null ? null : Date.parse(at) - begun);
  const why = phase !== "skipped" ? "" : reason.code === "ConditionFalse" ? "condition" : "need";
  return { phase, why, startedAt: since(startedAt), finishedAt: since(finishedAt) };
}

function showPhase({ phase, why }: Ending): string {
  return why === "" ? phase : `${phase} by ${why}`;
}

function showAll(ending: Ending): string {
  return `${showPhase(ending)} ${ending.startedAt ?? "-"}…${ending.finishedAt ?? "-"}`;
}
