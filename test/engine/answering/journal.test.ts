// The journal of a run: its events give the jobs as they were after each write, and every decision is right for the
// values that were stored with it.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { beginJournal, type Journal, type Recorded, record } from "../../../src/engine/answering/journal.ts";
import { groundsOf, LONGEST_KEPT, MOST_KEPT } from "../../../src/engine/deciding/grounds.ts";
import type { Json } from "../../../src/model/data/json.ts";
import type { Condition, Operand } from "../../../src/model/document/condition.ts";
import { sealedToken } from "../../../src/model/document/sealed.ts";
import { reason } from "../../../src/model/reasons/reason.ts";
import type { PlatformEvent } from "../../../src/model/run/event.ts";
import type { KeptValue } from "../../../src/model/run/grounds.ts";
import { isActive, isSettled } from "../../../src/model/run/phase.ts";
import type { Job } from "../../../src/model/run/run.ts";
import { evaluate } from "../../../src/plan/workflow/conditions/evaluate.ts";
import { mapCondition } from "../../../src/plan/workflow/conditions/mapCondition.ts";
import type { Store } from "../../../src/ports/store.ts";
import { plannedJob, waitingJob } from "../jobs.ts";
import { anyScenario, type Scenario } from "../semantics/generate.ts";
import { play } from "../semantics/play.ts";

interface Reader {
  journal: Journal | undefined;
  sequence: number;
  readonly faults: string[];
  decisions: number;
}

async function readOn(reader: Reader, store: Store, id: string): Promise<void> {
  const run = await store.runs.get(id);
  const jobs = await store.runs.jobs(id);
  if (run === null) return;
  reader.journal ??= beginJournal(run, jobs);
  for (const event of await store.events.after({ project: "default", run: id }, reader.sequence, 10_000)) {
    record(reader.journal, event);
    reader.sequence = event.sequence;
    judge(reader, event);
  }
  const show = ({ name, phase, attempt, reason: why, dueAt }: Job): string =>
    JSON.stringify([name, phase, attempt, why, isSettled(phase) || dueAt === null]);
  const told = [...reader.journal.jobs.values()].map((one) => show(one.job));
  const wrong = jobs.map(show).filter((one, index) => one !== told[index]);
  reader.faults.push(...wrong.map((one) => `the store has ${one}, the record does not`));
}

/** A start is right when the condition is true for the stored values, and a skip by the condition when it is not. */
function judge(reader: Reader, { type, data }: PlatformEvent): void {
  const found = typeof data["job"] === "string" ? reader.journal?.jobs.get(data["job"]) : undefined;
  const condition = found?.job.plan.condition;
  if (type !== "job.changed" || found === undefined || condition === undefined) return;
  const { phase, reason: why, name } = found.job;
  const should = isActive(phase) ? true : phase === "skipped" && why.code === "ConditionFalse" ? false : undefined;
  if (should === undefined) return;
  reader.decisions += 1;
  if (holds(condition, found) !== should)
    reader.faults.push(`${name} is ${phase}, on ${JSON.stringify(found.grounds)}`);
}

function holds(condition: Condition, { grounds }: Recorded): boolean {
  const values = new Map((grounds.values ?? []).map((one) => [one.pointer, one]));
  const filled = mapCondition(condition, (operand) =>
    "pointer" in operand ? operandOf(values, operand.pointer) : operand,
  );
  return evaluate(filled, {});
}

function operandOf(values: ReadonlyMap<string, KeptValue>, pointer: string): Operand {
  const found = values.get(pointer);
  if (found === undefined || found.cut !== undefined) throw new Error(`${pointer} was not kept`);
  return found.value === undefined ? { pointer: "/nothing" } : { value: found.value };
}

