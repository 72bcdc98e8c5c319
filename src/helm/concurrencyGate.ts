// Limits how many pieces of work run at the same time; the others wait in the order in which they came. A document may
// have hundreds of charts, and each rendering starts a process.

type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function openGate(most: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    // Work that ends passes its place directly to the first that waits, so that work that comes later cannot take it.
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
