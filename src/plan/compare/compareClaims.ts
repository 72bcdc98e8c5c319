// Finds changes of volumes that Kubernetes refuses: everything except growing. Deleting is never the advice, because a
// volume contains data.
import { dig, type JsonObject } from "../../model/data/json.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { ClusterFacts } from "../../model/run/plan.ts";
import { textOf } from "../render/merge/manifestLists.ts";
import { claimSpecs } from "./compareClass.ts";
import { compareFields } from "./compareFields.ts";

/** The place of the size in the spec of a claim. */
export const CLAIM_SIZE = "resources.requests.storage";
const COPY = {
  advice:
    "the data must be migrated: add a volume under another name, copy the data with a task, move the mountPath to it, then remove the old volume",
  adviceZh: "需要迁移数据：另加一个新名字的卷，用任务复制数据，把 mountPath 移到新卷，最后移除旧卷",
};

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
      const advice = path === CLAIM_SIZE ? sizeAdvice(previous, spec, at.facts) : COPY;
      if (advice === undefined) return [];
      const params = {
        object,
        field: path,
        before: from === undefined ? "-" : textOf(from),
        after: to === undefined ? "-" : textOf(to),
        ...advice,
      };
      return [problem("Immutable", at.pointer, params)];
    });
  });
}

/** `undefined` when the change is possible. */
function sizeAdvice(before: JsonObject, after: JsonObject, facts: ClusterFacts): typeof COPY | undefined {
  const [from, to] = [sizeOf(before), sizeOf(after)];
  if (to < from) return advise("volumes cannot shrink", "存储卷不能缩小");
  const name = after["storageClassName"];
  const found = facts.storageClasses.find((one) => (name === undefined ? one.default : one.name === name));
  if (found === undefined || found.expandable) return undefined;
  return advise(`storage class ${found.name} cannot grow volumes`, `存储类 ${found.name} 不支持扩容`);
}

function advise(en: string, zh: string): typeof COPY {
  return { advice: `${en}; ${COPY.advice}`, adviceZh: `${zh}；${COPY.adviceZh}` };
}

function sizeOf(spec: JsonObject): number {
  const size = dig(spec, "resources", "requests", "storage");
  return typeof size === "string" ? (parseQuantity(size) ?? 0) : 0;
}
