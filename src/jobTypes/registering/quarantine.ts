// A type whose runs throw again and again is set aside, with the stack of the last throw; the engine goes on with everything else.
// Only in the project whose runs threw: what its inputs bring about is no reason to stop the type for others.
// Only what nobody expected counts: a program that fails, a worker that does not answer, a cluster that refuses are outcomes.
// Counted in the store, so that many processes are one, and a restart forgets nothing. A type that never threw costs no write.
import { changeEvent } from "../registry/event.ts";
import type { Registry } from "../registry/registry.ts";

const MOST_THROWS = 5;
const LONGEST_STACK = 4_000;
const ACTOR = "kubemin";

interface Quarantine {
  /** An attempt of the type threw; the stack holds no secret of its run. */
  noteThrow(type: string, project: string, stack: string): void;
  /** An attempt of the type ended as it should, well or not. */
  noteReturn(type: string, project: string): void;
}

export function quarantineFor(registry: Registry): Quarantine {
  const { store, log } = registry.dependencies;
  const told = (type: string, work: Promise<void>): void =>
    void work.catch((failure: unknown) =>
      log.write("error", "a throw of a job type could not be counted", { type, error: String(failure) }),
    );
  return {
    noteReturn(type, project) {
      // What another process counted in the last two seconds may be missed: then one return more is needed, or one throw less.
      if ((registry.view().types.get(type)?.throws.get(project) ?? 0) > 0)
        told(type, store.registrations.returned(type, project).then(registry.refresh));
    },
    noteThrow(type, project, stack) {
      if (registry.view().types.has(type))
        told(type, countThrow(registry, { type, project }, stack.slice(0, LONGEST_STACK)));
    },
  };
}

async function countThrow(
  registry: Registry,
  { type: name, project }: { readonly type: string; readonly project: string },
  stack: string,
): Promise<void> {
  const { store, clock } = registry.dependencies;
  const throws = await store.registrations.threw(name, project);
  const type = registry.view().types.get(name);
  if (throws >= MOST_THROWS && type !== undefined) {
    const at = clock.now().toISOString();
    await store.registrations.stop(
      { type: name, project, kind: "quarantined", detail: stack, by: ACTOR, at },
      changeEvent({ ...type, reason: `its runs in project ${project} threw` }, "quarantined", ACTOR),
    );
  }
  await registry.refresh();
}
