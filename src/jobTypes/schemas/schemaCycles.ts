// Finds the schemas that lead back to each other: the strongly connected components of the graph of a schema, with
// Tarjan's algorithm. The caller says which schemas follow each other.
import type { JsonObject } from "../../model/data/json.ts";

export interface Component {
  /** Whether the first schema leads to the second, and the second back to the first. */
  same(first: JsonObject, second: JsonObject): boolean;
}

interface Visit {
  readonly index: number;
  low: number;
  onStack: boolean;
  component: number;
}

export function componentsOf(root: JsonObject, next: (schema: JsonObject) => readonly JsonObject[]): Component {
  const visits = new Map<JsonObject, Visit>();
  const stack: JsonObject[] = [];
  const loops = new Set<number>();
  let components = 0;

  const visit = (schema: JsonObject): Visit => {
    const mine: Visit = { index: visits.size, low: visits.size, onStack: true, component: -1 };
    visits.set(schema, mine);
    stack.push(schema);
    for (const inner of next(schema)) {
      const theirs = visits.get(inner);
      if (theirs === undefined) mine.low = Math.min(mine.low, visit(inner).low);
      else if (theirs.onStack) mine.low = Math.min(mine.low, theirs.index);
    }
    if (mine.low === mine.index) close(schema);
    return mine;
  };

  const close = (schema: JsonObject): void => {
    let size = 0;
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const of = visits.get(top);
      if (of !== undefined) Object.assign(of, { onStack: false, component: components });
      size += 1;
      if (top === schema) break;
    }
    // A component of one schema is a loop only if that schema refers to itself.
    if (size > 1 || next(schema).includes(schema)) loops.add(components);
    components += 1;
  };

  visit(root);
  return {
    same(first, second) {
      const component = visits.get(first)?.component;
      return component !== undefined && component === visits.get(second)?.component && loops.has(component);
    },
  };
}
