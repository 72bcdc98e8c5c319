// The quotas of the sandbox as ResourceQuota objects, with what is used now.
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { QUOTA_NAME, type Quota, type Quotas, usageOf } from "./quota.ts";
import type { SandboxObjects } from "./sandboxObjects.ts";

interface Source {
  readonly objects: SandboxObjects;
  readonly quotas: Quotas;
}

export function quotaObjects({ objects, quotas }: Source): readonly Manifest[] {
  return [...quotas].map(([namespace, hard]) => quotaObject(objects, namespace, hard));
}

function quotaObject(objects: SandboxObjects, namespace: string, hard: Quota): Manifest {
  const usage = usageOf(objects, namespace);
  const used = Object.fromEntries(Object.keys(hard).map((resource) => [resource, String(usage.get(resource) ?? 0)]));
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: QUOTA_NAME, namespace },
    spec: { hard },
    status: { hard, used },
  };
}
