// The order in which free room is offered to waiting requests. Within a flavor, the next request is one of the project
// that has the least of its share: what it uses and was granted, divided by its weight. Within a project, the highest
// priority comes first, then the oldest. Flavors take turns, because one node may serve several of them.

export interface InLine {
  readonly id: string;
  readonly project: string;
  readonly flavor: string;
  /** A higher number comes first within the project. */
  readonly rank: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** What it asks for, in the unit of `UseOf`. */
  readonly amount: number;
}

/** What a project uses of the resource of the flavor, and the weight of the project. */
export interface ProjectUse {
  readonly used: number;
  readonly weight: number;
}
export type UseOf = (flavor: string, project: string) => ProjectUse;

/** Offers room to each request once, in order. `offer` returns whether the request took it. */
export function offerInOrder<T extends InLine>(waiting: readonly T[], useOf: UseOf, offer: (one: T) => boolean): void {
  const lines = [...Map.groupBy(waiting, ({ flavor }) => flavor)].map(([flavor, own]) =>
    createLine(own, (project) => useOf(flavor, project)),
  );
  for (;;) {
    let next: Line<T> | undefined;
    for (const line of lines)
      if (line.head !== undefined && (next?.head === undefined || isBefore(line, next))) next = line;
    if (next?.head === undefined) return;
    const { head } = next;
    next.advance(offer(head));
  }
}

function isBefore<T extends InLine>(a: Line<T>, b: Line<T>): boolean {
  if (a.granted !== b.granted) return a.granted < b.granted;
  return a.head !== undefined && b.head !== undefined && byAge(a.head, b.head) < 0;
}

interface Line<T> {
  readonly head: T | undefined;
  readonly granted: number;
  /** Moves behind the head. `took`: the head was granted what it asks for. */
  advance(took: boolean): void;
}

interface ProjectLine<T> {
  readonly queue: readonly T[];
  readonly weight: number;
  used: number;
  at: number;
}

function createLine<T extends InLine>(waiting: readonly T[], useOf: (project: string) => ProjectUse): Line<T> {
  const projects = [...Map.groupBy(waiting, ({ project }) => project)].map(
    ([project, own]): ProjectLine<T> => ({
      ...useOf(project),
      queue: own.toSorted((a, b) => b.rank - a.rank || byAge(a, b)),
      at: 0,
    }),
  );
  const least = (): ProjectLine<T> | undefined => {
    let best: ProjectLine<T> | undefined;
    for (const one of projects)
      if (one.at < one.queue.length && (best === undefined || isPoorer(one, best))) best = one;
    return best;
  };
  let [first, granted] = [least(), 0];
  return {
    get head() {
      return first?.queue[first.at];
    },
    get granted() {
      return granted;
    },
    advance(took) {
      if (first === undefined) return;
      if (took) {
        granted += 1;
        first.used += first.queue[first.at]?.amount ?? 0;
      }
      first.at += 1;
      first = least();
    },
  };
}

function isPoorer<T extends InLine>(a: ProjectLine<T>, b: ProjectLine<T>): boolean {
  const [ofA, ofB] = [a.used / a.weight, b.used / b.weight];
  if (ofA !== ofB) return ofA < ofB;
  const [headA, headB] = [a.queue[a.at], b.queue[b.at]];
  return headA !== undefined && headB !== undefined && byAge(headA, headB) < 0;
}

export function byAge(a: Pick<InLine, "since" | "id">, b: Pick<InLine, "since" | "id">): number {
  return a.since - b.since || (a.id < b.id ? -1 : 1);
}
