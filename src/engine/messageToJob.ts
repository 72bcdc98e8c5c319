// A message of a person to a running job: an approval, most of all. The job's type says what it takes, and from whom.
import { PlatformError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import { isSettled } from "../model/phase.ts";
import type { Run } from "../model/run.ts";
import { filledInput } from "./bindings.ts";
import { knownRun } from "./cancel.ts";
import { contextOf } from "./context.ts";
import { eventOf } from "./driver.ts";
import { wakeRun } from "./duties.ts";
import type { World } from "./world.ts";

export interface MessageRequest {
  readonly project: string;
  readonly run: string;
  readonly job: string;
  readonly kind: string;
  readonly data: JsonObject;
  readonly actor: string;
}

export async function sendToJob(world: World, request: MessageRequest): Promise<Run> {
  const run = await knownRun(world, request.project, request.run);
  const jobs = await world.store.runs.jobs(run.id);
  const job = jobs.find((one) => one.name === request.job);
  if (job === undefined) {
    const known = jobs.map((one) => one.name).join(", ");
    throw new PlatformError("NotFound", { what: "job", name: request.job, known });
  }
  const definition = world.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
  const accepted = definition?.accepts?.[request.kind];
  if (definition === undefined || accepted === undefined)
    throw new PlatformError("Conflict", { detail: `job ${job.name} takes no ${request.kind}` });
  if (isSettled(job.phase))
    throw new PlatformError("Conflict", { detail: `job ${job.name} has ended already: ${job.phase}` });
  const data = accepted.data.safeParse(request.data);
  if (!data.success) throw new PlatformError("InvalidRequest", { detail: data.error.issues[0]?.message ?? "" });
  const filled = filledInput(job, contextOf(run, jobs, job));
  const input = filled.ok ? definition.input.safeParse(filled.value) : undefined;
  if (accepted.from !== undefined && (input?.success !== true || !accepted.from(input.data, request.actor)))
    throw new PlatformError("NotAllowed", { action: request.kind, project: request.project });
  await store(world, run, { ...request, data: data.data });
  return knownRun(world, request.project, request.run);
}

/** The first of a kind counts: two people who press at the same moment do not decide twice. */
async function store(world: World, run: Run, { job, kind, data, actor }: MessageRequest): Promise<void> {
  const message = { run: run.id, job, kind, attempt: null, data, actor, key: kind };
  if (!(await world.store.messages.put(message)))
    throw new PlatformError("Conflict", { detail: `job ${job} has been told its ${kind} already` });
  await world.store.events.append(eventOf(run, "job.told", { job, kind, actor }));
  await wakeRun(world, run);
}
