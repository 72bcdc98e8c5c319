// Random workflows over the whole grammar. Times are chosen so that no two events happen at the same moment, because
// their order would then be a matter of chance. A step refers only to steps before it, so that there are no cycles.
import fc from "fast-check";
import type { Condition, Doing, Given, Lock, Mode, Step, Workflow } from "./document.ts";
import type { Crash } from "./play.ts";
import type { Act } from "./reference.ts";

export interface Scenario {
  readonly workflow: Workflow;
  readonly acts: readonly Act[];
  readonly crashes: readonly Crash[];
}

export interface Grammar {
  /**
   * Whether processes die. A process that takes over leaves an attempt more time than its clocks allow, so such
   * workflows have no such clocks.
   */
  readonly crashes: boolean;
}

/** A shape without names: the tree is drawn first, then names are given in the order of the document. */
interface Shape {
  readonly kind: "work" | "wait" | "approve" | "group" | "call";
  readonly mode: Mode;
  readonly parts: readonly Shape[];
  readonly finals: readonly Shape[];
  readonly items: number | null;
  readonly draws: Draws;
}

/**
 * Random numbers from which the fields of a step are made, so that the other steps stay the same when the tree shrinks.
 */
interface Draws {
  readonly takes: number;
  readonly failures: number;
  readonly ends: "succeeded" | "failed" | "rejected";
  readonly gives: { readonly kind: "text" | "item" | "from"; readonly pick: number; readonly otherwise: boolean };
  readonly depends: readonly number[];
  readonly condition: ConditionDraw | null;
  readonly lock: {
    readonly named: "text" | "from";
    readonly pick: number;
    readonly limit: number;
    readonly fails: boolean;
  } | null;
  readonly attempts: number | null;
  readonly queue: number | null;
  readonly attempt: number | null;
  readonly timeout: number | null;
}

interface ConditionDraw {
  readonly kind: "phase" | "value" | "not" | "all" | "any";
  readonly pick: number;
  readonly equal: boolean;
  readonly word: number;
  readonly parts: readonly ConditionDraw[];
}

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 2 });

const conditionDraw: fc.Memo<ConditionDraw> = fc.memo((depth) =>
  fc.record({
    kind:
      depth <= 1
        ? fc.constantFrom("phase" as const, "value" as const)
        : fc.constantFrom(
            "phase" as const,
            "phase" as const,
            "value" as const,
            "not" as const,
            "all" as const,
            "any" as const,
          ),
    pick: fc.nat(30),
    equal: fc.boolean(),
    word: fc.nat(5),
    parts: depth <= 1 ? fc.constant([]) : fc.array(conditionDraw(depth - 1), { minLength: 1, maxLength: 2 }),
  }),
);

const drawsOf = fc.record({
  takes: fc.integer({ min: 1, max: 20 }),
  failures: fc.constantFrom(0, 0, 0, 1, 2),
  ends: fc.constantFrom(
    "succeeded" as const,
    "succeeded" as const,
    "succeeded" as const,
    "failed" as const,
    "rejected" as const,
  ),
  gives: fc.record({
    kind: fc.constantFrom("text" as const, "text" as const, "item" as const, "from" as const, "from" as const),
    pick: fc.nat(30),
    otherwise: fc.boolean(),
  }),
  depends: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.nat(30), { maxLength: 2 }) },
  ),
  condition: fc.option(conditionDraw(3), { freq: 2 }),
  lock: rarely(
    fc.record({
      named: fc.constantFrom("text" as const, "from" as const),
      pick: fc.nat(30),
      limit: fc.integer({ min: 1, max: 2 }),
      fails: fc.boolean(),
    }),
  ),
  attempts: rarely(fc.integer({ min: 1, max: 3 })),
  queue: rarely(fc.integer({ min: 1, max: 20 })),
  attempt: rarely(fc.integer({ min: 1, max: 20 })),
  timeout: rarely(fc.integer({ min: 1, max: 40 })),
});

const LEAVES = ["work", "work", "work", "work", "wait", "approve"] as const;
const CONTAINERS = ["group", "group", "call"] as const;

const shape: fc.Memo<Shape> = fc.memo((depth) =>
  fc.record({
    kind:
      depth <= 1
        ? fc.constantFrom(...LEAVES)
        : fc.oneof(
            { weight: 3, arbitrary: fc.constantFrom(...LEAVES) },
            { weight: 2, arbitrary: fc.constantFrom(...CONTAINERS) },
          ),
    mode: fc.constantFrom("StepByStep" as const, "DAG" as const),
    parts: depth <= 1 ? fc.constant([]) : fc.array(shape(depth - 1), { minLength: 1, maxLength: 3 }),
    finals: depth <= 1 ? fc.constant([]) : fc.array(shape(1), { maxLength: 2 }),
    items: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(3) }),
    draws: drawsOf,
  }),
);

