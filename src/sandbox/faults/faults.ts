// Failures that a user can cause in the sandbox to see how they look: with the annotation below (on the object or its
// pod template), with an image whose tag is the name of a fault (`anything:crash-loop`, also `:does-not-exist`), or
// with the document itself (a script that ends in `exit 3`). A pod that is too large for the simulated nodes is no fault
// of this file: src/sandbox/scheduling finds no node for it.

import { textAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { containersOf, exitCodeOf, mainContainer, templateOf, workloadKind } from "../objects/workloadTemplate.ts";

const FAULT_ANNOTATION = "sandbox.kubemin.dev/fault";

const FAULTS = [
  "image-not-found",
  "crash-loop",
  "out-of-memory",
  "unschedulable",
  "task-fails",
  "quota",
  "policy",
  "never-ready",
] as const;
export type FaultName = (typeof FAULTS)[number];

export interface Fault {
  readonly name: FaultName;
  readonly container: JsonObject;
  readonly exitCode: number;
  /** The message of the simulated cluster, used as evidence. */
  readonly detail: string;
}

/** The fault that the object's pods will have; `null` when they have none. */
export function faultOf(object: Manifest): Fault | null {
  const template = templateOf(object);
  const asked = askedFor(object, template);
  if (asked !== null) return asked;
  const kind = workloadKind(object);
  if (kind === undefined) return null;
  const exitCode = exitCodeOf(mainContainer(template));
  if (exitCode === undefined || (exitCode === 0 && kind.style === "end")) return null;
  return fault(kind.style === "end" ? "task-fails" : "crash-loop", mainContainer(template));
}

function askedFor(object: Manifest, template: JsonObject): Fault | null {
  const named =
    textAt(object, "metadata", "annotations", FAULT_ANNOTATION) ||
    textAt(template, "metadata", "annotations", FAULT_ANNOTATION);
  if (isFault(named)) return fault(named, mainContainer(template));
  for (const container of containersOf(template)) {
    const tag = /:([\w.-]+)$/.exec(textAt(container, "image"))?.[1] ?? "";
    if (tag === "does-not-exist") return fault("image-not-found", container);
    if (isFault(tag)) return fault(tag, container);
  }
  return null;
}

const DETAILS: Readonly<Record<FaultName, string>> = {
  "image-not-found": "manifest unknown: not found",
  "crash-loop": "back-off restarting failed container",
  "out-of-memory": "OOMKilled",
  unschedulable: "0/1 nodes are available: 1 Insufficient cpu.",
  "task-fails": "exited with an error",
  quota: "exceeded quota: sandbox, requested: pods=1, used: pods=10, limited: pods=10",
  policy: 'admission webhook "sandbox.kubemin.dev" denied the request: the annotation or the image tag causes this',
  "never-ready": "Readiness probe failed: HTTP probe failed with statuscode: 503",
};

function fault(name: FaultName, container: JsonObject, detail: string = DETAILS[name]): Fault {
  const exitCode = name === "out-of-memory" ? 137 : (exitCodeOf(container) ?? 1);
  return { name, container, exitCode, detail };
}

function isFault(text: string): text is FaultName {
  return FAULTS.some((name) => name === text);
}
