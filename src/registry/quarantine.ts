// A type whose runs throw again and again is set aside, with the stack of the last throw; the engine goes on with everything else.
// Only what nobody expected counts: a program that fails, a worker that does not answer, a cluster that refuses are outcomes.
import { changeEvent } from "./event.ts";
import type { Registry } from "./registry.ts";

const MOST_THROWS = 5;
const LONGEST_STACK = 4_000;
const ACTOR = "kubemin";

export interface Quarantine {
  /** An attempt of the type threw; the stack holds no secret of its run. */
  noteThrow(type: string, stack: string): void;
  /** An attempt of the type ended as it should, well or not. */
  noteReturn(type: string): void;
}

export function quarantineFor(registry: Registry): Quarantine {
  const throws = new Map<string, number>();
  return {
    noteReturn: (type) => void throws.delete(type),
    noteThrow(type, stack) {
      if (!registry.view().types.has(type)) return;
      const count = (throws.get(type) ?? 0) + 1;
      throws.set(type, count);
      if (count < MOST_THROWS) return;
      throws.delete(type);
      void setAside(registry, type, stack.slice(0, LONGEST_STACK)).catch((failure: unknown) =>
        registry.world.log.write("error", "a job type that throws could not be set aside", {
          type,
          error: String(failure),
        }),
      );
    },
  };
}

async function setAside(registry: Registry, name: string, stack: string): Promise<void> {
  const { store, clock } = registry.world;
  const type = registry.view().types.get(name);
  if (type === undefined) return;
  const at = clock.now().toISOString();
  await store.registrations.stop(
    { type: name, kind: "quarantined", detail: stack, by: ACTOR, at },
    changeEvent(type, "quarantined", ACTOR),
  );
  await registry.refresh();
}
