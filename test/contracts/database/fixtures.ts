// Values for the contract suite. They are valid, small, and different from each other where a test needs it.
import { writtenName } from "../../../src/model/kubernetes/name.ts";
import type { NewEvent } from "../../../src/model/run/event.ts";
import type { OwnedObject, Revision } from "../../../src/model/run/revision.ts";
import type { Job, Run } from "../../../src/model/run/run.ts";
import type { NewRun, RunChange, Store } from "../../../src/ports/store.ts";

let counter = 0;

/** A project that no other test uses, because the tests of one file share a database. */
export function newProject(): string {
  return `project-${++counter}`;
}

export const AT = "2026-01-02T03:04:05.678Z";

export function aRun(project: string, changes: Partial<Run> = {}): Run {
  return {
    id: `run-${++counter}`,
    project,
    application: "shop",
    number: 1,
    revision: 1,
    kind: "deploy",
    cluster: "kind",
    namespace: "shop",
    phase: "running",
    actor: "ada",
    message: "",
    createdAt: AT,
    finishedAt: null,
    cancelledBy: null,
    pausedBy: null,
    pauses: [],
    finalSkippedBy: null,
    inputs: {},
    workflow: "",
    priority: "normal",
    startAt: null,
    ...changes,
  };
}

export function aRevision(project: string, changes: Partial<Revision> = {}): Revision {
  const application = changes.application ?? "shop";
  const namespace = changes.namespace ?? "shop";
  return {
    project,
    application,
    number: 1,
    document: { name: application, components: [{ name: "web", type: "webservice", properties: { image: "web:1" } }] },
    plan: {
      application,
      namespace,
      cluster: "kind",
      jobs: [],
      layers: [["web"]],
      changes: [],
      warnings: [],
      hash: "abc",
    },
    cluster: "kind",
    namespace,
    actor: "ada",
    message: "first",
    createdAt: AT,
    ...changes,
  };
}

export function aJob(name: string, changes: Partial<Job> = {}): Job {
  return {
    run: "filled in",
    name,
    plan: {
      name,
      type: "deploy",
      component: name,
      needs: [],
      objects: [],
      input: {},
      timeout: 1000,
      retry: { attempts: 1, backoff: 1 },
    },
    phase: "waiting",
    reason: { code: "Dependencies", params: { components: "db" } },
    evidence: [],
    attempt: 0,
    interruptions: 0,
    earlier: [{ attempt: 1, reason: { code: "Interrupted", params: { detail: "Preempted" } }, at: AT }],
    dueAt: null,
    attemptAt: null,
    pendingAt: null,
    notBefore: null,
    startedAt: null,
    finishedAt: null,
    output: {},
    ...changes,
  };
}

export function anEvent(project: string, changes: Partial<NewEvent> = {}): NewEvent {
  return { project, application: "shop", run: null, type: "job.changed", data: {}, ...changes };
}

export function anObject(project: string, changes: Partial<OwnedObject> = {}): OwnedObject {
  return {
    project,
    application: "shop",
    component: "web",
    cluster: "kind",
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: project,
    name: "web",
    uid: null,
    keep: false,
    ...changes,
  };
}

/** A run with its revision and jobs, as a deploy of a new application creates it. */
export function newRun(project: string, changes: Partial<Run> = {}, names: readonly string[] = ["web"]): NewRun {
  const run = aRun(project, changes);
  const { number, cluster, namespace } = run;
  const application = writtenName(run.application);
  return {
    run,
    jobs: names.map((name) => aJob(name, { run: run.id })),
    events: [anEvent(project, { application, run: run.id, type: "run.created", data: { number } })],
    revision: aRevision(project, { application, number: run.revision, cluster, namespace }),
    expectedRevision: run.revision - 1,
  };
}

/** Creates the run in the store and returns it. */
export async function started(store: Store, request: NewRun): Promise<Run> {
  const result = await store.runs.create(request);
  if (!result.ok) throw new Error(`not created: ${result.conflict} ${result.actual}`);
  return request.run;
}

/** Whether it was written. */
export async function changeRun(store: Store, change: RunChange): Promise<boolean> {
  return (await store.runs.change(change)).outcome === "changed";
}

export async function finish(store: Store, run: Run): Promise<void> {
  const changed = await changeRun(store, {
    run: run.id,
    jobs: [],
    events: [],
    finish: { phase: "succeeded", at: AT },
  });
  if (!changed) throw new Error(`${run.id} had finished before`);
}

/** Creates deploys number 1 to `count`, each of which succeeds. */
export async function history(store: Store, project: string, count: number): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (let number = 1; number <= count; number++) {
    const run = await started(store, newRun(project, { number, revision: number }));
    await finish(store, run);
    runs.push(run);
  }
  return runs;
}

/** Deploys, deletes and forgets the application. */
export async function deployedAndDeleted(store: Store, project: string): Promise<void> {
  await finish(store, await started(store, newRun(project)));
  const { jobs, events } = newRun(project);
  const removal = aRun(project, { kind: "delete", number: 2 });
  await finish(store, await started(store, { run: removal, jobs, events, expectedRevision: 1 }));
  await store.forgetApplication(project, "shop");
}
