// Quarantines a job type whose attempts throw unexpected errors several times in a row, with the stack of the last
// error. It is stopped only in the project whose runs threw, because inputs of one project are no reason to stop the
// type for others. Expected failures do not count: a program that fails, a worker that does not answer, a cluster that
// refuses. The count is in the database, so that it covers all processes and survives a restart. A type that never
// threw causes no writes.
import { changeEvent } from "../registry/event.ts";
import type { Registry } from "../registry/registry.ts";

const MOST_THROWS = 5;
const LONGEST_STACK = 4_000;
const ACTOR = "kubemin";

interface Quarantine {
  /** Records that an attempt of the type threw. The stack must contain no secret of the run. */
  noteThrow(type: string, project: string, stack: string): void;
  /** Records that an attempt of the type ended without an unexpected error, successfully or not. */
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
      // The view may lack throws that another process counted in the last two seconds. Then this return does not reset
      // the count.
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
      changeEvent({ ...type, reason: `its runs in project ${project} threw unexpected errors` }, "quarantined", ACTOR),
    );
  }
  await registry.refresh();
}
