// The log lines of the sandbox's pods, past and future. They say what was not run. Sealed values are masked.

import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { LABELS } from "../../model/kubernetes/manifest.ts";
import type { LogLine, Owner } from "../../ports/cluster.ts";
import { type Fault, faultOf } from "../faults/faults.ts";
import type { SandboxPod, StoredObject } from "../objects/sandboxObjects.ts";
import { commandOf, templateOf, workloadKind } from "../objects/workloadTemplate.ts";

export interface Dated {
  readonly line: LogLine;
  /** Milliseconds since the epoch; may be in the future. */
  readonly time: number;
}

/** With these faults no container ever starts, so there are no log lines. */
const NEVER_STARTS: ReadonlySet<string> = new Set(["image-not-found", "unschedulable", "quota", "policy"]);

/**
 * The lines of all pods of the owner, the oldest first. `previous`: only lines of earlier container runs, which only
 * crashing containers have.
 */
export function linesOf(objects: readonly StoredObject[], owner: Owner, previous: boolean): readonly Dated[] {
  return objects
    .filter((object) => belongsTo(object, owner))
    .flatMap((object) => object.pods.flatMap((pod) => podLines(object, pod, previous)))
    .sort((a, b) => a.time - b.time);
}

function belongsTo({ manifest }: StoredObject, owner: Owner): boolean {
  const labels = manifest.metadata.labels ?? {};
  return (
    workloadKind(manifest) !== undefined &&
    manifest.metadata.namespace === owner.namespace &&
    labels[LABELS.application] === owner.application &&
    (owner.component === undefined || labels[LABELS.kubeminComponent] === owner.component) &&
    (owner.job === undefined || (manifest.kind === "Job" && manifest.metadata.name === owner.job))
  );
}

function podLines(object: StoredObject, pod: SandboxPod, previous: boolean): readonly Dated[] {
  const fault = faultOf(object.manifest);
  if (pod.hold !== null || (fault !== null && NEVER_STARTS.has(fault.name))) return [];
  const style = workloadKind(object.manifest)?.style ?? "serve";
  return listAt(templateOf(object.manifest), "spec", "containers").flatMap((container) => {
    const crashes = fault !== null && fault.name !== "never-ready" && fault.container === container;
    if (previous && !(crashes && style === "serve")) return [];
    const texts = WORDS[style](container, crashes ? fault : null);
    return [
      dated(pod, container, { time: pod.born, text: texts.first }),
      dated(pod, container, { time: pod.due, text: texts.last }),
    ];
  });
}

type Words = (container: JsonObject, fault: Fault | null) => { readonly first: string; readonly last: string };

const WORDS: Readonly<Record<"serve" | "end", Words>> = {
  end: (container, fault) => ({
    first: `the task was not really run: ${commandOf(container)}`,
    last: fault === null ? "the task counts as done" : `the task counts as failed, exit code ${fault.exitCode}`,
  }),
  serve: (container, fault) => ({
    first: `${textAt(container, "name")} was not really started: ${commandOf(container)}`,
    last: fault === null ? "it counts as ready" : `it counts as crashed, exit code ${fault.exitCode}`,
  }),
};

function dated(pod: SandboxPod, container: JsonObject, said: { readonly time: number; readonly text: string }): Dated {
  const at = new Date(said.time).toISOString();
  return {
    time: said.time,
    line: { pod: pod.name, container: textAt(container, "name"), at, text: `sandbox: ${said.text}` },
  };
}
