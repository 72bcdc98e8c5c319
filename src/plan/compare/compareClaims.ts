// Finds changes of volumes that Kubernetes refuses: everything except growing. Deleting is never the advice, because a
// volume contains data.
import { dig, type JsonObject } from "../../model/data/json.ts";
import { type Params } from "../../model/data/text.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Problem, type ProblemCode, problem } from "../../model/problems/problem.ts";
import type { ClusterFacts } from "../../model/run/plan.ts";
import { textOf } from "../render/merge/manifestLists.ts";
import { claimSpecs } from "./compareClass.ts";
import { compareFields } from "./compareFields.ts";

/** The place of the size in the spec of a claim. */
export const CLAIM_SIZE = "resources.requests.storage";

interface Found {
  readonly code: ProblemCode;
  readonly params?: Params;
}

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
      const found: Found | undefined =
        path === CLAIM_SIZE ? sizeProblem(previous, spec, at.facts) : { code: "Immutable" };
      if (found === undefined) return [];
      const params = {
        object,
        field: path,
        before: from === undefined ? "-" : textOf(from),
        after: to === undefined ? "-" : textOf(to),
        ...found.params,
      };
      return [problem(found.code, at.pointer, params)];
    });
  });
}

/** `undefined` when the change is possible. */
function sizeProblem(before: JsonObject, after: JsonObject, facts: ClusterFacts): Found | undefined {
  const [from, to] = [sizeOf(before), sizeOf(after)];
  if (to < from) return { code: "VolumeShrinks" };
  const name = after["storageClassName"];
  const found = facts.storageClasses.find((one) => (name === undefined ? one.default : one.name === name));
  if (found === undefined || found.expandable) return undefined;
  return { code: "VolumeCannotGrow", params: { class: found.name } };
}

function sizeOf(spec: JsonObject): number {
  const size = dig(spec, "resources", "requests", "storage");
  return typeof size === "string" ? (parseQuantity(size) ?? 0) : 0;
}
