// The result of both readers: a value with its places, or all faults with their offsets into the text.
import type { Problem } from "../../model/problems/problem.ts";
import type { Place } from "./locate.ts";

export type Reading =
  | { readonly ok: true; readonly value: unknown; readonly places: () => Place | undefined }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export interface Fault {
  readonly problem: Problem;
  /** The offset into the text; `undefined` for the document as a whole. */
  readonly offset: number | undefined;
}