async function check({ workflow, acts, crashes }: Scenario): Promise<number> {
  const reader: Reader = { journal: undefined, sequence: 0, faults: [], decisions: 0 };
  const { run } = await play(workflow, { acts, crashes, look: (store, id) => readOn(reader, store, id) });
  expect(reader.faults).toEqual([]);
  if (run === null || run.phase === "running" || reader.journal === undefined) return 0;
  const { phase, cancelledBy, pausedBy, finalSkippedBy } = reader.journal.run;
  expect({ phase, cancelledBy, pausedBy, finalSkippedBy }).toEqual({
    phase: run.phase,
    cancelledBy: run.cancelledBy,
    pausedBy: run.pausedBy,
    finalSkippedBy: run.finalSkippedBy,
  });
  return reader.decisions;
}

it.each([
  ["without a crash", false],
  ["across crashes", true],
])("gives random runs back as they stood at each moment, %s", { timeout: 120_000 }, async (_name, crashes) => {
  let decisions = 0;
  const property = fc.asyncProperty(anyScenario({ crashes }), async (scenario) => {
    decisions += await check(scenario);
  });
  await fc.assert(property, { numRuns: 60 });
  expect(decisions).toBeGreaterThan(10);
});

const deciding = {
  jobs: new Map<string, Job>(),
  context: () => ({}),
  refusal: undefined,
  locks: [],
  mask: (text: string) => text,
};
const due = (job: Job): Job => ({ ...job, dueAt: "2026-11-23T14:03:11.000Z" });

it("keeps a bounded part of many needs and long values, and no secret in clear", () => {
  const needs = Array.from({ length: 50 }, (_, index) => `need-${index}`);
  const jobs = new Map(needs.map((name) => [name, waitingJob(plannedJob(name, []))]));
  for (const [name, job] of jobs) jobs.set(name, { ...job, phase: name === "need-49" ? "failed" : "succeeded" });
  const pointers = [...needs.map((name) => `/steps/${name}/outputs/text`), "/inputs/secret", "/inputs/open"];
  const any = pointers.map((pointer) => ({ truthy: { pointer } }));
  const outputs = { text: "x".repeat(64_000) };
  const steps: Json = Object.fromEntries(needs.map((name) => [name, { outputs }]));
  const context = { steps, inputs: { secret: sealedToken("abc"), open: "it says canary-71c0" } };
  const job = waitingJob({ ...plannedJob("late", needs), condition: { any: any.toReversed() } });
  const mask = (text: string): string => text.replaceAll("canary-71c0", "••••••");
  const grounds = groundsOf(job, due(job), { ...deciding, jobs, context: () => context, mask });
  expect(Object.keys(grounds?.needs ?? {})).toHaveLength(MOST_KEPT);
  expect(grounds).toMatchObject({ needs: { "need-49": "failed" }, moreNeeds: 30, moreValues: 32 });
  expect(grounds?.values).toHaveLength(MOST_KEPT);
  expect(grounds?.values?.slice(0, 2)).toEqual([
    { pointer: "/inputs/open", value: "it says ••••••" },
    { pointer: "/inputs/secret", value: sealedToken("abc") },
  ]);
  for (const { cut } of grounds?.values?.slice(2) ?? []) expect(cut).toHaveLength(LONGEST_KEPT);
});

it("stores nothing for a start without needs, and the holders of the lock for a job that is held back", () => {
  const job = waitingJob(plannedJob("alone", []));
  expect(groundsOf(job, { ...due(job), phase: "running", attempt: 1 }, deciding)).toBeNull();
  const busy = reason("KeyBusy", { key: "p/key/gpu", holder: "run r1, job train" });
  const lock = { key: "p/key/gpu", limit: 1, holders: [{ run: "r1", job: "train" }] };
  const queued: Job = { ...due(job), phase: "queued", reason: busy };
  const hold = { reason: busy, lock };
  expect(groundsOf(job, queued, { ...deciding, refusal: hold })).toEqual({ held: lock });
  const params = { limit: "5m" };
  const expired: Job = { ...queued, phase: "expired", reason: reason("GaveUpWaiting", params, busy) };
  expect(groundsOf(queued, expired, { ...deciding, refusal: hold })).toEqual({
    held: lock,
    clock: { name: "queue", limit: "5m", since: queued.dueAt },
  });
});
