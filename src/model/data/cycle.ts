// Circles in the dependencies. Each is told once, as the shortest path from the component that comes first in the document back to
// itself; circles that share no edge are independent, and removing one edge of each told circle is what mends a document.
export interface Edge {
  readonly to: string;
  /** Where the document says so. */
  readonly pointer: string;
}

export interface Cycle {
  /** First and last are the same: web, migrate, web. */
  readonly path: readonly string[];
  readonly pointers: readonly string[];
}

/** A tangle of hundreds of edges holds thousands of circles; after these the rest is better seen anew. */
const TOLD = 20;

/** `graph`: in the order of the document; edges to unknown names and to oneself are no circles and are left out. */
export function findCycles(graph: ReadonlyMap<string, readonly Edge[]>): Cycle[] {
  const rest = new Map([...graph].map(([name, edges]) => [name, new Map(edges.map((edge) => [edge.to, edge]))]));
  for (const [name, edges] of rest) {
    for (const to of edges.keys()) if (to === name || !rest.has(to)) edges.delete(to);
  }
  dropEnds(rest);
  const found: Cycle[] = [];
  for (const start of rest.keys()) {
    for (let cycle = shortest(rest, start); cycle && found.length < TOLD; cycle = shortest(rest, start)) {
      found.push(cycle);
      for (const [index, name] of cycle.path.slice(0, -1).entries())
        rest.get(name)?.delete(cycle.path[index + 1] ?? "");
    }
  }
  return found;
}

type Graph = Map<string, Map<string, Edge>>;

/** What leads nowhere is in no circle: without it most documents are done here. */
function dropEnds(graph: Graph): void {
  const users = new Map<string, string[]>();
  for (const [name, edges] of graph) {
    for (const to of edges.keys()) {
      const known = users.get(to);
      if (known) known.push(name);
      else users.set(to, [name]);
    }
  }
  const ends = [...graph].filter(([, edges]) => edges.size === 0).map(([name]) => name);
  for (let name = ends.pop(); name !== undefined; name = ends.pop()) {
    graph.delete(name);
    for (const user of users.get(name) ?? []) {
      const edges = graph.get(user);
      if (edges?.delete(name) && edges.size === 0) ends.push(user);
    }
  }
}

/** Breadth first: the first way back to the start is a shortest one. */
function shortest(graph: Graph, start: string): Cycle | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const to of graph.get(name)?.keys() ?? []) {
      if (to === start) return cycleTo(graph, start, name, cameFrom);
      if (cameFrom.has(to)) continue;
      cameFrom.set(to, name);
      queue.push(to);
    }
  }
  return undefined;
}

function cycleTo(graph: Graph, start: string, last: string, cameFrom: ReadonlyMap<string, string>): Cycle {
  const path = [start];
  for (let name = last; name !== start; name = cameFrom.get(name) ?? start) path.unshift(name);
  path.unshift(start);
  const pointers = path.slice(0, -1).map((name, index) => graph.get(name)?.get(path[index + 1] ?? "")?.pointer ?? "");
  return { path, pointers };
}
