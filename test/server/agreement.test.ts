// The status, `why`, the view of the run, the live tree and the events never contradict each other, in any situation.
// The runs are planned from random documents, and the test writes random situations to the store that an engine could
// have written. No engine drives them.

import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtins } from "../../src/builtins.ts";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { catalogJobTypes } from "../../src/catalog/jobTypes.ts";
import { applyEvent } from "../../src/cli/follow/progress/applyEvent.ts";
import { treeLines } from "../../src/cli/follow/progress/tree.ts";
import { openSqlite } from "../../src/database/open.ts";
import { inProcessDispatch } from "../../src/dispatch/inProcess.ts";
import { withoutVersion } from "../../src/engine/answering/outdatedComponents.ts";
import { listRuns } from "../../src/engine/answering/runList.ts";
import { applicationStatus } from "../../src/engine/answering/status.ts";
import { explainRun, explainWhy } from "../../src/engine/answering/why.ts";
import type { EngineDependencies } from "../../src/engine/contract/dependencies.ts";
import type { CauseLink } from "../../src/engine/contract/requests.ts";
import { advance } from "../../src/engine/deciding/advance.ts";
import { createBreakers } from "../../src/engine/deciding/breakers.ts";
import { isLeftOut, rootName } from "../../src/engine/deciding/rootJob.ts";
import { startDeployRun } from "../../src/engine/starting/deploy.ts";
import { startWorkflowRun } from "../../src/engine/starting/startWorkflowRun.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { Language } from "../../src/model/data/text.ts";
import type { HealthState } from "../../src/model/kubernetes/health.ts";
import { writtenName } from "../../src/model/kubernetes/name.ts";
import { explainReason, type Reason, reason, reasonData } from "../../src/model/reasons/reason.ts";
import type { NewEvent } from "../../src/model/run/event.ts";
import {
  isActive,
  isFailure,
  isSettled,
  mayBecome,
  PHASE_NAMES,
  PHASES,
  type Phase,
} from "../../src/model/run/phase.ts";
import { type Job, RUN_PHASES, type Run } from "../../src/model/run/run.ts";
import { runStateRow, UNFINISHED_STATES } from "../../src/model/run/runState.ts";
import { createOutgoing } from "../../src/outgoing/outgoing.ts";
import type { Duty, QueuedDuty } from "../../src/ports/dispatch.ts";
import type { Store } from "../../src/ports/store.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { runSummaries, runView } from "../../src/server/views/run.ts";
import { aesVault } from "../../src/vault/aesVault.ts";
import { onlyCluster } from "../support/clusters.ts";
import { createVirtualClock } from "../support/virtualClock.ts";

const SILENT = { write: () => {} };
const project = "default";
const signal = new AbortController().signal;
const clock = createVirtualClock();
const around: { live: HealthState; line: QueuedDuty | undefined } = { live: "ready", line: undefined };
let store: Store;
let dependencies: EngineDependencies;

beforeAll(async () => {
  store = await openSqlite(":memory:", { clock, steady: () => clock.now().getTime() });
  const catalog = createCatalog(builtins);
  const sandbox = createSandbox({ name: "sandbox", clock });
  let count = 0;
  dependencies = {
    store,
    catalog,
    jobTypes: catalogJobTypes(catalog),
    clusters: onlyCluster(
      () => ({
        ...sandbox,
        drifted: async () => [],
        health: async (refs) =>
          refs.map((ref) => ({ ref, state: around.live, reason: LIVE[around.live] ?? reason("Ready"), evidence: [] })),
      }),
      "sandbox",
    ),
    vault: aesVault(randomBytes(32)),
    outgoing: createOutgoing({ allow: [], clock }),
    dispatch: {
      ...inProcessDispatch(SILENT, clock),
      shared: false,
      start: async () => undefined,
      wake: async () => undefined,
      ensure: async () => undefined,
      state: () => ({ held: 0, resting: 0, slots: 0 }),
      queued: async (duties: readonly Duty[]) =>
        new Map(around.line === undefined ? [] : duties.map((duty) => [duty, around.line as QueuedDuty] as const)), // seen above
      stop: async () => undefined,
    },
    breakers: createBreakers(clock),
    clock,
    log: SILENT,
    publicUrl: () => "http://localhost",
    newId: () => `run-${count++}`,
  };
});
afterAll(() => store.close());

