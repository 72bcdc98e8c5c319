// PersistentVolumeClaim: ready when it is bound, or when it waits for the first pod that uses it
// (WaitForFirstConsumer). Otherwise claim and pod would wait for each other (argo-cd#12840).

import { textAt } from "../../../model/data/fieldReaders.ts";
import { shortRef } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, isTrue, uidOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, fromCondition, fromEvent, type HealthFinding, progressing, ready } from "../finding.ts";
import type { RuleInput } from "./rule.ts";

export function persistentVolumeClaimStatus({ object, view }: RuleInput): HealthFinding {
  const claim = shortRef({ kind: object.kind, name: object.metadata.name });
  const phase = textAt(object, "status", "phase");
  if (phase === "Lost") return found("failed", reason("VolumeLost", { object: claim }));
  if (phase === "Bound") {
    const resizing = conditionOf(object, "Resizing");
    if (!isTrue(resizing) || resizing === undefined) return ready();
    return {
      ...progressing(reason("VolumePending", { object: claim, detail: "BeingResized" })),
      evidence: [fromCondition(object, resizing)],
    };
  }
  const failure = view
    .events(uidOf(object))
    .findLast((one) => one.reason === "ProvisioningFailed" || one.reason === "FailedBinding");
  if (failure !== undefined)
    return found("blocked", reason("VolumeBlocked", { object: claim, detail: clip(failure.message) }), [
      fromEvent(failure),
    ]);
  const className = textAt(object, "spec", "storageClassName");
  if (className === "") return progressing(reason("VolumePending", { object: claim, detail: "NoStorageClass" }));
  const storageClass = view.other({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    namespace: "",
    name: className,
  });
  if (storageClass === null)
    return found(
      "blocked",
      reason("VolumeBlocked", { object: claim, detail: "StorageClassMissing", class: className }),
    );
  if (textAt(storageClass, "volumeBindingMode") === "WaitForFirstConsumer") return ready();
  return progressing(
    reason("VolumePending", { object: claim, detail: phase === "" ? "NotSeenYet" : `phase ${phase}` }),
  );
}
