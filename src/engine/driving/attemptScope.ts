// What a job type gets to work with, apart from the signals and reports of one attempt: the identity of the job, its
// input, the store behind its inventory and its log. execute.ts adds the rest for an attempt, and release.ts for a job
// that has ended.
import type { JobInventory, JobRun } from "../../catalog/job.ts";
import { isSealed } from "../../model/document/sealed.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { Attempt } from "./attempt.ts";
import { callbackOf } from "./callback.ts";
import { eventOf } from "./driver.ts";
import { ownedObject } from "./recordRunIntents.ts";

/** A sealed value cannot be opened. Users can write a text that only looks like a sealed value. */
export class SecretUnreadable extends Error {}

function opened({ vault }: Dependencies<"vault">, project: string, token: string): string {
  try {
    return vault.open(project, token);
  } catch {
    throw new SecretUnreadable();
  }
}

/** The part of an attempt that also a job that has ended has. */
type Scope = Pick<Attempt, "run" | "job" | "input" | "locks" | "runTime"> & {
  readonly mask: Pick<Attempt["mask"], "text">;
};

type JobRunParts = Omit<JobRun<unknown>, "cluster" | "signal" | "conceal" | "report" | "park" | "messages">;

export function scopeOf(
  dependencies: Dependencies<"store" | "vault" | "clock" | "outgoing" | "publicUrl">,
  { run, job, mask, input, locks, runTime }: Scope,
): JobRunParts {
  const { project, application } = run;
  const key = (content: string) => ({ project, application, component: job.plan.component, content });
  return {
    project,
    application,
    component: job.plan.component,
    namespace: run.namespace,
    run: run.id,
    runNumber: run.number,
    job: job.name,
    revision: run.revision,
    attempt: job.attempt,
    locks,
    clocks: job.plan.clocks ?? {},
    onShort: job.plan.onShort ?? "wait",
    priority: run.priority,
    waitingSince: waitingSince(job, dependencies.clock.now().getTime()),
    waits: {
      lately: (flavor) => dependencies.store.waits.lately(run.cluster, flavor),
      add: (flavor, milliseconds) => dependencies.store.waits.add({ cluster: run.cluster, flavor, milliseconds }),
    },
    capacityWeights: async () =>
      (await dependencies.store.capacityWeights.list()).filter((one) => one.project === project),
    input,
    objects: job.plan.objects,
    clock: dependencies.clock,
    runTime,
    reveal: (text) => (isSealed(text) ? opened(dependencies, project, text) : text),
    outgoing: dependencies.outgoing,
    callback: () => callbackOf(dependencies, { run: run.id, job: job.name, attempt: job.attempt }),
    inventory: inventoryOf(dependencies, run, job),
    completions: {
      get: (content) => dependencies.store.completions.get(key(content)),
      put: (content, output) => dependencies.store.completions.put(key(content), output),
    },
    announce: (message, data) =>
      dependencies.store.events.append(
        eventOf(run, "notification", { job: job.name, message: mask.text(message), data }),
      ),
    keepLog: (lines) =>
      dependencies.store.logs.append(
        run.id,
        job.name,
        lines.map((line) => ({ ...line, text: mask.text(line.text) })),
      ),
  };
}

/**
 * Milliseconds since the epoch. The first attempt has waited since the needs of the job were met, each further one
 * since it began.
 */
function waitingSince({ attempt, dueAt, attemptAt }: Job, now: number): number {
  const at = attempt <= 1 ? (dueAt ?? attemptAt) : attemptAt;
  return at === null ? now : Date.parse(at);
}

function inventoryOf({ store }: Dependencies<"store">, run: Run, job: Job): JobInventory {
  const { project, application } = run;
  return {
    list: () => store.inventory.list(project, application),
    put: (objects) =>
      store.inventory.put(objects.map(({ object, uid }) => ownedObject(run, job.plan.component, { object, uid }))),
    forget: (objects) => store.inventory.remove(objects),
  };
}