const LIVE: Partial<Record<HealthState, Reason>> = {
  missing: reason("Missing", { object: "Deployment/x" }),
  degraded: reason("NotReady", { object: "Pod/x", detail: "probe" }),
  progressing: reason("Progressing", { ready: 0, wanted: 1 }),
};

/** Reasons that an engine may have written for a job whose needs were met. */
const SAID: Readonly<Record<Phase, readonly Reason[]>> = {
  waiting: [reason("Beginning")],
  queued: [
    reason("KeyBusy", { key: "db-7", holder: "run 7, job w" }),
    reason("Slot", { limit: 64 }),
    reason("Retrying", { delay: "5s", attempt: 2, attempts: 3 }, reason("TaskFailed", { code: 1 })),
  ],
  pending: [
    reason("NoNodes"),
    reason("Unschedulable", { detail: "no node" }),
    reason("Approval", { who: "lin", message: "ship it?" }),
  ],
  running: [
    reason("Approval", { who: "lin", message: "ship it?" }),
    reason("WaitingUntil", { at: "2030-01-01" }),
    reason("TaskRunning"),
  ],
  succeeded: [reason("Completed")],
  failed: [reason("Denied", { actor: "lin", comment: "" }), reason("CallFailed", { target: "x", detail: "404" })],
  "timed-out": [reason("Deadline", { limit: "5s" }, reason("TaskRunning"))],
  rejected: [reason("PolicyDenied", { detail: "no" })],
  expired: [reason("GaveUpWaiting", { limit: "5s" }, reason("NoNodes"))],
  "start-failed": [reason("ImageNotFound", { image: "x", detail: "404" })],
  interrupted: [reason("DriversLost")],
  skipped: [reason("ConditionFalse", { condition: "/inputs/go" })],
  cancelled: [reason("CancelledBy", { actor: "lin" })],
};

const situations = fc.record({
  components: fc.integer({ min: 0, max: 3 }),
  steps: fc.array(
    fc.record({ needs: fc.array(fc.nat(7), { maxLength: 2 }), final: fc.boolean(), gate: fc.boolean() }),
    { minLength: 1, maxLength: 5 },
  ),
  fates: fc.array(
    fc.record({
      /** How the attempts before the present one ended, for a job that is under way. */
      before: fc.array(fc.nat(5), { maxLength: 2 }),
      phase: fc.oneof(
        { weight: 3, arbitrary: fc.constant("succeeded" as const) },
        { weight: 4, arbitrary: fc.constantFrom(...PHASE_NAMES) },
      ),
      said: fc.nat(5),
      order: fc.nat(1_000),
    }),
    { minLength: 10, maxLength: 10 },
  ),
  paused: fc.boolean(),
  cancelled: fc.boolean(),
  scheduled: fc.boolean(),
  line: fc.constantFrom<readonly (QueuedDuty | undefined)[]>(
    [undefined],
    [{ because: "group", limit: 2, holders: ["run/x", "run/y"] }],
    [{ because: "slots", limit: null, holders: [] }],
  ),
  /**
   * What earlier runs deployed: nothing, the present version, or an older one; with "begun", an older one and then a
   * run that was cancelled.
   */
  before: fc.constantFrom<Before>("nothing", "same", "older", "older", "begun"),
  live: fc.constantFrom<HealthState>("ready", "ready", "missing", "degraded", "progressing"),
});
type Before = "nothing" | "same" | "older" | "begun";
type Situation = typeof situations extends fc.Arbitrary<infer S> ? S : never;

function documentOf({ components, steps }: Situation, name: string, image = "busybox:1.36") {
  const parts = Array.from({ length: components }, (_, index) => `c${index}`);
  const deploys = parts.map((part) => ({ name: `bring-${part}`, type: "deploy", properties: { components: [part] } }));
  const names = [...deploys.map((one) => one.name), ...steps.map((_, index) => `s${index}`)];
  const own = steps.map((step, index) => ({
    final: step.final,
    step: {
      name: `s${index}`,
      ...(step.gate
        ? { type: "approve", properties: { message: "ship it?" } }
        : { type: "notify", properties: { message: "x" } }),
      dependsOn: [...new Set(step.needs.map((need) => names[need % (deploys.length + index)]))].filter(
        (need) => need !== undefined && !steps.some((one, at) => one.final && need === `s${at}`),
      ),
    },
  }));
  const final = own
    .filter((one) => one.final)
    .map(({ step: { name: own, type, properties } }) => ({ name: own, type, properties }));
  const body = [...deploys, ...own.filter((one) => !one.final).map(({ step }) => step)];
  return {
    name,
    ...(parts.length === 0
      ? {}
      : { components: parts.map((part) => ({ name: part, type: "worker", properties: { image } })) }),
    workflow: {
      mode: "DAG",
      steps: body.length === 0 ? [{ name: "only", type: "notify", properties: { message: "x" } }] : body,
      ...(final.length === 0 ? {} : { finally: final }),
    },
  };
}

