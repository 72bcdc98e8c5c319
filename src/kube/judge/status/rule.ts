// The type of every status rule: a pure function of the live object, the generation that kubemin wrote, and a view of
// the objects that belong to it.
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import type { HealthFinding } from "../finding.ts";
import type { RuleView } from "../ruleView.ts";

export interface RuleInput {
  readonly object: Manifest;
  /**
   * Generation after kubemin's write; a status that was observed for an older generation says nothing about it. 0 when
   * nothing was written.
   */
  readonly generation: number;
  readonly view: RuleView;
}

export type StatusRule = (question: RuleInput) => HealthFinding;
