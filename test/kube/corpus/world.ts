// Loads a recording into the object index and the event ring that production uses, so that the production functions can
// judge it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { HealthFinding } from "../../../src/kube/judge/finding.ts";
import { findingOf, type JudgementSources } from "../../../src/kube/judge/judgement.ts";
import { createMemories } from "../../../src/kube/judge/recentVerdicts.ts";
import { createEventRing } from "../../../src/kube/watches/eventRing.ts";
import { createObjectIndex, type ObjectIndex } from "../../../src/kube/watches/objectIndex.ts";
import { type ObjectRef, refKey } from "../../../src/model/kubernetes/manifest.ts";
import { NOW, type Recorded, type Scene } from "./scene.ts";

/** Warnings from shortly before the recording count, as they do for a follow after a write. */
const SINCE = NOW - 600_000;

export const FOLDER = resolve(import.meta.dirname, "recorded");

export function readRecorded(name: string): Recorded {
  return JSON.parse(readFileSync(resolve(FOLDER, `${name}.json`), "utf8")) as Recorded; // the recorder's own format
}

export interface Look {
  readonly recorded: Recorded;
  /** Called with every other object that the verdict asks for. */
  readonly onOther?: (ref: ObjectRef) => void;
}

export function lookAt(scene: Pick<Scene, "asked">, { recorded, onOther }: Look): HealthFinding {
  const live = recorded.subject.metadata.generation ?? 1;
  const generation = scene.asked === undefined ? 0 : scene.asked === "ahead" ? live + 1 : live;
  return findingOf(sourcesOf(recorded, onOther), recorded.subject, { now: NOW, since: SINCE, generation });
}

function sourcesOf({ objects, events, others }: Recorded, onOther: Look["onOther"]): JudgementSources {
  const indexes = new Map<string, ObjectIndex>();
  for (const object of objects) {
    const index = indexes.get(object.kind) ?? createObjectIndex();
    index.put(object);
    indexes.set(object.kind, index);
  }
  const ring = createEventRing();
  // Production watches only warning events.
  for (const event of events.filter((one) => one["type"] === "Warning")) ring.put(event);
  return {
    cluster: "recorded",
    memories: createMemories(),
    cache: {
      watch: () => undefined,
      get: (ref) => indexes.get(ref.kind)?.get(ref.namespace, ref.name),
      ownedBy: (kind, uid) => indexes.get(kind.kind)?.ownedBy(uid) ?? [],
      everywhere: (kind) => indexes.get(kind.kind)?.all() ?? [],
      inNamespace: (kind, namespace) => indexes.get(kind.kind)?.inNamespace(namespace) ?? [],
      events: (uid) => ring.about(uid),
      state: () => ({ phase: "live", detail: "" }),
      subscribe: () => () => undefined,
      refresh: () => undefined,
      close: () => undefined,
    },
    lookup: {
      get: (ref) => {
        onOther?.(ref);
        return others[refKey(ref)];
      },
    },
    // Published addresses are not asked here; routes are judged only by their status on the cluster.
    routes: { ask: () => ({ kind: "asking" }), known: () => undefined, close: () => undefined },
  };
}
