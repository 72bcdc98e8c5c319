// The tree on which the reference interpreter works: each loop is replaced by its rounds, each call by the steps of the
// called workflow, and each node knows its own needs. The rules with numbers are in reference.ts.
import type { Json } from "../../../src/model/data/json.ts";
import type { Condition, Mode, Step, Workflow } from "./document.ts";

export const NEVER = Number.POSITIVE_INFINITY;

export interface Need {
  readonly target: Node;
  readonly success: boolean;
}

export interface Node {
  readonly name: string;
  readonly step: Step | null;
  readonly container: Node | null;
  readonly parts: Node[];
  readonly item: string | null;
  /** One round of a loop; its needs are those of the loop around it. */
  readonly round: boolean;
  readonly limit: number | null;
  /** Whether the step is in a list of final steps. */
  readonly final: boolean;
  readonly mode: Mode;
  needs: readonly Need[];
  /** The steps whose phases the condition of this step reads. */
  watches: readonly Node[];
  readonly leaf: Leaf | null;
}

export interface Leaf {
  readonly node: Node;
  phase: string;
  /** Why the leaf was skipped. Empty when it was not. */
  why: "" | "condition" | "need";
  /**
   * Times of the run, which stand still during pauses: since when the leaf may start, and since when it and its attempt
   * run.
   */
  due: number | null;
  begun: number | null;
  attemptBegun: number;
  attempt: number;
  notBefore: number;
  /** When the attempt ends by itself. Unlike the times above, it does not stand still during pauses. */
  endsAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  holds: string | null;
  output: Json | undefined;
}

/**
 * Whether the node is a job. A loop or a workflow without steps is a leaf as well, but no job: it succeeds when it is
 * reached.
 */
export function isJob({ step, round }: Node): boolean {
  return step !== null && !["group", "call"].includes(step.does.kind) && (step.forEach === null || round);
}

export function leavesOf(node: Node): readonly Leaf[] {
  return node.leaf === null ? node.parts.flatMap(leavesOf) : [node.leaf];
}

/**
 * The step of that name that is visible from `from`. In a loop around `from`, only the steps of the same round are
 * visible.
 */
export function find(name: string, from: Node): Node {
  const line: Node[] = [];
  for (let at: Node | null = from; at !== null; at = at.container) line.push(at);
  for (const frame of line) {
    const found = seenFrom(frame, name);
    if (found !== undefined) return found;
  }
  throw new Error(`no step ${name} is seen from ${from.name}`);
}

function seenFrom(node: Node, name: string): Node | undefined {
  if (node.step?.name === name && !node.round) return node;
  for (const part of node.parts) {
    const found = part.round ? undefined : seenFrom(part, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function expand(workflow: Workflow): Node {
  const root = nodeOf({
    name: "",
    step: null,
    container: null,
    item: null,
    round: false,
    limit: null,
    final: false,
    mode: "DAG",
  });
  fill(root, workflow, "");
  connect(root);
  return root;
}

type NodeHead = Omit<Node, "parts" | "needs" | "watches" | "leaf">;

function nodeOf(head: NodeHead): Node {
  return { ...head, parts: [], needs: [], watches: [], leaf: null };
}

function withLeaf(node: Node): Node {
  const leaf: Leaf = {
    node,
    phase: "waiting",
    why: "",
    due: null,
    begun: null,
    attemptBegun: 0,
    attempt: 0,
    notBefore: 0,
    endsAt: NEVER,
    startedAt: null,
    finishedAt: null,
    holds: null,
    output: undefined,
  };
  return Object.assign(node, { leaf });
}

function fill(into: Node, { mode, steps, finals }: Workflow, prefix: string): void {
  for (const step of steps) into.parts.push(unfold(step, into, { prefix, final: false, mode }));
  for (const step of finals) into.parts.push(unfold(step, into, { prefix, final: true, mode }));
}

interface Place {
  readonly prefix: string;
  readonly final: boolean;
  readonly mode: Mode;
}

function unfold(step: Step, container: Node, { prefix, final, mode }: Place): Node {
  const name = `${prefix}${step.name}`;
  const inside = ["group", "call"].includes(step.does.kind);
  const limit = inside && step.forEach === null ? step.timeout : null;
  const node = nodeOf({ name, step, container, item: null, round: false, limit, final, mode });
  if (step.forEach === null) return unfoldInside(step, node);
  for (const [index, item] of step.forEach.entries()) {
    const round = nodeOf({
      name: `${name}[${index}]`,
      step,
      container: node,
      item,
      round: true,
      limit: inside ? step.timeout : null,
      final: false,
      mode,
    });
    node.parts.push(unfoldInside(step, round));
  }
  return step.forEach.length === 0 ? withLeaf(node) : node;
}

function unfoldInside({ does }: Step, node: Node): Node {
  const prefix = `${node.name}.`;
  if (does.kind === "call") fill(node, does.workflow, prefix);
  else if (does.kind === "group")
    for (const part of does.steps) node.parts.push(unfold(part, node, { prefix, final: false, mode: does.mode }));
  else return withLeaf(node);
  return node;
}

/** Rules 4 and 5: gives each node its own needs. */
function connect(node: Node): void {
  for (const list of [node.parts.filter((part) => !part.final), node.parts.filter((part) => part.final)]) {
    let before: readonly Node[] = [];
    for (const part of list) {
      const ordinary = part.final ? node.parts.filter((one) => !one.final) : [];
      const own = part.round ? [] : ownNeeds(part, part.mode === "StepByStep" ? before : []);
      part.needs = [...own, ...ordinary.map((target) => ({ target, success: false }))];
      const onlyLookedAt = before.filter((one) => own.some((need) => need.target === one && !need.success));
      before = [part, ...(part.final ? [] : onlyLookedAt)];
      connect(part);
    }
  }
}

function ownNeeds(node: Node, before: readonly Node[]): readonly Need[] {
  const { step } = node;
  if (step === null) return [];
  const conditions = conditionsIn(step.condition);
  const watched = conditions.flatMap((one) => (one.kind === "phase" ? [find(one.step, node)] : []));
  node.watches = watched;
  const values = [
    ...conditions.flatMap((one) => (one.kind === "value" ? [one.step] : [])),
    ...(step.does.kind === "work"
      ? [step.does.gives, ...(step.does.lock === null ? [] : [step.does.lock.name])]
      : []
    ).flatMap((given) => (given.kind === "from" ? [given.step] : [])),
  ].map((name) => find(name, node));
  const inFinals = isFinal(node);
  const isLoose = (target: Node): boolean => watched.some((one) => isIn(one, target) || isIn(target, one));
  const need = (target: Node, end: boolean): Need => ({ target, success: !(end || isLoose(target)) });
  return [
    ...step.dependsOn.map((name) => need(find(name, node), false)),
    ...values.map((target) => need(target, inFinals && !isFinal(target))),
    ...watched.map((target) => ({ target, success: false })),
    ...before.map((target) => need(target, node.final)),
  ];
}

/** Whether the node is a final step of its own workflow. */
function isFinal({ final, container }: Node): boolean {
  return final || (container !== null && container.step?.does.kind !== "call" && isFinal(container));
}

export function isIn(inner: Node, outer: Node): boolean {
  return inner === outer || (inner.container !== null && isIn(inner.container, outer));
}

type Comparison = Extract<Condition, { kind: "phase" | "value" }>;

function conditionsIn(condition: Condition | null): readonly Comparison[] {
  if (condition === null) return [];
  if (condition.kind === "not") return conditionsIn(condition.condition);
  if ("conditions" in condition) return condition.conditions.flatMap(conditionsIn);
  return [condition];
}
