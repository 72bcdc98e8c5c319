// Lets a few in at a time; the others wait in the order in which they came. A document may have hundreds of charts, and each rendering
// is a process.

type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function openGate(most: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    // Whoever leaves hands the place on, so that nobody slips in between.
    if (inside < most) inside += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
}
