// The job types of a server: the built-in ones of the catalog and the registered ones of the database. There is one
// registry per process, shared by the planner, the engine and the API. It follows the database, so that changes by
// other processes are visible within seconds.
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
  /** The reason why no job of the type may start in that project; `null` when jobs may start. */
  readonly stopOf: (type: string, project: string) => Reason | null;
  /** Reads the database. Called after a change by this process, so that the change is visible when it resolves. */
  readonly refresh: () => Promise<void>;
  /** Calls the listener when a stopped type may start again. */
  onRelease(listener: () => void): void;
  stop(): Promise<void>;
}

/** Resolves when the registered types have been read from the database. */
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

/** The job types of one state of the view. The table of a project is built at the first lookup. */
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

/** The definition for a project. When the type is quarantined in that project, the plan of a run with it is refused. */
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
