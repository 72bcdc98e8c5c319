// All definitions of a server. They do not change after the start. `createCatalog` throws, naming both owners, when two
// packs define the same name.
import type { ComponentDefinition, JobDefinition, TraitDefinition } from "./define.ts";

/** A named set of definitions: the built-in ones, or those of one plug-in package. */
export interface Pack {
  readonly name: string;
  readonly components?: readonly ComponentDefinition[];
  readonly traits?: readonly TraitDefinition[];
  readonly jobs?: readonly JobDefinition[];
}

export interface Catalog {
  readonly components: ReadonlyMap<string, ComponentDefinition>;
  readonly traits: ReadonlyMap<string, TraitDefinition>;
  readonly jobs: ReadonlyMap<string, JobDefinition>;
}

export function createCatalog(...packs: readonly Pack[]): Catalog {
  return Object.freeze({
    components: gather("component type", packs, (pack) => pack.components ?? []),
    traits: gather("trait", packs, (pack) => pack.traits ?? []),
    jobs: gather("job type", packs, (pack) => pack.jobs ?? []),
  });
}

function gather<T extends { readonly name: string }>(
  kind: string,
  packs: readonly Pack[],
  pick: (pack: Pack) => readonly T[],
): ReadonlyMap<string, T> {
  const owners = new Map<string, string>();
  const all = new Map<string, T>();
  for (const pack of packs) {
    for (const definition of pick(pack)) {
      const owner = owners.get(definition.name);
      if (owner !== undefined)
        throw new Error(`${kind} ${definition.name} is defined twice: by ${owner} and by ${pack.name}`);
      owners.set(definition.name, pack.name);
      all.set(definition.name, definition);
    }
  }
  return all;
}
