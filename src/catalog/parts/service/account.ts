// A component's own ServiceAccount, of its name. Several traits may need it; equal parts of it are one object.
import type { Manifest } from "../../../model/kubernetes/manifest.ts";

export function ownAccount(name: string, annotations?: Readonly<Record<string, string>>): Manifest {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
  };
}
