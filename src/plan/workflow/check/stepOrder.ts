// The order of steps as a graph, and the circles in it. A step that contains others is two nodes: its beginning, for
// which the steps inside wait, and its end, which waits for them. The edges that a StepByStep list implies have no
// pointer.

import { type Cycle, type Edge, findCycles } from "../../../model/data/cycle.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import type { StepEdge } from "./checkReferences.ts";
import type { StepDraft, WorkflowMode } from "./stepDraft.ts";

/** The needs of components, and the deploy step of each. */
interface ComponentOrder {
  readonly needs: ReadonlyMap<string, readonly Edge[]>;
  readonly deployedBy: ReadonlyMap<string, StepDraft>;
}

export interface StepLists {
  readonly mode: WorkflowMode;
  readonly steps: readonly StepDraft[];
  readonly finally: readonly StepDraft[];
}

type Graph = Map<string, Edge[]>;
const COMPONENT = "@";
const BEGIN = ">";

export function checkStepOrder(
  lists: StepLists,
  edges: ReadonlyMap<StepDraft, readonly StepEdge[]>,
  around: { readonly components: ComponentOrder; readonly problems: Problem[] },
): void {
  const graph: Graph = new Map();
  addList(graph, lists.steps, lists.mode);
  addList(graph, lists.finally, lists.mode);
  for (const [step, own] of edges) for (const edge of own) link(graph, begin(step), nodeOf(edge), edge.pointer);
  addComponents(graph, around.components);
  const cycles = findCycles(graph).filter((one) => one.path.some((node) => !node.startsWith(COMPONENT)));
  around.problems.push(...cycles.map(told));
}

function isContainer(step: StepDraft): boolean {
  return step.kind === "group" || step.kind === "deploy";
}

function begin(step: StepDraft): string {
  return isContainer(step) ? BEGIN + (step.name ?? step.pointer) : end(step);
}

function end(step: StepDraft): string {
  return step.name ?? step.pointer;
}

function nodeOf({ kind, name }: StepEdge): string {
  return kind === "component" ? COMPONENT + name : name;
}

function link(graph: Graph, from: string, to: string, pointer = ""): void {
  const edges = graph.get(from);
  if (edges === undefined) graph.set(from, [{ to, pointer }]);
  else edges.push({ to, pointer });
  if (!graph.has(to)) graph.set(to, []);
}

function addList(graph: Graph, steps: readonly StepDraft[], mode: WorkflowMode): void {
  for (const [index, step] of steps.entries()) {
    const previous = mode === "StepByStep" ? steps[index - 1] : undefined;
    if (previous !== undefined) link(graph, begin(step), end(previous));
    if (isContainer(step)) link(graph, end(step), begin(step));
    for (const part of step.subSteps) {
      link(graph, begin(part), begin(step));
      link(graph, end(step), end(part));
    }
    addList(graph, step.subSteps, step.mode);
  }
}

function addComponents(graph: Graph, { needs, deployedBy }: ComponentOrder): void {
  for (const [name, step] of deployedBy) {
    link(graph, COMPONENT + name, begin(step));
    link(graph, end(step), COMPONENT + name);
    for (const need of needs.get(name) ?? []) link(graph, COMPONENT + name, COMPONENT + need.to, need.pointer);
  }
}

/**
 * When only one edge goes against the written order of the steps, that edge is the mistake. Otherwise all edges
 * together make the circle.
 */
function told(cycle: Cycle): Problem {
  const written = cycle.pointers.flatMap((pointer, index) => (pointer === "" ? [] : [{ pointer, index }]));
  const [only] = written;
  const path = cycle.path.map(plain).filter((name, index, all) => name !== all[index - 1]);
  if (only !== undefined && written.length === 1 && cycle.pointers.length > 1) {
    const params = { step: plain(cycle.path[only.index] ?? ""), name: plain(cycle.path[only.index + 1] ?? "") };
    return problem("StepLater", only.pointer, params);
  }
  const edges = written.map((one) => one.pointer).join(", ");
  return problem("Cycle", only?.pointer ?? "", { path: path.join(" → "), edges });
}

function plain(node: string): string {
  return node.startsWith(BEGIN) || node.startsWith(COMPONENT) ? node.slice(1) : node;
}
