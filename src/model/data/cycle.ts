// Finds cycles in dependencies. Each cycle is reported once, as the shortest path from the component that comes first
// in the document back to itself. Reported cycles share no edge; a document is fixed by removing one edge of each.
export interface Edge {
  readonly to: string;
  /** The place in the document that asks for it. */
  readonly pointer: string;
}

export interface Cycle {
  /** The first and the last name are equal: web, migrate, web. */
  readonly path: readonly string[];
  readonly pointers: readonly string[];
}

/** The most cycles that are reported. Hundreds of edges can form thousands of cycles; the user fixes these first. */
const TOLD = 20;

/** `graph` is in the order of the document. Edges to unknown names and from a name to itself are ignored. */
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

/**
 * Removes all names that are in no cycle because their edges lead to an end. In most documents nothing is left then.
 */
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

/** Searches breadth first, so the first path back to the start is a shortest one. */
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
