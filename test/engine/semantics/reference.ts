// The reference interpreter: the meaning of a workflow, written as simply as possible. The engine is compared with it
// (compare.ts), so it shares no code with the engine.
//
// A workflow becomes a tree (tree.ts). A loop is replaced by its rounds, and a call by the steps of the called
// workflow. The leaves of the tree are single jobs. A leaf waits, then runs, then has ended; a failed attempt may bring
// it back to waiting. Time jumps from one event to the next. At each moment, the rules below are applied to every leaf
// until they change nothing more. Then the leaves that may start are started.
//
//  1. Cancel. A cancel ends every leaf that has not ended, except the leaves of final steps. The user may say, with the
//     cancel or later, that the leaves of final steps end as well.
//  2. Time limits of steps. A group, a call or a round of a loop may have a time limit. Its time begins when the first
//     leaf in it may start. When the time is over, every leaf in it that has not ended is ended: a running leaf has
//     timed out, and a waiting leaf has expired. The time limit of a call does not apply to the final steps of the
//     called workflow.
//  3. Needs. A leaf has the needs of its own step and of every step around it. A need asks either for the success of
//     another step or only for its end. A step has succeeded when every leaf in it has succeeded or was skipped by its
//     own condition. A leaf is skipped as soon as one of its needs can no longer be met.
//  4. Where needs come from. `dependsOn`, a reference to an output, and the order of a StepByStep list ask for the
//     success of the other step. A condition that reads the phase of a step S asks only for the end of S. It also
//     weakens other needs of the step with that condition, and the needs that this step has from the steps around it: a
//     need for S, for a step around S or for a step in S then asks only for the end. The next step of a StepByStep list
//     then also needs the success of S.
//  5. Final steps. They need the end of all other steps of their workflow. When they run one after the other, each
//     needs the end of the one before. When they refer to an ordinary step, they need only its end. The final steps of
//     a called workflow end before the call ends, and have the needs of the call.
//  6. Conditions. When all needs are met, the conditions of the leaf and of every step around it are decided, on the
//     phases and outputs of that moment. A comparison with a missing value is neither true nor false. The leaf goes on
//     only when every condition is true; otherwise it is skipped.
//  7. Start. The leaf may then start. Leaves start in the order in which they became ready. No leaf starts while the
//     run is paused. A leaf whose lock is taken waits for it, or fails immediately when its step asks for that. A leaf
//     whose input or lock has no value fails immediately. The queue clock of a leaf runs until its first attempt.
//  8. Attempts. An attempt ends by itself, or because a clock ends: that of the attempt, that of all attempts together,
//     or that of a step around the leaf. A failed attempt, and one that the clock of the attempt ended, is repeated as
//     often as the step allows, after a pause that doubles each time. An attempt that one of the other two clocks ended
//     is not repeated. The clock of all attempts goes on during such a pause.
//  9. Pause. While the run is paused, all clocks stand still, and running leaves go on. A cancel ends the pause.
import type { Json } from "../../../src/model/data/json.ts";
import { type Condition, type Given, takesOf, type Work, type Workflow } from "./document.ts";
import { expand, find, isIn, isJob, type Leaf, leavesOf, NEVER, type Need, type Node } from "./tree.ts";

export type Act = { readonly at: number } & (
  | { readonly what: "cancel"; readonly skipFinal: boolean }
  | { readonly what: "pause" | "resume" }
  | { readonly what: "answer"; readonly step: string; readonly decision: "approve" | "deny" }
);

