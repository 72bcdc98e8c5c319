// What Helm's annotations say of an object, and what charts carry along that only the cluster writes.
// https://helm.sh/docs/topics/charts_hooks/
import type { Manifest } from "../../../model/kubernetes/manifest.ts";

const TESTS: ReadonlySet<string> = new Set(["test", "test-success", "test-failure"]);

/** Tests run when somebody says `helm test`; they are no part of the installation. */
export function isTestHook(hook: string): boolean {
  return hook.split(",").every((one) => TESTS.has(one.trim()));
}

/** "keep": the chart wants the object to outlive its release. */
export function releasedBy(object: Manifest | undefined): string | undefined {
  return object?.metadata.annotations?.["helm.sh/resource-policy"]?.trim();
}

/** Generators of definitions leave an empty status and a creationTimestamp of null behind. */
export function withoutServerFields(object: Manifest): Manifest {
  const { status: _status, ...rest } = object;
  const { creationTimestamp: _written, ...metadata } = object.metadata;
  return { ...rest, metadata };
}
