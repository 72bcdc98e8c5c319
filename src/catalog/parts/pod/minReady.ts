// Without a readiness probe, Kubernetes calls a container ready as soon as it starts, even one that exits a moment
// later: a broken version would replace every pod, and the deploy would count as done. Most programs that cannot start
// fail within seconds. So a pod without a probe counts as available only after a short time, and Kubernetes waits for
// that in rolling updates too. Pods with a probe count immediately.
import { dig, isObject, type JsonObject } from "../../../model/data/json.ts";

const SECONDS = 3;

/** `undefined` when every container of the template has a readiness probe. */
export function minReadySeconds(template: JsonObject): number | undefined {
  const containers = dig(template, "spec", "containers");
  const unprobed =
    Array.isArray(containers) && containers.some((one) => isObject(one) && one["readinessProbe"] === undefined);
  return unprobed ? SECONDS : undefined;
}