export function anyScenario(grammar: Grammar): fc.Arbitrary<Scenario> {
  return fc
    .record({
      mode: fc.constantFrom("StepByStep" as const, "DAG" as const),
      steps: fc.array(shape(3), { minLength: 1, maxLength: 4 }),
      finals: fc.array(shape(2), { maxLength: 2 }),
      acts: fc.array(
        fc.record({
          at: fc.nat(60),
          what: fc.constantFrom(
            "cancel" as const,
            "pause" as const,
            "resume" as const,
            "answer" as const,
            "answer" as const,
            "answer" as const,
          ),
          pick: fc.nat(9),
          flag: fc.boolean(),
        }),
        { maxLength: 5 },
      ),
      crashes: grammar.crashes
        ? fc.array(
            fc.record({ at: fc.nat(60), writes: fc.nat(5), how: fc.constantFrom("before" as const, "after" as const) }),
            { minLength: 1, maxLength: 3 },
          )
        : fc.constant<readonly Crash[]>([]),
    })
    .map(({ mode, steps, finals, acts, crashes }) => {
      const naming = namingOf(grammar);
      const workflow = {
        mode,
        steps: steps.map((one) => naming.step(one, TOP)),
        finals: finals.map((one) => naming.step(one, TOP)),
      };
      return {
        workflow,
        acts: actsOf(acts, naming.approvals),
        crashes: crashes.map((one, index) => ({ ...one, at: one.at * 1_000 + 431 + index })),
      };
    });
}

interface ActDraw {
  readonly at: number;
  readonly what: "cancel" | "pause" | "resume" | "answer";
  readonly pick: number;
  readonly flag: boolean;
}

function actsOf(draws: readonly ActDraw[], approvals: readonly string[]): readonly Act[] {
  const acts = draws.flatMap(({ at: second, what, pick, flag }, index): Act[] => {
    const at = second * 1_000 + 501 + index;
    if (what === "cancel") return [{ at, what, skipFinal: flag }];
    if (what !== "answer") return [{ at, what }];
    const step = approvals[pick % Math.max(1, approvals.length)];
    return step === undefined ? [] : [{ at, what, step, decision: flag ? "approve" : "deny" }];
  });
  // A run that stays paused never ends.
  return [...acts.toSorted((a, b) => a.at - b.at), { at: 90_501, what: "resume" }];
}

/** A step that other steps may refer to, and the place from which they can. */
interface Named {
  readonly name: string;
  readonly gives: boolean;
  readonly loop: boolean;
}

interface Place {
  readonly prefix: string;
  readonly inLoop: boolean;
  /** Whether the step is in one of several rounds of a loop. */
  readonly many: boolean;
  /**
   * Whether the step is a final step of a call. A job that a cancel stops holds its locks for a moment longer, so it is
   * a matter of chance whether a lock is free for such a step.
   */
  readonly tidying: boolean;
}

const TOP: Place = { prefix: "", inLoop: false, many: false, tidying: false };

/** The shape without clocks, waits and approvals: those of parallel rounds would end at the same moment. */
function withoutClocks(shape: Shape): Shape {
  const kind = shape.kind === "wait" || shape.kind === "approve" ? "work" : shape.kind;
  return { ...shape, kind, draws: { ...shape.draws, timeout: null, attempt: null, queue: null } };
}
const WORDS = ["succeeded", "failed", "skipped", "cancelled", "timed-out", "rejected"];

