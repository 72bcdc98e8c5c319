// The claims of a StatefulSet: one for each pod and claim template. A claim is created with the pod and stays when the
// StatefulSet is removed.

import { listAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { groupKind } from "./kinds.ts";
import type { SandboxObjects, StoredObject } from "./sandboxObjects.ts";
import { stamped } from "./write.ts";

export function reconcileClaims(objects: SandboxObjects): void {
  for (const object of objects.list()) {
    if (groupKind(object.manifest) !== "apps/StatefulSet") continue;
    for (const pod of object.pods) {
      for (const template of listAt(object.manifest, "spec", "volumeClaimTemplates")) {
        const claim = claimOf(object, `${textAt(template, "metadata", "name")}-${pod.name}`, template);
        const ref = {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          namespace: claim.metadata.namespace ?? "",
          name: claim.metadata.name,
        };
        if (objects.get(ref) !== undefined) continue;
        objects.put({
          manifest: stamped(claim, undefined, objects),
          sent: {},
          since: objects.now(),
          goneAt: null,
          pods: [],
        });
      }
    }
  }
}

/** As in Kubernetes, the claim also gets the labels of the StatefulSet's selector. */
function claimOf(object: StoredObject, name: string, template: object): Manifest {
  const labels = {
    ...objectAt(template, "metadata", "labels"),
    ...objectAt(object.manifest, "spec", "selector", "matchLabels"),
  } as Readonly<Record<string, string>>; // labels of an object that was accepted are texts
  const namespace = object.manifest.metadata.namespace ?? "";
  const spec = objectAt(template, "spec");
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace, labels }, spec };
}
