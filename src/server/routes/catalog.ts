// The routes of the catalog: component types, traits and job types.
import type { z } from "zod";
import type { DefinitionView } from "../../api/views.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Language } from "../../model/data/text.ts";
import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Frozen, Implementations } from "../shared/contract.ts";
import { componentView, jobView, traitView } from "../views/definition.ts";

type ApiDefinition = Frozen<z.output<typeof DefinitionView>>;
type Show = (catalog: Catalog, name: string, language: Language) => ApiDefinition | undefined;

const SHOW: Readonly<Record<ApiDefinition["kind"], Show>> = {
  component: ({ components }, name, language) => shown(components.get(name), componentView, language),
  trait: ({ traits }, name, language) => shown(traits.get(name), traitView, language),
  job: ({ jobs }, name, language) => shown(jobs.get(name), jobView, language),
};

function shown<T>(
  definition: T | undefined,
  view: (value: T, language: Language) => ApiDefinition,
  language: Language,
) {
  return definition === undefined ? undefined : view(definition, language);
}

export const catalog = {
  listDefinitions: async (_, { dependencies, language }) => {
    const { components, traits, jobs } = dependencies.catalog;
    const items = [
      ...[...components.values()].map((one) => componentView(one, language)),
      ...[...traits.values()].map((one) => traitView(one, language)),
      ...[...jobs.values()].map((one) => jobView(one, language)),
    ];
    return { body: { items, next: null } };
  },

  getDefinition: async ({ params: { kind, name } }, { dependencies, language }) => {
    const body = SHOW[kind](dependencies.catalog, name, language);
    if (body !== undefined) return { body };
    const { components, traits, jobs } = dependencies.catalog;
    const known = { component: components, trait: traits, job: jobs }[kind];
    throw new PlatformError("NotFound", { what: kind, name, known: listed(known.keys()) });
  },
} satisfies Partial<Implementations>;
