// The job types of a server: those of the catalog, and those that were registered since, as the store has them. One per process, shared by the
// planner, the engine and the API; it follows the store, so that what another process changed is seen here within seconds.
import type { JobDefinition } from "../../catalog/define.ts";
import type { JobTypes } from "../../catalog/jobTypes.ts";
import { problem } from "../../model/problems/problem.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { createNews } from "../../ports/news.ts";
import type { RegisteredVersion } from "../../ports/registrations.ts";
import { follow, oneAtATime } from "./followStore.ts";
import { NameTable } from "./nameTable.ts";
import type { RegistryDependencies } from "./registryDependencies.ts";
import { settleSamples } from "./sampleRun.ts";
import { makeEntry } from "./versionEntry.ts";
import { stopText } from "./versionProblems.ts";
import {
  EMPTY_VIEW,
  mayUse,
  type RegistryView,
  stopsIn,
  type TypeEntry,
  usableNames,
  type VersionEntry,
  viewAfter,
} from "./view.ts";

export interface Registry {
  readonly dependencies: RegistryDependencies;
  readonly jobTypes: JobTypes;
  readonly view: () => RegistryView;
  /** Why nothing of the type may start in that project; null: it may. */
  readonly stopOf: (type: string, project: string) => Reason | null;
  /** After a change of one's own: what the store has now is seen when it resolves. */
  readonly refresh: () => Promise<void>;
  /** Called when a type that was stopped may start again. */
  onRelease(listener: () => void): void;
  stop(): Promise<void>;
}

/** Resolves once it knows what the store holds. */
export async function openRegistry(dependencies: RegistryDependencies): Promise<Registry> {
  const { registrations, events } = dependencies.store;
  const released = createNews();
  let view = EMPTY_VIEW;
  let types = jobTypesOf(dependencies, view);
  const entryOf = (stored: RegisteredVersion): VersionEntry => makeEntry(dependencies, stored, () => view);
  const refresh = oneAtATime(async () => {
    if ((await registrations.revision()) === view.revision) return;
    const before = view;
    view = viewAfter(before, await registrations.after(before.revision), entryOf);
    types = jobTypesOf(dependencies, view);
    if (isReleased(before, view)) released.notify();
  });
  await refresh();
  const look = async (): Promise<void> => {
    await refresh();
    if (await settleSamples(dependencies, view)) await refresh();
  };
  const stop = follow(dependencies, { news: createNews((notify) => events.subscribe(notify)), look });
  return {
    dependencies,
    view: () => view,
    jobTypes: {
      find: (project, name, version) => types.find(project, name, version),
      usable: (project) => types.usable(project),
      refresh,
    },
    stopOf: (type, project) => stopReason(view, type, project),
    refresh,
    onRelease: (listener) => void released.subscribe(listener),
    stop,
  };
}

/** Of one state of the view: what a project may use is put together once, when somebody first asks. */
function jobTypesOf({ catalog }: RegistryDependencies, view: RegistryView): JobTypes {
  const tables = new Map<string, NameTable>();
  const usable = (project: string): NameTable => {
    const known = tables.get(project);
    if (known !== undefined) return known;
    const names = [...view.types.values()]
      .filter((type) => mayUse(type, project) && !catalog.jobs.has(type.name))
      .flatMap((type) =>
        [...usableNames(type, project)].map(([name, one]) => [name, heldBack(one, type, project)] as const),
      );
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

/** In a project that it is quarantined in, it is refused when a run is planned. */
function heldBack(definition: JobDefinition, type: TypeEntry, project: string): JobDefinition {
  const stop = type.stops.find((one) => one.project === project);
  if (stop === undefined) return definition;
  return { ...definition, check: () => [problem("TypeStopped", "", { name: type.name, detail: stopText(stop) })] };
}

function stopReason(view: RegistryView, type: string, project: string): Reason | null {
  const [stop] = stopsIn(view.types.get(type) ?? { stops: [] }, project);
  return stop === undefined ? null : reason("TypeDisabled", { type, detail: stopText(stop) });
}

function isReleased(before: RegistryView, after: RegistryView): boolean {
  return [...before.types.values()].some(
    ({ name, stops }) => stops.length > (after.types.get(name)?.stops.length ?? 0),
  );
}