export interface Ending {
  readonly phase: string;
  /** Why the job was skipped. Empty when it was not. */
  readonly why: "" | "condition" | "need";
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

const UNENDED: ReadonlySet<string> = new Set(["waiting", "running"]);
const WORST = ["failed", "timed-out", "rejected", "expired", "cancelled"];

export function interpret(
  workflow: Workflow,
  acts: readonly Act[],
): { jobs: ReadonlyMap<string, Ending>; phase: string } {
  const root = expand(workflow);
  const leaves = leavesOf(root);
  let [now, pausedSince, lost, cancelled, finalsSkipped] = [0, null as number | null, 0, false, false];
  const runTime = (): number => now - lost - (pausedSince === null ? 0 : now - pausedSince);

  const ended = (leaf: Leaf): boolean => !UNENDED.has(leaf.phase);
  const fine = (leaf: Leaf): boolean =>
    leaf.phase === "succeeded" || (leaf.phase === "skipped" && leaf.why === "condition");
  const lineOf = (node: Node): readonly Node[] =>
    node.container === null ? [node] : [node, ...lineOf(node.container)];
  const protectedFromCancel = (leaf: Leaf): boolean => lineOf(leaf.node).some((node) => node.final);
  const needsOf = (leaf: Leaf): readonly Need[] => {
    const watched: Node[] = [];
    return lineOf(leaf.node).flatMap((node) => {
      watched.push(...node.watches);
      const looked = [...watched];
      const isLoose = ({ target }: Need): boolean => looked.some((one) => isIn(one, target) || isIn(target, one));
      return node.needs.map((need) => (isLoose(need) ? { ...need, success: false } : need));
    });
  };
  const isThere = ({ target, success }: Need): boolean => leavesOf(target).every(success ? fine : ended);
  const isBroken = ({ target, success }: Need): boolean =>
    success && leavesOf(target).some((leaf) => ended(leaf) && !fine(leaf));

  /** The time that is left in the steps around the leaf: that of the step that ends first. */
  const scopeLeft = (leaf: Leaf): number =>
    Math.min(
      ...scopesOf(leaf.node).map((node) => {
        const begun = leavesOf(node).flatMap((one) => (one.due === null ? [] : [one.due]));
        return node.limit === null || begun.length === 0 ? NEVER : Math.min(...begun) + node.limit - runTime();
      }),
    );
  const queueLeft = ({ node, due, attempt }: Leaf): number => {
    const work = workOf(node);
    return due === null || attempt > 0 || work === null || work.queue === null ? NEVER : due + work.queue - runTime();
  };
  const totalLeft = ({ node, begun }: Leaf): number =>
    begun === null || node.step === null || node.step.timeout === null ? NEVER : begun + node.step.timeout - runTime();
  const attemptLeft = ({ node, attemptBegun }: Leaf): number => {
    const limit = workOf(node)?.attempt ?? null;
    return limit === null ? NEVER : attemptBegun + limit - runTime();
  };

  const end = (leaf: Leaf, phase: string, why: Ending["why"] = ""): true => {
    Object.assign(leaf, { phase, why, finishedAt: now, holds: null });
    return true;
  };

  /** Rules 1 to 7 for one waiting leaf. True when they changed it. */
  const decide = (leaf: Leaf): boolean => {
    if (leaf.phase !== "waiting") return false;
    if (cancelled && (finalsSkipped || !protectedFromCancel(leaf))) return end(leaf, "cancelled");
    if (scopeLeft(leaf) <= 0) return end(leaf, "expired");
    if (needsOf(leaf).some(isBroken)) return end(leaf, "skipped", "need");
    if (totalLeft(leaf) <= 0) return end(leaf, "timed-out");
    if (leaf.due !== null) return queueLeft(leaf) <= 0 && end(leaf, "expired");
    if (!needsOf(leaf).every(isThere)) return false;
    const conditions = lineOf(leaf.node).flatMap((node) => node.step?.condition ?? []);
    if (!conditions.every((one) => holds(one, leaf.node) === true)) return end(leaf, "skipped", "condition");
    leaf.due = runTime();
    return true;
  };
  const settle = (): void => {
    while (leaves.filter(decide).length > 0);
  };

  /** Rule 7. True when a leaf failed immediately, so that other leaves have to be decided again. */
  const start = (): boolean => {
    const ready = leaves.filter((leaf) => leaf.phase === "waiting" && leaf.due !== null && leaf.notBefore <= now);
    const stopped: (() => void)[] = [];
    for (const leaf of ready.toSorted((a, b) => (a.due ?? 0) - (b.due ?? 0))) {
      if (pausedSince !== null) continue;
      const work = workOf(leaf.node);
      const lock = work?.lock ?? null;
      const name = lock === null ? undefined : valueOf(lock.name, leaf.node);
      const key = typeof name === "string" && name !== "" ? name : null;
      if (lock !== null && key !== null && leaves.filter((one) => one.holds === key).length >= lock.limit) {
        if (lock.onLimit === "fail") stopped.push(() => end(leaf, "failed"));
        continue;
      }
      leaf.attempt += 1;
      leaf.begun ??= runTime();
      leaf.startedAt ??= now;
      Object.assign(leaf, { phase: "running", attemptBegun: runTime(), holds: key });
      const given = work === null ? null : valueOf(work.gives, leaf.node);
      if ((lock !== null && key === null) || given === undefined) stopped.push(() => end(leaf, "failed"));
      else leaf.endsAt = endOf(leaf, now);
    }
    for (const stop of stopped) stop();
    return stopped.length > 0;
  };

  /** Rules 2 and 8 for one running leaf. */
  const finishAttempt = (leaf: Leaf): void => {
    if (leaf.phase !== "running") return;
    const waitsForPerson = leaf.node.step?.does.kind === "approve";
    if (leaf.endsAt <= now) return byItself(leaf);
    if (scopeLeft(leaf) <= 0 || totalLeft(leaf) <= 0) return void end(leaf, waitsForPerson ? "expired" : "timed-out");
    if (attemptLeft(leaf) <= 0) again(leaf, "timed-out");
  };
  const byItself = (leaf: Leaf): void => {
    const work = workOf(leaf.node);
    if (work !== null && leaf.attempt <= work.failures) return again(leaf, "failed");
    if (work !== null && work.ends === "failed") return again(leaf, "failed");
    if (work !== null && work.ends === "rejected") return void end(leaf, "rejected");
    if (work !== null) leaf.output = { value: valueOf(work.gives, leaf.node) ?? null };
    end(leaf, "succeeded");
  };
  const again = (leaf: Leaf, phase: string): void => {
    const retry = workOf(leaf.node)?.retry ?? { attempts: 1, backoff: 0 };
    if (leaf.attempt >= retry.attempts) return void end(leaf, phase);
    const pause = Math.min(retry.backoff * 2 ** (leaf.attempt - 1), 5 * 60_000);
    Object.assign(leaf, { phase: "waiting", notBefore: now + pause, holds: null, endsAt: NEVER });
  };

  const act = (one: Act): void => {
    if (leaves.every(ended)) return;
    if (one.what === "pause" && !cancelled) pausedSince ??= now;
    if ((one.what === "resume" || one.what === "cancel") && pausedSince !== null) {
      lost += now - pausedSince;
      pausedSince = null;
    }
    if (one.what === "cancel") {
      cancelled = true;
      finalsSkipped ||= one.skipFinal;
      for (const leaf of leaves)
        if (leaf.phase === "running" && (finalsSkipped || !protectedFromCancel(leaf))) end(leaf, "cancelled");
    }
    if (one.what === "answer") {
      const asked = leaves.find((leaf) => leaf.node.name === one.step && leaf.phase === "running");
      if (asked !== undefined) end(asked, one.decision === "approve" ? "succeeded" : "rejected");
    }
  };

  const nextMoment = (): number => {
    const clocks = leaves.flatMap((leaf) => {
      if (leaf.phase === "waiting") return [scopeLeft(leaf), queueLeft(leaf), totalLeft(leaf)];
      if (leaf.phase === "running") return [scopeLeft(leaf), totalLeft(leaf), attemptLeft(leaf)];
      return [];
    });
    const timers = leaves.flatMap((leaf) =>
      leaf.phase === "running"
        ? [leaf.endsAt]
        : leaf.phase === "waiting" && leaf.notBefore > now
          ? [leaf.notBefore]
          : [],
    );
    return Math.min(...timers, ...(pausedSince === null ? clocks.map((left) => now + left) : []));
  };

  const pending = [...acts];
  for (;;) {
    do settle();
    while (start());
    if (leaves.every(ended)) break;
    const [next] = pending;
    const moment = nextMoment();
    now = Math.min(moment, next?.at ?? NEVER);
    if (now === NEVER) break;
    if (next !== undefined && next.at === now) act(pending.shift() ?? next);
    for (const leaf of leaves) finishAttempt(leaf);
  }
  const jobs = new Map(
    leaves
      .filter((leaf) => leaf.node.step !== null && isJob(leaf.node))
      .map((leaf) => [leaf.node.name, endingOf(leaf)]),
  );
  const phases = new Set(leaves.map((leaf) => leaf.phase));
  return { jobs, phase: leaves.every(ended) ? (WORST.find((one) => phases.has(one)) ?? "succeeded") : "running" };
}

function endingOf({ phase, why, startedAt, finishedAt }: Leaf): Ending {
  return { phase, why, startedAt, finishedAt };
}

/**
 * The node and the steps around it whose time limits apply to it. The limit of a call does not apply to its final
 * steps, which clean up after it.
 */
function scopesOf(node: Node): readonly Node[] {
  return node.final || node.container === null ? [node] : [node, ...scopesOf(node.container)];
}

function endOf({ node, endsAt }: Leaf, now: number): number {
  const does = isJob(node) ? node.step?.does : undefined;
  if (does?.kind === "work") return now + takesOf(does.takes, node.name);
  // Another attempt continues a wait and does not begin it again.
  if (does?.kind === "wait") return endsAt === NEVER ? now + does.takes : endsAt;
  return does?.kind === "approve" ? NEVER : now;
}

function workOf(node: Node): Work | null {
  return isJob(node) && node.step?.does.kind === "work" ? node.step.does : null;
}

/** Whether the condition is true. `undefined` when it is neither true nor false, because a value is missing. */
function holds(condition: Condition, from: Node): boolean | undefined {
  if (condition.kind === "not") {
    const inner = holds(condition.condition, from);
    return inner === undefined ? undefined : !inner;
  }
  if ("conditions" in condition) {
    const all = condition.conditions.map((one) => holds(one, from));
    const decisive = condition.kind === "any";
    if (all.includes(decisive)) return decisive;
    return all.includes(undefined) ? undefined : !decisive;
  }
  const target = find(condition.step, from);
  const [left, right] =
    condition.kind === "phase" ? [phaseOf(target), condition.word] : [outputOf(target), condition.value];
  if (left === undefined) return undefined;
  return (left === right) === (condition.compare === "==");
}

function phaseOf(node: Node): string {
  const phases = leavesOf(node).map((leaf) => leaf.phase);
  const wrong = phases.find((phase) => !["succeeded", "skipped", "waiting", "running"].includes(phase));
  return wrong ?? (phases.every((phase) => phase === "skipped") ? "skipped" : "succeeded");
}

function outputOf(node: Node): Json | undefined {
  const output = node.leaf?.output;
  return typeof output === "object" && output !== null && "value" in output ? output["value"] : undefined;
}

function valueOf(given: Given, from: Node): Json | undefined {
  if (given.kind === "text") return given.text;
  if (given.kind === "item") return itemOf(from);
  const target = find(given.step, from);
  const found = given.loop ? target.parts.map((round) => round.leaf?.output ?? {}) : outputOf(target);
  return found ?? given.otherwise ?? undefined;
}

function itemOf(node: Node): string {
  return node.item ?? (node.container === null ? "" : itemOf(node.container));
}
