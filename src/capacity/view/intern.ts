// Shares one copy of a value among all pods that have it. A cluster of a hundred thousand pods has a few hundred
// different requests.

interface Interner<T> {
  take(key: string, make: () => T): T;
  /** Gives back what was taken; the value is deleted when it was given back as often as it was taken. */
  drop(key: string): void;
  readonly size: number;
}

interface Kept<T> {
  readonly value: T;
  count: number;
}

export function createInterner<T>(): Interner<T> {
  const kept = new Map<string, Kept<T>>();
  return {
    take: (key, make) => {
      let entry = kept.get(key);
      if (entry === undefined) kept.set(key, (entry = { value: make(), count: 0 }));
      entry.count += 1;
      return entry.value;
    },
    drop: (key) => {
      const entry = kept.get(key);
      if (entry === undefined) return;
      entry.count -= 1;
      if (entry.count === 0) kept.delete(key);
    },
    get size() {
      return kept.size;
    },
  };
}