/** The jobs in their drawn phases. Where earlier jobs leave no choice, the rules of the scheduler decide the phase. */
function jobsOf(planned: readonly Job[], { fates, cancelled, scheduled }: Situation): readonly Job[] {
  const done = new Map<string, Job>();
  const at = clock.now().getTime();
  const others = (): readonly Job[] => [...done.values()].filter((one) => one.plan.final !== true);
  for (const [index, job] of planned.entries()) {
    const fate = fates[index % fates.length] ?? { before: [], phase: "succeeded", said: 0, order: 0 };
    const needs = job.plan.needs.flatMap((need) => done.get(need.job) ?? []);
    const culprit = needs.find((one) => isSettled(one.phase) && one.phase !== "succeeded" && !isLeftOut(one));
    const waits = [...needs, ...(job.plan.final === true ? others() : [])].some((one) => !isSettled(one.phase));
    const all = SAID[fate.phase];
    const finishedAt = new Date(at + index * 1_000 + fate.order).toISOString();
    const free = {
      ...job,
      phase: fate.phase,
      reason: all[fate.said % all.length] ?? job.reason,
      dueAt: clock.now().toISOString(),
    };
    const settled = (phase: Phase, why: Reason): Job => ({ ...job, phase, reason: why, finishedAt });
    if (scheduled) done.set(job.name, job);
    else if (culprit !== undefined)
      done.set(
        job.name,
        settled("skipped", reason("DependencyFailed", { component: rootName(culprit, culprit.name) })),
      );
    else if (waits) done.set(job.name, job);
    else if (fate.phase === "waiting" && cancelled)
      done.set(job.name, settled("cancelled", reason("CancelledBy", { actor: "lin" })));
    else if (fate.phase === "waiting") done.set(job.name, job);
    else
      done.set(job.name, {
        ...free,
        ...attemptsOf(free.phase, fate.before),
        startedAt: free.phase === "skipped" ? null : clock.now().toISOString(),
        finishedAt: isSettled(free.phase) ? finishedAt : null,
      });
  }
  return [...done.values()];
}

const ENDED: readonly Reason[] = [
  reason("Interrupted", { detail: "Preempted" }),
  reason("TaskFailed", { exitCode: 3 }),
  reason("NodeLost", { node: "gpu-1" }),
];

/** The attempt of a job, with those before it. Only a job that is under way may have some here. */
function attemptsOf(phase: Phase, before: readonly number[]): Pick<Job, "attempt" | "earlier" | "attemptAt"> {
  const at = clock.now().toISOString();
  if (phase === "skipped" || phase === "queued") return { attempt: 0, earlier: [], attemptAt: null };
  if (!isActive(phase)) return { attempt: 1, earlier: [], attemptAt: at };
  const earlier = before.map((said, index) => ({
    attempt: index + 1,
    reason: ENDED[said % ENDED.length] ?? reason("DriversLost"),
    at,
  }));
  return { attempt: before.length + 1, earlier, attemptAt: at };
}

let applications = 0;

/** Creates runs that ended before the run under test. */
async function arrangeBefore(situation: Situation, name: string): Promise<void> {
  if (situation.before === "nothing") return;
  await endedRun(documentOf(situation, name, situation.before === "same" ? undefined : "busybox:1.34"), "succeeded");
  if (situation.before === "begun") await endedRun(documentOf(situation, name, "busybox:1.35"), "cancelled");
}

async function endedRun(document: object, phase: "succeeded" | "cancelled"): Promise<void> {
  const run = await startDeployRun(
    dependencies,
    { project, text: JSON.stringify(document), format: "json", createNamespace: true, actor: "lin", message: "" },
    signal,
  );
  const at = clock.now().toISOString();
  const why = phase === "succeeded" ? reason("Completed") : reason("CancelledBy", { actor: "lin" });
  const jobs = (await store.runs.jobs(run.id)).map((job) => ({
    job: { ...job, phase, reason: why, attempt: 1, startedAt: at, finishedAt: at },
    from: { phase: "waiting" as const, attempt: 0 },
  }));
  await store.runs.change({ run: run.id, jobs, events: [], finish: { phase, at } });
}

