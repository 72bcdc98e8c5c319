// Finds where the document contains something that appears in rendered objects ("mountPath: /data"), so that a problem
// found in rendering points there. Definitions return objects without pointers; a field's name and value are enough to
// find it again.
import { isObject, type Json } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";

interface FieldPattern {
  readonly field: string;
  readonly matches: (value: Json) => boolean;
}

/** The pointers of all matching fields inside `root`, in the order of the document. `base` is the pointer of `root`. */
export function whereWritten(root: Json | undefined, base: string, wanted: FieldPattern): readonly string[] {
  if (Array.isArray(root)) return root.flatMap((inner: Json, index) => whereWritten(inner, `${base}/${index}`, wanted));
  if (!isObject(root)) return [];
  return Object.entries(root).flatMap(([key, inner]) => {
    if (inner === undefined) return [];
    const pointer = base + toPointer([key]);
    return key === wanted.field && wanted.matches(inner) ? [pointer] : whereWritten(inner, pointer, wanted);
  });
}
