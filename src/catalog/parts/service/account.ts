// A component's own ServiceAccount, with the component's name. Several traits may need it; mergeObjects.ts merges them
// into one object.
import type { Manifest } from "../../../model/kubernetes/manifest.ts";

export function ownAccount(name: string, annotations?: Readonly<Record<string, string>>): Manifest {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
  };
}
