// A workflow as a tree of values, for the tests of the meaning of workflows. The generator makes it, the reference
// interpreter reads it, and `written` turns it into the document that a user would send.
import type { Json, JsonObject } from "../../../src/model/data/json.ts";

export type Mode = "StepByStep" | "DAG";

export type Condition =
  | { readonly kind: "phase"; readonly step: string; readonly compare: "==" | "!="; readonly word: string }
  | { readonly kind: "value"; readonly step: string; readonly compare: "==" | "!="; readonly value: string }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "all" | "any"; readonly conditions: readonly Condition[] };

/** The output `value` of a step: a text, the item of its loop, or the output of another step. */
export type Given =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "item" }
  | { readonly kind: "from"; readonly step: string; readonly loop: boolean; readonly otherwise: string | null };

export interface Lock {
  readonly name: Given;
  readonly limit: number;
  readonly onLimit: "queue" | "fail";
}

/** All times in milliseconds. */
export interface Step {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly condition: Condition | null;
  readonly forEach: readonly string[] | null;
  readonly timeout: number | null;
  readonly does: Doing;
}

export type Doing =
  | Work
  | { readonly kind: "wait"; readonly takes: number }
  | { readonly kind: "approve" }
  | { readonly kind: "group"; readonly mode: Mode; readonly steps: readonly Step[] }
  | { readonly kind: "call"; readonly workflow: Workflow };

export interface Work {
  readonly kind: "work";
  readonly takes: number;
  /** The number of attempts that fail first. */
  readonly failures: number;
  readonly ends: "succeeded" | "failed" | "rejected";
  readonly gives: Given;
  readonly lock: Lock | null;
  readonly retry: { readonly attempts: number; readonly backoff: number } | null;
  readonly queue: number | null;
  readonly attempt: number | null;
}

export interface Workflow {
  readonly mode: Mode;
  readonly steps: readonly Step[];
  readonly finals: readonly Step[];
}

/** The document, and the documents that it calls, by the name of their application. */
export function written(workflow: Workflow): {
  readonly document: JsonObject;
  readonly called: Map<string, JsonObject>;
} {
  const called = new Map<string, JsonObject>();
  return { document: workflowWritten(workflow, called), called };
}

function workflowWritten({ mode, steps, finals }: Workflow, called: Map<string, JsonObject>): JsonObject {
  return {
    mode,
    steps: steps.map((step) => stepWritten(step, called)),
    ...(finals.length === 0 ? {} : { finally: finals.map((step) => stepWritten(step, called)) }),
  };
}

function stepWritten(
  { name, dependsOn, condition, forEach, timeout, does }: Step,
  called: Map<string, JsonObject>,
): JsonObject {
  return {
    name,
    ...(dependsOn.length === 0 ? {} : { dependsOn: [...dependsOn] }),
    ...(condition === null ? {} : { if: conditionText(condition) }),
    ...(forEach === null ? {} : { forEach: [...forEach] }),
    ...(timeout === null ? {} : { timeout: `${timeout}ms` }),
    ...doingWritten(name, does, called),
  };
}

function doingWritten(name: string, does: Doing, called: Map<string, JsonObject>): JsonObject {
  if (does.kind === "wait") return { type: "wait", properties: { for: `${does.takes}ms` } };
  if (does.kind === "approve") return { type: "approve", properties: { message: `${name}?` } };
  if (does.kind === "group")
    return { type: "group", mode: does.mode, subSteps: does.steps.map((step) => stepWritten(step, called)) };
  if (does.kind === "work") return workWritten(does);
  called.set(`app-${name}`, workflowWritten(does.workflow, called));
  return { type: "workflow", properties: { application: `app-${name}` } };
}

function workWritten({ takes, failures, ends, gives, lock, retry, queue, attempt }: Work): JsonObject {
  const clocks = {
    ...(queue === null ? {} : { queue: `${queue}ms` }),
    ...(attempt === null ? {} : { attempt: `${attempt}ms` }),
  };
  return {
    type: "work",
    properties: { takes, failures, ends, gives: givenWritten(gives) },
    ...(retry === null ? {} : { retry: { attempts: retry.attempts, backoff: `${retry.backoff}ms` } }),
    ...(Object.keys(clocks).length === 0 ? {} : { clocks }),
    ...(lock === null ? {} : { locks: [{ key: givenWritten(lock.name), limit: lock.limit, onLimit: lock.onLimit }] }),
  };
}

function givenWritten(given: Given): Json {
  if (given.kind === "text") return given.text;
  if (given.kind === "item") return { $from: "/item" };
  const pointer = `/steps/${given.step}/outputs${given.loop ? "" : "/value"}`;
  return given.otherwise === null ? { $from: pointer } : { $from: pointer, default: given.otherwise };
}

function conditionText(condition: Condition): string {
  if (condition.kind === "phase") return `/steps/${condition.step}/phase ${condition.compare} '${condition.word}'`;
  if (condition.kind === "value")
    return `/steps/${condition.step}/outputs/value ${condition.compare} '${condition.value}'`;
  if (condition.kind === "not") return `!(${conditionText(condition.condition)})`;
  return condition.conditions.map((one) => `(${conditionText(one)})`).join(condition.kind === "all" ? " && " : " || ");
}

/** The time that a job takes. Rounds of a loop take different times, so that no two of them end at the same moment. */
export function takesOf(takes: number, job: string): number {
  const rounds = [...job.matchAll(/\[(\d+)\]/g)];
  return rounds.reduce((sum, [, index], depth) => sum + Number(index) * (depth === 0 ? 41 : 11), takes);
}
