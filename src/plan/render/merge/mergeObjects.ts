// Merges objects that a component and its traits create together: a Service whose type a trait sets, a ServiceAccount
// that two traits need. Only these kinds are merged: two ConfigMaps with one name are a mistake.
import type { RenderedObject } from "../../../catalog/define.ts";
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { type Manifest, shortRef } from "../../../model/kubernetes/manifest.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { joinObjects } from "./mergeFields.ts";
import type { Part } from "./podPart.ts";

const TOGETHER: ReadonlySet<string> = new Set(["Service", "ServiceAccount"]);

interface Made {
  readonly rendered: RenderedObject;
  /** Traits only, because the component's own fields are defaults. */
  readonly makers: readonly { readonly owner: string; readonly object: Manifest }[];
}

interface MergedObjects {
  readonly objects: readonly RenderedObject[];
  readonly problems: readonly Problem[];
}

export function mergeObjects(own: readonly RenderedObject[], parts: readonly Part[]): MergedObjects {
  const made: Made[] = own.map((rendered) => ({ rendered, makers: [] }));
  const problems: Problem[] = [];
  for (const { owner, pointer, contribution } of parts) {
    for (const rendered of contribution.objects ?? []) {
      const index = made.findIndex((one) => sameObject(one.rendered.manifest, rendered.manifest));
      const before = made[index];
      const mine = { owner, object: rendered.manifest };
      if (before === undefined) made.push({ rendered, makers: [mine] });
      else
        made[index] = together(before, mine, (field, first) => {
          problems.push(problem("TraitConflict", pointer, { first, second: owner, field }));
        });
    }
  }
  return { objects: made.map((one) => one.rendered), problems };
}

function sameObject(one: Manifest, other: Manifest): boolean {
  return TOGETHER.has(one.kind) && one.kind === other.kind && one.metadata.name === other.metadata.name;
}

function together(before: Made, mine: Made["makers"][number], conflict: (field: string, first: string) => void): Made {
  const name = shortRef({ kind: mine.object.kind, name: mine.object.metadata.name });
  for (const { owner, object } of before.makers)
    for (const path of joinObjects(object, mine.object).conflicts) conflict([name, ...path].join("."), owner);
  const manifest = over(before.rendered.manifest, mine.object) as Manifest; // both are manifests of one object
  return { ...before, rendered: { ...before.rendered, manifest }, makers: [...before.makers, mine] };
}

/** Merges the later object over the earlier one, at every depth. */
function over(before: Json | undefined, after: Json): Json {
  if (!isObject(before) || !isObject(after)) return after;
  const fields: JsonObject = Object.fromEntries(
    Object.entries(after).flatMap(([key, value]) => (value === undefined ? [] : [[key, over(before[key], value)]])),
  );
  return { ...before, ...fields };
}
