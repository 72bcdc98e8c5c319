// What was seen of each object lately, so that whoever asks once is told the same as those who follow. Forgotten when nobody asks for long.
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
      // The newest last: what is dropped first is what was asked for longest ago.
      kept.delete(uid);
      kept.set(uid, memory);
      const oldest = kept.size > SIZE ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
    },
  };
}
