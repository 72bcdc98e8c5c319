// Sends a message of a person to a running job, for example an approval. The job type says which messages the job
// accepts, when, and from whom. A message that is not accepted is not stored: an answer counts for the question that
// was open when it came, and for no later one.
import type { Acceptance, JobDefinition } from "../../catalog/define.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isSettled } from "../../model/run/phase.ts";
import { isCancelled } from "../../model/run/plan.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { faultsOf } from "../../plan/fields/requestFaults.ts";
import type { Token } from "../../ports/store.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { wakeRun } from "../contract/duties.ts";
import { filledInput } from "../deciding/bindings.ts";
import { contextOf } from "../deciding/context.ts";
import { eventOf } from "../driving/driver.ts";
import { knownRun } from "./cancel.ts";
import { checkSender } from "./checkSender.ts";

interface MessageRequest {
  readonly project: string;
  readonly run: string;
  readonly job: string;
  readonly kind: string;
  /** The attempt whose question the sender saw. Default: the present attempt. */
  readonly attempt?: number;
  readonly data: JsonObject;
  readonly sender: Token;
}

/** A job whose type accepts messages of the kind, and the rules of the type for them. */
interface Taker {
  readonly job: Job;
  readonly definition: JobDefinition;
  readonly acceptance: Acceptance;
}

export async function sendToJob(
  dependencies: Dependencies<"store" | "jobTypes" | "dispatch" | "clock">,
  request: MessageRequest,
): Promise<Run> {
  const run = await knownRun(dependencies, request.project, request.run);
  const jobs = await dependencies.store.runs.jobs(run.id);
  const takers = takersOf(dependencies, { run, jobs, kind: request.kind });
  const waiting = waitingOf(takers, { run, jobs });
  const { job, acceptance, definition } = takerNamed(takers, { jobs, request, waiting });
  const cause = whyNot({ run, job, acceptance }, request.attempt);
  if (cause !== null) throw new PlatformError("NotAsking", { job: job.name, run: run.id, waiting }, { cause });
  const data = acceptance.data.safeParse(request.data);
  if (!data.success) throw new PlatformError("InvalidRequest", {}, { faults: faultsOf(data.error, "data") });
  const allowed = allowedBy({ job, definition, acceptance }, { run, jobs });
  if (allowed !== undefined) await checkSender(dependencies, { run, job, sender: request.sender, allowed });
  await store(dependencies, run, { ...request, attempt: job.attempt, data: data.data });
  return knownRun(dependencies, request.project, request.run);
}

interface Jobs {
  readonly run: Run;
  readonly jobs: readonly Job[];
}

function takersOf(
  { jobTypes }: Dependencies<"jobTypes">,
  { run, jobs, kind }: Jobs & { readonly kind: string },
): readonly Taker[] {
  return jobs.flatMap((job) => {
    const definition = jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
    const acceptance = definition?.accepts?.[kind];
    return definition === undefined || acceptance === undefined ? [] : [{ job, definition, acceptance }];
  });
}

/** The jobs that ask now, and whom they ask, as a text for a caller whose message fits none of them. */
function waitingOf(takers: readonly Taker[], around: Jobs): string {
  const asking = takers.filter((one) => whyNot({ run: around.run, ...one }, undefined) === null);
  const lines = asking.map((one) => {
    const names = allowedBy(one, around);
    return names === undefined ? one.job.name : `${one.job.name} (${names.join(", ")})`;
  });
  return lines.join(", ") || "-";
}

function takerNamed(
  takers: readonly Taker[],
  asked: { readonly jobs: readonly Job[]; readonly request: MessageRequest; readonly waiting: string },
): Taker {
  const { jobs, request, waiting } = asked;
  const taker = takers.find((one) => one.job.name === request.job);
  if (taker !== undefined) return taker;
  if (jobs.some((one) => one.name === request.job)) {
    const cause = reason("TakesNoMessage", { kind: request.kind });
    throw new PlatformError("NotAsking", { job: request.job, run: request.run, waiting }, { cause });
  }
  const known = waiting === "-" ? jobs.map((one) => one.name).join(", ") : waiting;
  throw new PlatformError("NotFound", { what: "job", name: request.job, known });
}

/** Why the job does not accept the message now. `null` when this attempt asks now. */
function whyNot(
  { run, job, acceptance }: Omit<Taker, "definition"> & { readonly run: Run },
  attempt: number | undefined,
): Reason | null {
  const { phase } = job;
  if (isSettled(phase)) return reason("StepEnded", { phase });
  if (isCancelled(job.plan, run)) return reason("RunCancelled", { actor: run.cancelledBy ?? "" });
  if (phase === "waiting" || phase === "queued" || job.reason.code !== acceptance.asks)
    return reason("NotAskedYet", { phase });
  if (attempt !== undefined && attempt !== job.attempt) return reason("AttemptOver", { attempt, current: job.attempt });
  return null;
}

/** The names of the tokens that may answer. `undefined` when every token that may write in the project may answer. */
function allowedBy({ job, definition, acceptance }: Taker, { run, jobs }: Jobs): readonly string[] | undefined {
  if (acceptance.from === undefined) return undefined;
  const filled = filledInput(job, contextOf(run, jobs, job));
  const input = filled.ok ? definition.input.safeParse(filled.value) : undefined;
  return input?.success === true ? acceptance.from(input.data) : [];
}

/**
 * Stores the message. Only the first one of a kind counts for an attempt, so that two people who answer at the same
 * time do not decide twice.
 */
async function store(
  dependencies: Dependencies<"store" | "dispatch">,
  run: Run,
  { job, kind, attempt, data, sender }: MessageRequest & { readonly attempt: number },
): Promise<void> {
  const message = { run: run.id, job, kind, attempt, data, actor: sender.name, key: `${kind}/${attempt}` };
  if (!(await dependencies.store.messages.put(message)))
    throw new PlatformError("AlreadyAnswered", { job, kind, attempt });
  const who = { actor: sender.name, token: sender.id, tokenMadeAt: sender.createdAt, tokenMadeBy: sender.madeBy };
  await dependencies.store.events.append(eventOf(run, "job.told", { job, kind, attempt, ...who, data }));
  await wakeRun(dependencies, run);
}
