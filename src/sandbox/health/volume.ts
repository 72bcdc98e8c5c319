// The health of a PersistentVolumeClaim: it is bound after a moment. The sandbox has one storage class, `sandbox`,
// which is also the default.

import { textAt } from "../../model/data/fieldReaders.ts";
import { refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { type HealthRule, seen, verdict } from "./healthRule.ts";

export const claimHealth: HealthRule = (object, view) => {
  const name = shortRef(refOf(object.manifest));
  const storageClass = textAt(object.manifest, "spec", "storageClassName");
  if (storageClass !== "" && storageClass !== "sandbox") {
    const detail = `storageclass.storage.k8s.io "${storageClass}" not found`;
    return seen("blocked", reason("VolumeBlocked", { object: name, detail }), [
      { source: "event", object: name, text: `sandbox: ProvisioningFailed: ${detail}` },
    ]);
  }
  const bound = Date.parse(object.manifest.metadata.creationTimestamp ?? "") + view.timing.bind;
  if (view.now >= bound) return verdict("ready", reason("Ready"));
  return verdict("progressing", reason("VolumePending", { object: name, detail: "BeingProvisioned" }), bound);
};
