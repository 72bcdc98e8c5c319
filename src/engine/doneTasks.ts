// Tasks in the plan: which of them will run, and which have run before with the same content and will not. The planner compares documents and
// cannot know it: only the store knows what was done, and going back to earlier content does not do it again.
import { readCompletion } from "../model/completion.ts";
import { refKey, refOf } from "../model/manifest.ts";
import type { Change, Plan, PlannedJob } from "../model/plan.ts";
import { disruptionOf } from "../plan/compare/compareClass.ts";
import { inBatches } from "./batches.ts";
import type { World } from "./world.ts";

type Told = Pick<Change, "task" | "doneIn">;

export async function withTasks(world: World, project: string, plan: Plan): Promise<Plan> {
  const tasks = plan.jobs.filter((job) => job.component !== "" && typeof job.input["content"] === "string");
  const told = await inBatches(tasks, async (job) => {
    const about = await tellOf(world, { project, application: plan.application }, job);
    return job.objects.map(({ manifest }) => [refKey(refOf(manifest)), about] as const);
  });
  const byKey = new Map(told.flat());
  const changes = plan.changes.map((change) => {
    const about = byKey.get(refKey(change.object));
    return about === undefined ? change : taskChange(change, about);
  });
  return { ...plan, changes };
}

async function tellOf(
  world: World,
  place: { readonly project: string; readonly application: string },
  { component, input }: PlannedJob,
): Promise<Told> {
  if (input["always"] === true) return { task: "always" };
  const kept = await world.store.completions.get({ ...place, component, content: String(input["content"]) });
  if (kept === null) return { task: "again" };
  const { run } = readCompletion(kept);
  return { task: "done", ...(run === undefined ? {} : { doneIn: run }) };
}

/** Nothing of a task that is done is sent to the cluster. The Job of one that is not gives way to a new one. */
function taskChange(change: Change, told: Told): Change {
  const { component, object, action } = change;
  if (told.task === "done") return { component, object, action: "unchanged", class: "none", fields: [], ...told };
  if (object.kind !== "Job") return change;
  if (action !== "unchanged" && action !== "update") return told.task === "always" ? { ...change, ...told } : change;
  const manifest = { apiVersion: object.apiVersion, kind: object.kind, metadata: { name: object.name } };
  return { ...change, action: "update", class: "recreate", disruption: disruptionOf("recreate", manifest), ...told };
}