function namingOf(grammar: Grammar) {
  const approvals: string[] = [];
  let count = 0;
  /** Every time in a scenario is different by some milliseconds from every other one. */
  const time = (seconds: number): number => seconds * 1_000 + 7 * (tick += 1);
  let tick = 0;
  const frames: Named[][] = [[]];
  const seen = (): readonly Named[] => frames.flat();

  const step = (shape: Shape, outer: Place): Step => {
    const name = `s${String(count++).padStart(2, "0")}`;
    const items = shape.kind === "call" ? null : shape.items;
    const place = { ...outer, many: outer.many || (items ?? 0) > 1 };
    const drawn = place.many ? withoutClocks({ ...shape, items }) : { ...shape, items };
    const { draws } = drawn;
    const loop = items !== null;
    const before = seen();
    const inside = drawn.kind === "group" || drawn.kind === "call";
    const timeout = draws.timeout === null || grammar.crashes ? null : time(draws.timeout + (inside ? 20 : 5));
    const isApproval = drawn.kind === "approve";
    const approvalLimit =
      isApproval && timeout === null ? time(grammar.crashes ? 4_000 : 30 + (draws.timeout ?? 0)) : timeout;
    const prefix = `${place.prefix}${name}`;
    if (isApproval)
      for (const suffix of loop ? Array.from({ length: items ?? 0 }, (_, index) => `[${index}]`) : [""])
        if (!place.inLoop) approvals.push(`${prefix}${suffix}`);
    const inner = { ...place, prefix: `${prefix}.`, inLoop: place.inLoop || loop };
    const does = doing(drawn, before, inner);
    const made: Step = {
      name,
      dependsOn: [...new Set(draws.depends.flatMap((pick) => before[pick % Math.max(1, before.length)]?.name ?? []))],
      condition: draws.condition === null ? null : conditionOf(draws.condition, before),
      forEach: loop ? Array.from({ length: items ?? 0 }, (_, index) => `i${index}`) : null,
      timeout: approvalLimit,
      does,
    };
    frames.at(-1)?.push({ name, gives: drawn.kind === "work", loop });
    return made;
  };

  const doing = (drawn: Shape, before: readonly Named[], place: Place): Doing => {
    const { kind, draws } = drawn;
    if (kind === "wait") return { kind, takes: time(draws.takes * 2) };
    if (kind === "approve") return { kind };
    if (kind === "work") return workOf(draws, before, place);
    // A step in a loop is visible in its round only. A called workflow sees no steps of the workflow that calls it.
    const apart = kind === "call" || drawn.items !== null;
    const outer = kind === "call" ? frames.splice(0, frames.length, []) : [];
    if (kind === "group" && apart) frames.push([]);
    const inLoop = kind === "call" ? false : place.inLoop;
    const steps = drawn.parts.map((one) => step(one, { ...place, inLoop }));
    const finals = kind === "call" ? drawn.finals.map((one) => step(one, { ...place, inLoop, tidying: true })) : [];
    if (kind === "call") frames.splice(0, frames.length, ...outer);
    else if (apart) frames.pop();
    return kind === "call"
      ? { kind, workflow: { mode: drawn.mode, steps, finals } }
      : { kind, mode: drawn.mode, steps };
  };

  const workOf = (draws: Draws, before: readonly Named[], { inLoop, tidying }: Place): Doing => ({
    kind: "work",
    takes: time(draws.takes),
    failures: draws.failures,
    ends: draws.ends,
    gives: givenOf(draws.gives, before, inLoop),
    lock: lockOf(draws, before, tidying),
    retry: draws.attempts === null ? null : { attempts: draws.attempts, backoff: time(2) },
    queue: draws.queue === null ? null : time(draws.queue),
    attempt: draws.attempt === null || grammar.crashes ? null : time(draws.attempt),
  });
  return { step, approvals };
}

function givenOf({ kind, pick, otherwise }: Draws["gives"], before: readonly Named[], inLoop: boolean): Given {
  const text: Given = { kind: "text", text: `k${(pick % 2) + 1}` };
  if (kind === "item") return inLoop ? { kind } : text;
  if (kind === "text") return text;
  const giving = before.filter((one) => one.gives);
  const from = giving[pick % Math.max(1, giving.length)];
  return from === undefined ? text : { kind, step: from.name, loop: from.loop, otherwise: otherwise ? "k1" : null };
}

/** A random lock. Its name must be one of the locks in play.ts (LIMITS). */
function lockOf({ lock }: Draws, before: readonly Named[], tidying: boolean): Lock | null {
  if (lock === null) return null;
  const onLimit = lock.fails && !tidying ? "fail" : "queue";
  const giving = before.filter((one) => one.gives && !one.loop);
  const from = giving[lock.pick % Math.max(1, giving.length)];
  if (lock.named === "text" || from === undefined)
    return { name: { kind: "text", text: `k${lock.limit}` }, limit: lock.limit, onLimit };
  return { name: { kind: "from", step: from.name, loop: false, otherwise: null }, limit: 1, onLimit };
}

function conditionOf(draw: ConditionDraw, before: readonly Named[]): Condition | null {
  const { kind, pick, equal, word } = draw;
  const compare = equal ? "==" : "!=";
  if (kind === "phase") {
    const step = before[pick % Math.max(1, before.length)];
    return step === undefined ? null : { kind, step: step.name, compare, word: WORDS[word] ?? "failed" };
  }
  if (kind === "value") {
    const giving = before.filter((one) => one.gives && !one.loop);
    const step = giving[pick % Math.max(1, giving.length)];
    return step === undefined ? null : { kind, step: step.name, compare, value: `k${(word % 2) + 1}` };
  }
  const parts = draw.parts.flatMap((one) => conditionOf(one, before) ?? []);
  const [first] = parts;
  if (first === undefined) return null;
  return kind === "not" ? { kind, condition: first } : { kind, conditions: parts };
}
