// The verdict on pods that cannot start because something that they need is missing or the quota is used up.
import { textAt } from "../../model/data/fieldReaders.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { explainReason, type Reason, reason } from "../../model/reasons/reason.ts";
import type { SandboxPod, StoredObject } from "../objects/sandboxObjects.ts";
import { type SandboxVerdict, type SandboxView, seen, verdict } from "./healthRule.ts";

/**
 * `null` when no pod is blocked. A missing Secret may still be created with the rest of the application, so the verdict
 * becomes `failed` only after a delay.
 */
export function heldVerdict(
  object: StoredObject,
  pods: readonly SandboxPod[],
  view: SandboxView,
): SandboxVerdict | null {
  const pod = pods.find((one) => one.hold !== null);
  if (pod === undefined || pod.hold === null) return null;
  const because = pod.hold;
  const text = `sandbox: ${explainReason(because, "en")}`;
  if (because.code === "QuotaExceeded") {
    const evidence: Evidence = { source: "event", object: shortRef(refOf(object.manifest)), text };
    return seen(neverFits(because) ? "rejected" : "blocked", because, [evidence]);
  }
  if (because.code === "Unschedulable") return withoutNode(pods, { pod, because, gang: isGang(object) });
  const proof: readonly Evidence[] = [{ source: "container", object: `Pod/${pod.name}`, text }];
  const due = pod.heldSince + view.timing.verdict;
  if (view.now >= due) return seen("failed", because, proof);
  const waiting = verdict("blocked", because, due);
  return { ...waiting, health: { ...waiting.health, evidence: proof } };
}

interface Unplaced {
  readonly pod: SandboxPod;
  readonly because: Reason;
  readonly gang: boolean;
}

/** Pods of a gang that have a node hold it while the others wait, so their number is reported. */
function withoutNode(pods: readonly SandboxPod[], { pod, because, gang }: Unplaced): SandboxVerdict {
  const detail = String(because.params["detail"]);
  const text = `PodScheduled=False Unschedulable: ${detail}`;
  const placed = pods.filter((one) => one.node !== undefined).length;
  const why = gang && placed > 0 ? reason("PodsPartlyPlaced", { placed, count: pods.length }, because) : because;
  return seen("blocked", why, [{ source: "condition", object: `Pod/${pod.name}`, text: `sandbox: ${text}` }]);
}

function isGang({ manifest }: StoredObject): boolean {
  return textAt(manifest, "spec", "completionMode") === "Indexed";
}

/**
 * Whether the pod asks for more than the whole quota, so that waiting does not help. The values have the form
 * `requests.cpu=2`.
 */
function neverFits({ params }: Reason): boolean {
  const amount = (text: unknown): number => parseQuantity(String(text).split("=").at(-1) ?? "") ?? 0;
  return amount(params["requested"]) > amount(params["limited"]);
}
