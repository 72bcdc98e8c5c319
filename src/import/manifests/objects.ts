// Finds the objects in the documents and lists of the input, each with its kind, name and path.
import { dig, isObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { say } from "../mapping/ledger.ts";
import { words } from "../mapping/reportWords.ts";
import { field, type Importing, type InputPart, itemsOf, textOf } from "../mapping/rules.ts";

export interface FoundObject {
  /** Group and kind, such as `apps/Deployment` or `/Service`. */
  readonly kind: string;
  readonly name: string;
  readonly part: InputPart<unknown>;
}

export function findObjects(importing: Importing, documents: readonly Path[]): readonly FoundObject[] {
  return documents.flatMap((at) => {
    const value = dig(importing.ledger.input, ...at);
    // The draft is a placeholder: the code that imports the object sets the draft of its component.
    return isObject(value) ? unpack({ value, at, draft: importing.head, importing, shared: undefined }) : [];
  });
}

function unpack(part: InputPart<unknown>): readonly FoundObject[] {
  const kind = textOf(field(part, "kind")?.value) ?? "";
  const items = field(part, "items");
  if (kind.endsWith("List") && items !== undefined) {
    for (const key of ["apiVersion", "kind", "metadata"])
      say(
        part.importing.ledger,
        [...part.at, key],
        "changed",
        words("a list has no meaning by itself", "列表本身没有含义"),
      );
    return itemsOf(items).flatMap((item) => unpack(item));
  }
  const version = textOf(field(part, "apiVersion")?.value) ?? "";
  const group = version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
  const name = textOf(field(field(part, "metadata") ?? part, "name")?.value) ?? "";
  return [{ kind: `${group}/${kind}`, name, part: part }];
}
