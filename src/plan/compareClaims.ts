// Changes of volumes that Kubernetes refuses: anything but growing. Never solved by deleting: there is data in them.
import { dig, isObject, type Json, type JsonObject } from "../model/json.ts";
import { type Manifest, shortRef } from "../model/manifest.ts";
import type { ClusterFacts } from "../model/plan.ts";
import { type Problem, problem } from "../model/problem.ts";
import { parseQuantity } from "../model/quantity.ts";
import { claimSpecs } from "./compareClass.ts";
import { compareFields } from "./compareFields.ts";

const SIZE = "resources.requests.storage";
const COPY = "make a volume under another name, copy the data with a task, then remove the old one";

interface Comparing {
  readonly pointer: string;
  readonly facts: ClusterFacts;
}

export function checkClaimChanges(before: Manifest, after: Manifest, at: Comparing): readonly Problem[] {
  const old = claimSpecs(before);
  return [...claimSpecs(after)].flatMap(([name, spec]) => {
    const previous = old.get(name);
    if (previous === undefined) return [];
    const object = shortRef({ kind: "PersistentVolumeClaim", name });
    return compareFields(previous, spec, { masked: [] }).flatMap(({ path, before: from, after: to }) => {
      const advice = path === SIZE ? sizeAdvice(previous, spec, at.facts) : COPY;
      if (advice === undefined) return [];
      const params = { object, field: path, before: text(from), after: text(to), advice };
      return [problem("Immutable", at.pointer, params)];
    });
  });
}

/** Undefined: the change can be made. */
function sizeAdvice(before: JsonObject, after: JsonObject, facts: ClusterFacts): string | undefined {
  const [from, to] = [sizeOf(before), sizeOf(after)];
  if (to < from) return `volumes cannot shrink; ${COPY}`;
  const name = after["storageClassName"];
  const found = facts.storageClasses.find((one) => (name === undefined ? one.default : one.name === name));
  if (found === undefined || found.expandable) return undefined;
  return `storage class ${found.name} cannot grow volumes; ${COPY}`;
}

function sizeOf(spec: JsonObject): number {
  const size = dig(spec, "resources", "requests", "storage");
  return typeof size === "string" ? (parseQuantity(size) ?? 0) : 0;
}

function text(value: Json | undefined): string {
  if (value === undefined) return "-";
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}