async function arranged(situation: Situation): Promise<{ readonly run: Run; readonly application: string | null }> {
  around.live = situation.live;
  around.line = undefined;
  const name = `app${applications++}`;
  const document = JSON.parse(JSON.stringify(documentOf(situation, name))) as JsonObject; // JSON, as a client sends it
  const startAt =
    situation.scheduled && situation.components === 0 ? new Date(clock.now().getTime() + 86_400_000) : undefined;
  const conditions = { actor: "lin", message: "" };
  if (situation.components > 0) await arrangeBefore(situation, name);
  const run =
    situation.components === 0
      ? (
          await startWorkflowRun(dependencies, {
            project,
            document,
            ...conditions,
            ...(startAt === undefined ? {} : { startAt: startAt.toISOString() }),
          })
        ).run
      : await startDeployRun(
          dependencies,
          { project, text: JSON.stringify(document), format: "json", createNamespace: true, ...conditions },
          signal,
        );
  const before = await store.runs.jobs(run.id);
  const scheduled = startAt !== undefined;
  const jobs = jobsOf(before, { ...situation, scheduled });
  const changed = jobs.filter((job, index) => job !== before[index]);
  const open = jobs.some((job) => !isSettled(job.phase));
  const { finish } = advance({ jobs, cancelledBy: null, pausedBy: "x", now: clock.now(), parallel: 64 });
  if (changed.length > 0)
    await store.runs.change({
      run: run.id,
      jobs: changed.map((job) => ({ job, from: { phase: "waiting", attempt: 0 } })),
      events: changed.flatMap((job) => {
        const on = (phase: Phase, why: Reason): NewEvent => ({
          project,
          application: run.application,
          run: run.id,
          type: "job.changed",
          data: { job: job.name, phase, attempt: job.attempt, reason: reasonData(why) },
        });
        // A phase that only an attempt can reach needs the phase "running" before it.
        const began = mayBecome("waiting", job.phase) ? [] : [on("running", reason("Beginning"))];
        return [...began, on(job.phase, job.reason)];
      }),
      ...(open || finish === null ? {} : { finish: { phase: finish, at: clock.now().toISOString() } }),
    });
  if (open && situation.paused) await store.runs.pause(run.id, "ada", []);
  if (open && situation.cancelled) await store.runs.cancel(run.id, "ada", []);
  around.line = situation.line[0];
  return { run: (await store.runs.get(run.id)) ?? run, application: run.application };
}

const LEFT_OUT: ReadonlySet<string> = new Set(["ConditionFalse", "LeftOut"]);
const FOLLOWS: ReadonlySet<string> = new Set(["Dependencies", "DependencyFailed", "AfterAll"]);

it("never contradict each other", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(situations, async (situation) => {
      const { run, application } = await arranged(situation);
      const view = await runView(dependencies, run.id, "en");
      const jobs = await store.runs.jobs(run.id);
      await checkRun(run, view, jobs);
      await checkLists(run, view);
      checkTree(view, "en");
      checkTree(await runView(dependencies, run.id, "zh"), "zh");
      await checkEvents(run, view);
      if (application !== null) await checkApplication(run, view, { jobs, application, before: situation.before });
    }),
    // The seed is fixed, so that a failure is caused by the change under test. Other seeds can be tried by hand.
    { numRuns: 150, seed: 20_261_130, examples: [[LEFT_OUT_AND_MISSING]] },
  );
});

/**
 * A component that a condition of another step skipped and that is not on the cluster. A random run found this case
 * once.
 */
const LEFT_OUT_AND_MISSING: Situation = {
  components: 1,
  steps: [{ needs: [], final: false, gate: false }],
  fates: Array.from({ length: 10 }, (_, index) => ({
    before: [],
    phase: index === 0 ? ("skipped" as const) : ("succeeded" as const),
    said: 0,
    order: 0,
  })),
  paused: false,
  cancelled: false,
  scheduled: false,
  line: [undefined],
  before: "nothing",
  live: "missing",
};

type View = Awaited<ReturnType<typeof runView>>;

