// Readers for what objects of every kind have: conditions, a uid, and a name for messages.
import { listAt, optionalNumberAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";

type Path = readonly (string | number)[];

export interface StatusCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number | undefined;
}

export function conditionsOf(value: unknown, ...path: Path): readonly StatusCondition[] {
  return listAt(value, ...(path.length === 0 ? ["status", "conditions"] : path)).map((one) => ({
    type: textAt(one, "type"),
    status: textAt(one, "status"),
    reason: textAt(one, "reason"),
    message: textAt(one, "message"),
    observedGeneration: optionalNumberAt(one, "observedGeneration"),
  }));
}

export function conditionOf(value: unknown, type: string): StatusCondition | undefined {
  return conditionsOf(value).find((one) => one.type === type);
}

export function isTrue(condition: StatusCondition | undefined): boolean {
  return condition?.status === "True";
}

export function uidOf(object: Manifest): string {
  return object.metadata.uid ?? "";
}

/** `Pod/web-1`, the form that evidence uses. */
export function nameOf(object: Manifest): string {
  return `${object.kind}/${object.metadata.name}`;
}
