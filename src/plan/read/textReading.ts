// The result of both readers: a value with its places, or all faults with their offsets into the text.
import type { Problem } from "../../model/problems/problem.ts";
import type { SourceOffsets } from "./locate.ts";

export type TextReading =
  | { readonly ok: true; readonly value: unknown; readonly places: () => SourceOffsets | undefined }
  | { readonly ok: false; readonly faults: readonly ReadFault[] };

export interface ReadFault {
  readonly problem: Problem;
  /** The offset into the text; `undefined` for the document as a whole. */
  readonly offset: number | undefined;
}
