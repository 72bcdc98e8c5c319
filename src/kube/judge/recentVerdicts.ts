// Remembers what was recently seen of each object, so that a single question gets the same verdict as a follow. The
// objects that were not asked for longest are forgotten first.
import { type Memory, NO_MEMORY } from "./verdict.ts";

const SIZE = 5_000;

export interface Memories {
  get(uid: string): Memory;
  put(uid: string, memory: Memory): void;
}

export function createMemories(): Memories {
  const kept = new Map<string, Memory>();
  return {
    get: (uid) => kept.get(uid) ?? NO_MEMORY,
    put: (uid, memory) => {
      // The entry moves to the end, so that the first one is always the one that was used longest ago.
      kept.delete(uid);
      kept.set(uid, memory);
      const oldest = kept.size > SIZE ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
    },
  };
}
