// What every status rule is: a pure function of the object as it is, the generation that we wrote, and a view of what belongs to it.
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import type { Finding } from "../finding.ts";
import type { View } from "../ruleView.ts";

export interface Question {
  readonly object: Manifest;
  /** Generation after our write; an observation that is older says nothing about it. 0 when nothing was written. */
  readonly generation: number;
  readonly view: View;
}

export type StatusRule = (question: Question) => Finding;
