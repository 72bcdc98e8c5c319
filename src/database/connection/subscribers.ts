// Who wants to know that events were committed. Carries no event: whoever is woken reads what it missed.

export interface Subscribers {
  add(listener: () => void): () => void;
  wake(): void;
}

export function createSubscribers(): Subscribers {
  // Wrapped, so that the same function may subscribe twice and leave once.
  const all = new Set<{ readonly listener: () => void }>();
  return {
    add(listener) {
      const entry = { listener };
      all.add(entry);
      return () => {
        all.delete(entry);
      };
    },
    wake() {
      for (const { listener } of all) callSafely(listener);
    },
  };
}

/** The commit has happened: a listener that throws must neither undo the caller's success nor keep the others asleep. */
function callSafely(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
