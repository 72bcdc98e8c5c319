// The job types of a server: those of the catalog, and those that were registered since, as the store has them. One per process, shared by the
// planner, the engine and the API; it follows the store, so that what another process changed is seen here within seconds.
import type { Catalog } from "../catalog/catalog.ts";
import type { JobDefinition } from "../catalog/define.ts";
import type { JobTypes } from "../catalog/jobTypes.ts";
import { type Reason, reason } from "../model/reason.ts";
import type { Clock } from "../ports/clock.ts";
import type { Clusters } from "../ports/cluster.ts";
import type { Log } from "../ports/log.ts";
import type { Outgoing } from "../ports/outgoing.ts";
import type { RegisteredVersion } from "../ports/registrations.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import { definitionOf } from "./definition.ts";
import { NameTable } from "./nameTable.ts";
import type { RegisteredType } from "./registered.ts";
import type { Registration } from "./registration.ts";
import { settleSamples } from "./sampleRun.ts";
import { standingProblems, stopText } from "./standing.ts";
import type { Surroundings } from "./surroundings.ts";
import { EMPTY_VIEW, type Entry, grantsIn, mayUse, usableNames, type View, viewAfter } from "./view.ts";

export interface RegistryWorld {
  readonly store: Pick<Store, "registrations" | "events" | "runs">;
  readonly catalog: Catalog;
  readonly clusters: Clusters;
  readonly vault: Vault;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly log: Log;
  readonly surroundings: Surroundings;
}

export interface Registry {
  readonly world: RegistryWorld;
  readonly jobTypes: JobTypes;
  view(): View;
  /** Why nothing of the type may start; null: it may. */
  readonly stopOf: (type: string) => Reason | null;
  /** After a change of one's own: what the store has now is seen when it resolves. */
  refresh(): Promise<void>;
  /** Called when a type that was stopped may start again. */
  onRelease(listener: () => void): void;
  stop(): Promise<void>;
}

/** Beside the wakes of the store, which may be lost with a connection: a switch that stops a type must not be. */
const LOOK_EVERY = 2_000;
/** Events come in crowds. */
const SOON = 100;

/** Resolves once it knows what the store holds. */
export async function openRegistry(world: RegistryWorld): Promise<Registry> {
  const { registrations, events } = world.store;
  const listeners: (() => void)[] = [];
  let view = EMPTY_VIEW;
  let types = jobTypesOf(world, view);
  const entryOf = (stored: RegisteredVersion): Entry => makeEntry(world, stored, () => view);
  const refresh = oneAtATime(async () => {
    if ((await registrations.revision()) === view.revision) return;
    const before = view;
    view = viewAfter(before, await registrations.after(before.revision), entryOf);
    types = jobTypesOf(world, view);
    if (isReleased(before, view)) for (const listener of listeners) listener();
  });
  await refresh();
  const following = follow(world, async () => {
    await refresh();
    if (await settleSamples(world, view)) await refresh();
  });
  const unsubscribe = events.subscribe(following.wake);
  return {
    world,
    view: () => view,
    jobTypes: {
      find: (project, name, version) => types.find(project, name, version),
      usable: (project) => types.usable(project),
      refresh,
    },
    stopOf: (type) => stopReason(view, type),
    refresh,
    onRelease: (listener) => void listeners.push(listener),
    async stop() {
      unsubscribe();
      await following.stop();
    },
  };
}

function makeEntry({ vault, surroundings, clock }: RegistryWorld, stored: RegisteredVersion, view: () => View): Entry {
  const { name, owner } = stored;
  const registration = stored.document as unknown as Registration; // written by `register`, after its shape was checked
  const { runtime } = registration.spec;
  const type: RegisteredType = {
    registration,
    lifecycle: stored.standing,
    grants: (project) => grantsIn(view(), name, project),
    workerSecret: (project) => (runtime.tier === "T2" ? vault.seal(project, vault.open(owner, runtime.secret)) : ""),
  };
  const made = definitionOf(type, surroundings);
  const check: JobDefinition["check"] = (input) => [
    ...standingProblems(stored, view().types.get(name)?.stops ?? [], clock.now()),
    ...(made.check?.(input) ?? []),
  ];
  return { stored, registration, definition: { ...made, check } };
}

/** Of one state of the view: what a project may use is put together once, when somebody first asks. */
function jobTypesOf({ catalog }: RegistryWorld, view: View): JobTypes {
  const tables = new Map<string, NameTable>();
  const usable = (project: string): NameTable => {
    const known = tables.get(project);
    if (known !== undefined) return known;
    const names = [...view.types.values()]
      .filter((type) => mayUse(type, project) && !catalog.jobs.has(type.name))
      .flatMap((type) => [...usableNames(type, project)]);
    const plain = names.filter(([name, definition]) => name === definition.name);
    const table = new NameTable([...catalog.jobs, ...plain], new Map(names));
    tables.set(project, table);
    return table;
  };
  return {
    usable,
    find(project, name, version) {
      const pinned = view.types.get(name)?.versions.find(({ stored }) => stored.version === version);
      return pinned?.definition ?? usable(project).get(name);
    },
  };
}

function stopReason(view: View, type: string): Reason | null {
  const [stop] = view.types.get(type)?.stops ?? [];
  return stop === undefined ? null : reason("TypeDisabled", { type, detail: stopText(stop) });
}

function isReleased(before: View, after: View): boolean {
  return [...before.types.values()].some(
    ({ name, stops }) => stops.length > 0 && (after.types.get(name)?.stops.length ?? 0) === 0,
  );
}

/** Whoever asks while it runs is answered by the run after it: the one that goes on may have looked already. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    await running?.catch(() => undefined);
    next = undefined;
    running = work();
    await running;
  };
  return () => (next ??= start());
}

interface Following {
  wake(): void;
  stop(): Promise<void>;
}

/** Looks soon after each wake, and from time to time without one. */
function follow({ clock, log }: RegistryWorld, look: () => Promise<void>): Following {
  const stopping = new AbortController();
  let woken = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(LOOK_EVERY, AbortSignal.any([stopping.signal, woken.signal]));
      if (woken.signal.aborted) await clock.sleep(SOON, stopping.signal);
      woken = new AbortController();
      if (stopping.signal.aborted) return;
      await look().catch((error: unknown) =>
        log.write("warn", "registered job types could not be read", { error: String(error) }),
      );
    }
  };
  const done = loop();
  return {
    wake: () => woken.abort(),
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
