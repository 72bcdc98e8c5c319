// Marks the tasks of a plan that will run, and those that have already run with the same content and will not run
// again. The planner compares documents and cannot know that: only the store knows what was done, and going back to
// earlier content does not run a task again. The same is true for Jobs among plain objects that were seen complete.

import { inBatches } from "../../model/data/batches.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { finishedContent } from "../../model/kubernetes/finishedJob.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { readCompletion } from "../../model/run/completion.ts";
import type { ObjectChange, Plan, PlannedJob } from "../../model/run/plan.ts";
import { disruptionOf } from "../../plan/compare/compareClass.ts";
import type { Dependencies, EngineDependencies } from "../contract/dependencies.ts";

type TaskState = Pick<ObjectChange, "task" | "doneIn">;

export async function withTasks(dependencies: Dependencies<"store">, project: string, plan: Plan): Promise<Plan> {
  const tasks = plan.jobs.flatMap((job) => {
    const { content } = job.input;
    return job.component !== null && typeof content === "string" ? [{ job, content }] : [];
  });
  const states = await inBatches(tasks, async ({ job, content }) => {
    const { application } = plan;
    const about = await taskState(dependencies, job, { project, application, component: job.component, content });
    return job.objects.map(({ manifest }) => [refKey(refOf(manifest)), about] as const);
  });
  const byKey = new Map([...states.flat(), ...(await finishedJobs(dependencies, project, plan))]);
  const changes = plan.changes.map((change) => {
    const about = byKey.get(refKey(change.object));
    return about === undefined ? change : taskChange(change, about);
  });
  return { ...plan, changes };
}

async function finishedJobs(
  { store }: Dependencies<"store">,
  project: string,
  plan: Plan,
): Promise<readonly (readonly [string, TaskState])[]> {
  const known = new Set(plan.changes.filter(({ action }) => action !== "update").map(({ object }) => refKey(object)));
  const jobs = plan.jobs.flatMap(({ component, input, objects }) =>
    objects.flatMap(({ manifest }) => {
      const [content, key] = [finishedContent(manifest), refKey(refOf(manifest))];
      return content === undefined || "content" in input || !known.has(key) ? [] : [{ key, component, content }];
    }),
  );
  const found = await inBatches(jobs, async ({ key, component, content }) => {
    const kept = await store.completions.get({ project, application: plan.application, component, content });
    return kept === null ? [] : [[key, doneAs(kept)] as const];
  });
  return found.flat();
}

function doneAs(kept: JsonObject): TaskState {
  const { run } = readCompletion(kept);
  return { task: "done", ...(run === undefined ? {} : { doneIn: run }) };
}

async function taskState(
  { store }: Dependencies<"store">,
  { input }: PlannedJob,
  key: Parameters<EngineDependencies["store"]["completions"]["get"]>[0],
): Promise<TaskState> {
  if (input["always"] === true) return { task: "always" };
  const kept = await store.completions.get(key);
  return kept === null ? { task: "again" } : doneAs(kept);
}

/**
 * The change of a task. For a task that is done, nothing is sent to the cluster. Otherwise a new Job replaces the old
 * one.
 */
function taskChange(change: ObjectChange, state: TaskState): ObjectChange {
  const { component, object, action } = change;
  if (state.task === "done") return { component, object, action: "unchanged", class: "none", fields: [], ...state };
  if (object.kind !== "Job") return change;
  if (action !== "unchanged" && action !== "update") return state.task === "always" ? { ...change, ...state } : change;
  const manifest = { apiVersion: object.apiVersion, kind: object.kind, metadata: { name: object.name } };
  return { ...change, action: "update", class: "recreate", disruption: disruptionOf("recreate", manifest), ...state };
}
