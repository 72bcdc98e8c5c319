// Joins lists whose items have names. A name with two owners is a problem that names both.
import type { JsonObject } from "../../../model/data/json.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { textOf } from "./manifestLists.ts";

export interface Offer {
  readonly owner: string;
  readonly pointer: string;
  readonly items: readonly JsonObject[];
}

interface JoinedList {
  readonly items: readonly JsonObject[];
  readonly problems: readonly Problem[];
}

/** `list` is the name of the list in problems, e.g. `volumes`. */
export function joinByName(list: string, offers: readonly Offer[]): JoinedList {
  const owners = new Map<string, string>();
  const items: JsonObject[] = [];
  const problems: Problem[] = [];
  for (const offer of offers) {
    for (const item of offer.items) {
      const name = textOf(item["name"]);
      const first = owners.get(name);
      if (first === undefined) {
        owners.set(name, offer.owner);
        items.push(item);
      } else {
        const field = `${list}[${name}]`;
        const twice = problem("SetTwice", offer.pointer, { owner: offer.owner, field });
        const conflict = problem("TraitConflict", offer.pointer, { first, second: offer.owner, field });
        problems.push(first === offer.owner ? twice : conflict);
      }
    }
  }
  return { items, problems };
}

/** The component's own items are defaults: an offered item with the same name replaces one. */
export function overDefaults(defaults: readonly JsonObject[], items: readonly JsonObject[]): readonly JsonObject[] {
  const names = new Set(items.map((item) => item["name"]));
  return [...defaults.filter((item) => !names.has(item["name"])), ...items];
}
