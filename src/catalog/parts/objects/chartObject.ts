// What Helm's annotations say about an object, and the removal of fields that charts contain although only the cluster
// writes them. https://helm.sh/docs/topics/charts_hooks/
import type { Manifest } from "../../../model/kubernetes/manifest.ts";

const TESTS: ReadonlySet<string> = new Set(["test", "test-success", "test-failure"]);

/** Test hooks run only on `helm test`; they are not part of the installation. */
export function isTestHook(hook: string): boolean {
  return hook.split(",").every((one) => TESTS.has(one.trim()));
}

/** The resource policy of the object. `keep`: the chart wants the object to outlive its release. */
export function releasedBy(object: Manifest | undefined): string | undefined {
  return object?.metadata.annotations?.["helm.sh/resource-policy"]?.trim();
}

/**
 * Drops the empty `status` and the `creationTimestamp` of null that generators of custom resource definitions leave
 * behind.
 */
export function withoutServerFields(object: Manifest): Manifest {
  const { status: _status, ...rest } = object;
  const { creationTimestamp: _written, ...metadata } = object.metadata;
  return { ...rest, metadata };
}