async function checkRun(run: Run, view: View, jobs: readonly Job[]): Promise<void> {
  const chain = await explainRun(dependencies, { project, run: run.id });
  const root = chain.at(-1);
  const bad = jobs.filter((job) => isFailure(job.phase));
  if (bad.length > 0) expect(bad.map((job) => job.reason.code)).toContain(root?.reason.code);
  expect(FOLLOWS.has(root?.reason.code ?? "")).toBe(false);
  const allDone = jobs.every((job) => job.phase === "succeeded" || isLeftOut(job));
  expect(root?.reason.code === "RunEnded" && run.phase === "succeeded").toBe(allDone);
  if (run.phase !== "running") expect(view.state).toBe(run.phase);
  else if (run.cancelledBy !== null) expect(view.state).toBe("cancelling");
  else if (run.pausedBy !== null) expect(view.state).toBe("paused");
  else if (run.startAt !== null) expect(view.state).toBe("scheduled");
  else if (around.line !== undefined) expect(view.state).toBe("queued");
  else expect(view.state).toBe(expectedState(jobs));
  if (view.state === "waiting" || view.state === "pending")
    expect(jobs.some((job) => job.reason.code === view.reason?.code)).toBe(true);
  if (view.phase === "running" && view.state !== "running") expect(view.reason).toBeDefined();
  for (const job of view.jobs) {
    if (job.reason.code === "Beginning") expect(["running", "pending", "waiting"]).toContain(view.state);
    if (job.phase === "succeeded") continue;
    const own = await explainRun(dependencies, { project, run: run.id, job: job.name });
    expect(own[0]?.subject).toBe(job.name);
    const end = own.at(-1);
    expect(FOLLOWS.has(end?.reason.code ?? "")).toBe(false);
    if (own.length === 1) expect(end?.reason.code).toBe(job.reason.code);
    if (own.length === 1)
      expect(earlierIn(own)).toEqual(job.earlier.map((one) => `${one.attempt} ${one.reason.message}`));
    if (job.phase === "skipped" && job.reason.code === "DependencyFailed")
      expect(own[0]?.reason.params["component"]).toBe(job.reason.params["component"]);
  }
}

/** What a run does that nothing holds back, by the phases and reasons of its jobs alone. */
function expectedState(jobs: readonly Job[]): "running" | "pending" | "waiting" {
  const open = jobs.filter(({ phase }) => phase === "queued" || isActive(phase));
  const idle = open.filter(({ phase, reason: { code } }) => phase !== "running" || PEOPLE_AND_TIMES.has(code));
  if (open.length === 0 || idle.length < open.length) return "running";
  return idle.every(({ phase, reason: { code } }) => phase === "pending" && !PEOPLE_AND_TIMES.has(code))
    ? "pending"
    : "waiting";
}
const PEOPLE_AND_TIMES: ReadonlySet<string> = new Set(["Approval", "WaitingUntil"]);

/** The earlier attempts that an answer tells of, with the sentence of each ending. */
function earlierIn(chain: readonly CauseLink[]): readonly string[] {
  const told = chain.flatMap(({ evidence }) => evidence.flatMap((one) => one.reason ?? []));
  return told
    .filter(({ code }) => code === "AttemptEnded")
    .map(({ params, cause }) => `${params["attempt"]} ${cause === undefined ? "" : explainReason(cause, "en")}`);
}

/** The list of runs says the same as the view of the run, and only the list of its state has the run. */
async function checkLists(run: Run, view: View): Promise<void> {
  const [summary] = await runSummaries(dependencies, [run], "en");
  const { jobs: _, inputs: _inputs, lastEvent: _event, ...shown } = view;
  expect(summary).toEqual(shown);
  const repeated = view.jobs.filter((job) => job.earlier.length > 0);
  expect(view.repeated === undefined).toBe(repeated.length === 0);
  if (view.repeated !== undefined) expect(repeated.map((job) => job.name)).toContain(view.repeated.job);
  const filter = {
    project,
    ...(run.application === null ? { workflow: run.workflow } : { application: run.application }),
  };
  for (const state of [...UNFINISHED_STATES, ...RUN_PHASES]) {
    const { items } = await listRuns(dependencies, { ...filter, state }, { limit: 200 });
    expect([state, items.some(({ id }) => id === run.id)]).toEqual([state, state === view.state]);
  }
}

