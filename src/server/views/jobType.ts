// Turns registered job types into views of the API. They contain no secrets: the key of a worker is left out, although
// it is sealed.
import type { z } from "zod";
import type { JobTypeSchemaView, JobTypeSummary, JobTypeView } from "../../api/jobTypeViews.ts";
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import { worstState } from "../../engine/deciding/breakers.ts";
import { readGrants } from "../../jobTypes/registration/grants.ts";
import { standingProblems } from "../../jobTypes/registry/versionProblems.ts";
import { stopsIn, type TypeEntry, type VersionEntry } from "../../jobTypes/registry/view.ts";
import { capabilitiesOf } from "../../jobTypes/running/isolated/podOrder.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Language } from "../../model/data/text.ts";
import type { CheckResult } from "../../model/problems/registrationCheck.ts";
import { explainSchema } from "../../plan/schema/explain.ts";
import type { StoredGrant } from "../../ports/registrations.ts";
import type { Frozen } from "../shared/contract.ts";
import { checkView } from "./check.ts";
import { flatten } from "./definitionFields.ts";
import { problemItem } from "./problem.ts";

type Of<T extends z.ZodType> = Frozen<z.output<T>>;

export interface Reader {
  readonly dependencies: Dependencies<"breakers" | "clock">;
  readonly language: Language;
  /** The project whose grants are shown; `null` for the grants of all projects. */
  readonly project: string | null;
}

export function jobTypeSummary(
  type: TypeEntry,
  { dependencies, language, project }: Reader,
): Of<typeof JobTypeSummary> {
  const newest = newestOf(type);
  const { spec } = newest.registration;
  const breakers = dependencies.breakers
    .states()
    .filter((one) => one.type === type.name && (project === null || one.project === project));
  const [stop] = stopsIn(type, project);
  return {
    name: type.name,
    owner: type.owner,
    summary: spec.summary[language],
    tier: spec.runtime.tier,
    version: spec.version,
    state: stop?.kind ?? newest.stored.standing,
    breaker: worstState(breakers),
  };
}

/** The newest version. A type always has one, because it was registered with one and versions are never removed. */
export function newestOf(type: TypeEntry): VersionEntry {
  const [newest] = type.versions;
  if (newest === undefined) throw new Error(`job type ${type.name} has no version`);
  return newest;
}

/** `checks` are those of the newest version, as they stand now. */
export function jobTypeView(type: TypeEntry, checks: readonly CheckResult[], reader: Reader): Of<typeof JobTypeView> {
  const newest = newestOf(type);
  const { metadata, spec } = newest.registration;
  const { volumes, ...lists } = capabilitiesOf(spec);
  const shown = [...type.grants.values()].filter((one) => reader.project === null || one.project === reader.project);
  return {
    ...jobTypeSummary(type, reader),
    ...(metadata.contact === undefined ? {} : { contact: metadata.contact }),
    versions: type.versions.map(({ stored }) => versionView(stored)),
    stops: shownStops(type, reader).map(({ kind, project, detail, by, at }) => ({ kind, project, detail, by, at })),
    asks: { ...lists, ...(volumes === undefined ? {} : { volumes }) },
    grants: shown.map(grantView),
    checks: checks.map((one) => checkView(one, reader.language)),
  };
}

/**
 * The owner of a type sees the stops of all projects, because it repairs the type. Another project sees only the stops
 * that apply to it.
 */
function shownStops(type: TypeEntry, { project }: Reader): TypeEntry["stops"] {
  return project === null || project === type.owner ? type.stops : stopsIn(type, project);
}

function grantView({ project, grants, grantedBy, grantedAt }: StoredGrant): Of<typeof JobTypeView>["grants"][number] {
  const read = readGrants(grants);
  return { project, grants, ...(read.ok ? {} : { unreadable: read.fields }), grantedBy, grantedAt };
}

function versionView(stored: VersionEntry["stored"]): Of<typeof JobTypeView>["versions"][number] {
  const { version, standing, until, replacedBy, sampleRun, registeredBy, registeredAt, changedBy, changedAt } = stored;
  return { version, standing, until, replacedBy, sampleRun, registeredBy, registeredAt, changedBy, changedAt };
}

export function jobTypeSchema(
  type: TypeEntry,
  { stored, registration: { metadata, spec } }: VersionEntry,
  { dependencies, language, project }: Reader,
): Of<typeof JobTypeSchemaView> {
  const { input, output = {}, examples, summary } = spec;
  const fields = (schema: JsonObject) => explainSchema(schema, language, []).flatMap((field) => flatten(field, ""));
  return {
    name: type.name,
    version: stored.version,
    standing: stored.standing,
    summary: summary[language],
    input,
    output,
    fields: fields(input),
    outputs: fields(output),
    examples: examples.map((one) => ({
      title: typeof one.title === "string" ? one.title : one.title[language],
      input: one.input,
    })),
    warnings: standingProblems(stored, stopsIn(type, project), dependencies.clock.now()).map((one) =>
      problemItem(one, language),
    ),
    ...(metadata.icon === undefined ? {} : { icon: metadata.icon }),
  };
}
