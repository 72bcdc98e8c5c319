// Without a readiness probe Kubernetes calls a container ready in the instant in which it starts, even one that exits a moment later: a broken
// version would roll over every pod, and a deploy would be called done. Programs that cannot start mostly say so at once, so an unprobed pod
// counts as available only after it has lived for a moment; Kubernetes itself waits for that, in rolling updates too. Probed ones count at once.
import { dig, isObject, type JsonObject } from "../../../model/data/json.ts";

const SECONDS = 3;

/** Undefined when every container of the template is probed. */
export function minReadySeconds(template: JsonObject): number | undefined {
  const containers = dig(template, "spec", "containers");
  const unprobed =
    Array.isArray(containers) && containers.some((one) => isObject(one) && one["readinessProbe"] === undefined);
  return unprobed ? SECONDS : undefined;
}
