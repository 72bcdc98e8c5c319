// Workflows of other tools, as far as they only define the order of components: each step waits for the step before it.
import { nameOf, nextOf, valueAt } from "../mapping/importDraft.ts";
import { put } from "../mapping/ledger.ts";
import { words } from "../mapping/reportWords.ts";
import type { Importing, InputPart } from "../mapping/rules.ts";

/** A component that a step names: its new name, and the place in the input. */
export interface Mention {
  readonly name: string;
  readonly from: InputPart<unknown>;
}

const ORDER = words("became dependsOn: this step waits for the one before it", "改为 dependsOn：该步骤等待前一步");
const FIRST = words("not needed: the first step waits for no component", "无需填写：第一步不等待任何组件");

/** Writes the order of the steps as `dependsOn`. The components within one step start together. */
export function inSteps(importing: Importing, steps: readonly (readonly Mention[])[]): void {
  let before: readonly string[] = [];
  for (const step of steps) {
    const names: string[] = [];
    for (const { name, from } of step) {
      const draft = importing.drafts.find((one) => nameOf(one) === name);
      if (draft === undefined) continue;
      names.push(name);
      const present = valueAt(draft, ["dependsOn"]);
      const already = Array.isArray(present) ? present : [];
      const added = before.filter((one) => one !== name && !already.includes(one));
      for (const one of added)
        put(importing.ledger, { draft, path: nextOf(draft, ["dependsOn"]) }, one, from.at, ORDER);
      if (added.length === 0) put(importing.ledger, { draft, path: [] }, name, from.at, FIRST);
    }
    if (names.length > 0) before = names;
  }
}