const ENDED_WORD = {
  en: (attempt: number): string => `attempt ${attempt} ended: `,
  zh: (attempt: number): string => `第 ${attempt} 次的结局：`,
} as const;

function checkTree(view: View, language: Language): void {
  const seen = structuredClone(view) as Parameters<typeof treeLines>[0]["run"]; // frozen or not, the same shape
  const input = { run: seen, logs: [], notice: undefined, now: clock.now(), language };
  const [head, ...lines] = treeLines(input, { columns: 400, rows: 60 }).map((one) => one.text);
  for (const job of view.jobs) {
    const line = lines.find((one) => one.includes(` ${job.name} `)) ?? "";
    expect(line).toContain(PHASES[job.phase].text[language]);
    if (job.reason.code !== "Completed") expect(line).toContain(job.reason.message);
    const last = job.earlier.at(-1);
    if (last !== undefined) expect(line).toContain(`${ENDED_WORD[language](last.attempt)}${last.reason.message}`);
  }
  const held = view.phase === "running" && !["running", "pending", "waiting"].includes(view.state);
  if (held) expect(head).toContain(`${runStateRow(view.state).text[language]}: ${view.reason?.message}`);
}

/** Applying all events from the beginning gives the same view as a new request. */
async function checkEvents(run: Run, view: View): Promise<void> {
  const events = await store.events.after({ project, run: run.id }, 0, 100);
  const begun = structuredClone(view) as Parameters<typeof applyEvent>[0]; // frozen or not, the same shape
  const first = {
    ...begun,
    phase: "running" as const,
    state: "running" as const,
    jobs: begun.jobs.map((job) => ({ ...job, phase: "waiting" as const, finishedAt: null })),
  };
  let last: typeof begun = first;
  for (const event of events.filter(({ type }) => type === "job.changed")) {
    const next = applyEvent(last, { ...event, application: writtenName(event.application) }, "en");
    if (next === null) throw new Error(`the picture does not take ${JSON.stringify(event.data)}`);
    last = next;
  }
  for (const job of last.jobs) {
    const shown = view.jobs.find((one) => one.name === job.name);
    expect([job.name, job.phase, job.reason.code]).toEqual([shown?.name, shown?.phase, shown?.reason.code]);
  }
}

/** The reason code of a component that the run did not start to deploy. */
const VERSION_SAID: Partial<Record<Before, string>> = { older: "OlderRuns", begun: "OlderMayRun" };

interface Arranged {
  readonly jobs: readonly Job[];
  readonly application: string;
  readonly before: Before;
}

async function checkApplication(run: Run, view: View, { jobs, application, before }: Arranged): Promise<void> {
  const place = { project, application };
  const status = await applicationStatus(dependencies, place, signal);
  const chain = await explainWhy(dependencies, place, signal);
  const ofRun = await explainRun(dependencies, { project, run: run.id });
  const root = chain.at(-1);
  const allDone = run.phase === "succeeded";
  if (!allDone) expect(root && withoutVersion(root.reason).code).toBe(ofRun.at(-1)?.reason.code);
  const live = status.components.every((one) => one.state === "ready" || LEFT_OUT.has(one.reason.code));
  expect(root?.reason.code === "Ready").toBe(allDone && live);
  if (jobs.some((job) => isFailure(job.phase))) expect(status.health).not.toBe("healthy");
  if (run.phase === "running") expect(status.health).toBe("changing");
  for (const component of status.components) {
    const job = view.jobs.find((one) => one.component === component.name);
    if (job === undefined || job.phase === "succeeded" || job.reason.code === "ConditionFalse") continue;
    // A component whose job did not succeed is never healthy, unless the earlier version is the same.
    if (isSettled(job.phase) && before !== "same") {
      expect(component.health).not.toBe("healthy");
      expect(status.health).not.toBe("healthy");
    }
    if (isSettled(job.phase) && job.attempt === 0 && around.live === "ready")
      expect(component.reason.code).toBe(VERSION_SAID[before] ?? job.reason.code);
    if (isFailure(job.phase)) expect(component.health).toBe("degraded");
    if (isActive(job.phase)) expect(component.health).toBe("changing");
    // When the job was stopped or skipped, the reason of an unhealthy live object is shown instead.
    if (!isSettled(job.phase) || isFailure(job.phase) || around.live === "ready" || around.live === "missing")
      expect([component.name, withoutVersion(component.reason).code]).toEqual([component.name, job.reason.code]);
  }
}
