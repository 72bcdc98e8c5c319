// Plays a case: starts its runs, does each act at its moment, and advances the virtual time.

import { startDeployRun } from "../../../src/engine/starting/deploy.ts";
import { retryRun } from "../../../src/engine/starting/retry.ts";
import { startWorkflowRun } from "../../../src/engine/starting/startWorkflowRun.ts";
import { cancelRun } from "../../../src/engine/steering/cancel.ts";
import { pauseRun } from "../../../src/engine/steering/pause.ts";
import { sendToJob } from "../../../src/engine/steering/sendToJob.ts";
import { PlatformError } from "../../../src/model/errors/errors.ts";
import type { Problem } from "../../../src/model/problems/problem.ts";
import type { Job, Run } from "../../../src/model/run/run.ts";
import type { Act, WorkflowCase } from "./caseFile.ts";
import { openPlace, type WorkflowPlace } from "./place.ts";
import type { Call } from "./target.ts";

export interface Ended {
  readonly run: Run;
  readonly jobs: readonly Job[];
}

export interface Played {
  readonly runs: ReadonlyMap<string, Ended>;
  /** `CODE POINTER` of the problems for which the first document was refused; empty when it was accepted. */
  readonly refused: readonly string[];
  readonly warned: readonly string[];
  /** Acts whose result differs from what the case expects. */
  readonly wrong: readonly string[];
  readonly calls: readonly Call[];
  /** The beginning of the case, in milliseconds of virtual time. */
  readonly begin: number;
  /** The images of deployments, by their names. */
  readonly images: Readonly<Record<string, string>>;
}

interface Stage {
  readonly place: WorkflowPlace;
  readonly given: WorkflowCase;
  readonly begun: Map<string, { readonly project: string; readonly run: string }>;
  readonly refused: string[];
  readonly warned: string[];
  readonly wrong: string[];
}

/** A token that was created before every request of the cases. */
const TOKEN = {
  project: "*",
  role: "write",
  createdAt: "2023-01-01T00:00:00Z",
  expiresAt: null,
  madeBy: null,
} as const;
const PREPARATION = 120_000;
const neverAborted = new AbortController().signal;

export async function play(given: WorkflowCase): Promise<Played> {
  await using place = await openPlace();
  for (const type of given.types) await place.register(type);
  for (const application of given.applications) {
    await deploy(place, application);
    await place.clock.advance(PREPARATION);
  }
  const begin = place.clock.now().getTime();
  const before = place.target.calls.length;
  const stage: Stage = { place, given, begun: new Map(), refused: [], warned: [], wrong: [] };
  for (const act of actsOf(given)) {
    await place.clock.advance(begin + act.at - place.clock.now().getTime());
    await attempted(stage, act);
  }
  await place.clock.advance(begin + given.for - place.clock.now().getTime());
  const runs = new Map<string, Ended>();
  const { store } = place.dependencies;
  for (const [name, { run: id }] of stage.begun) {
    const run = await store.runs.get(id);
    if (run !== null) runs.set(name, { run, jobs: await store.runs.jobs(id) });
  }
  const { refused, warned, wrong } = stage;
  return { runs, refused, warned, wrong, begin, calls: place.target.calls.slice(before), images: imagesOf(place) };
}

/** A case without an act that starts a run is one run of its document. */
function actsOf({ acts, document }: WorkflowCase): readonly Act[] {
  const sorted = acts.toSorted((one, other) => one.at - other.at);
  if (document === undefined || acts.some((act) => act.run !== undefined && act.retry === undefined)) return sorted;
  return [{ at: 0, run: "main", skipFinally: false, by: "ann" }, ...sorted];
}

/** An act with `fails` must be refused with that code. */
async function attempted(stage: Stage, act: Act): Promise<void> {
  if (act.fails === undefined) return perform(stage, act);
  const code = await perform(stage, act).then(
    () => "nothing",
    (error: unknown) => (error instanceof PlatformError ? error.code : String(error)),
  );
  if (code !== act.fails)
    stage.wrong.push(`an act at ${act.at} ms was answered with ${code} and not with ${act.fails}`);
}

async function perform(stage: Stage, act: Act): Promise<void> {
  const { dependencies } = stage.place;
  const asked = (name: string) => {
    const target = stage.begun.get(name);
    if (target === undefined) throw new Error(`the case has started no run ${name}`);
    return { ...target, actor: act.by };
  };
  if (act.restart !== undefined) {
    await stage.place.kill();
    await stage.place.start();
  } else if (act.cancel !== undefined)
    await cancelRun(dependencies, { ...asked(act.cancel), skipFinal: act.skipFinally });
  else if (act.pause !== undefined) await pauseRun(dependencies, { ...asked(act.pause), pause: true });
  else if (act.resume !== undefined) await pauseRun(dependencies, { ...asked(act.resume), pause: false });
  else if (act.approve !== undefined) await answer(stage, asked(act.approve), { act, decision: "approve" });
  else if (act.deny !== undefined) await answer(stage, asked(act.deny), { act, decision: "deny" });
  else await begin(stage, act, asked);
}

async function answer(
  { place }: Stage,
  target: { readonly project: string; readonly run: string; readonly actor: string },
  { act, decision }: { readonly act: Act; readonly decision: "approve" | "deny" },
): Promise<void> {
  const { actor, ...where } = target;
  const sender = { ...TOKEN, id: actor, name: actor };
  await sendToJob(place.dependencies, { ...where, job: act.step ?? "", kind: "approval", data: { decision }, sender });
}

async function begin(
  stage: Stage,
  act: Act,
  asked: (name: string) => { readonly project: string; readonly run: string; readonly actor: string },
): Promise<void> {
  const { place, given } = stage;
  const project = act.project ?? "default";
  const name = act.run ?? "main";
  if (act.retry !== undefined) {
    const from = act.from === undefined ? {} : { from: act.from };
    stage.begun.set(name, { project, run: (await retryRun(place.dependencies, { ...asked(act.retry), ...from })).id });
    return;
  }
  const document = act.deploy ?? act.document ?? given.document ?? {};
  const inputs = act.inputs ?? given.inputs;
  try {
    const { run, warnings } =
      act.deploy === undefined
        ? await startWorkflowRun(place.dependencies, {
            project,
            actor: act.by,
            document,
            ...(inputs === undefined ? {} : { inputs }),
            ...(act.startAt === undefined ? {} : { startAt: act.startAt }),
          })
        : { run: await deploy(place, act.deploy), warnings: [] };
    stage.begun.set(name, { project, run: run.id });
    stage.warned.push(...warnings.map(told));
  } catch (error) {
    if (!(error instanceof PlatformError) || error.problems.length === 0) throw error;
    stage.refused.push(...error.problems.map(told));
  }
}

function told({ code, pointer }: Problem): string {
  return `${code} ${pointer}`;
}

function deploy({ dependencies }: WorkflowPlace, document: object): Promise<Run> {
  const request = {
    project: "default",
    text: JSON.stringify(document),
    format: "json",
    createNamespace: false,
    message: "",
    actor: "ann",
  } as const;
  return startDeployRun(dependencies, request, neverAborted);
}

function imagesOf({ sandbox }: WorkflowPlace): Readonly<Record<string, string>> {
  const deployments = sandbox.objects().filter((object) => object.kind === "Deployment");
  return Object.fromEntries(
    deployments.map(({ metadata, ...rest }) => {
      // a Deployment of the catalog
      const { spec } = rest as unknown as { spec: { template: { spec: { containers: { image: string }[] } } } };
      return [metadata.name, spec.template.spec.containers[0]?.image ?? ""];
    }),
  );
}
