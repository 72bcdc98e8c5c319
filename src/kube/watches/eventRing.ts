// Warning events about objects, what autoscalers report about pods, and all events about PodGroups, reduced to the
// fields that a verdict shows. Only the newest few thousand are kept,
// because a cluster in trouble writes very many. Events are best effort: no verdict may depend on an event arriving.

import { numberAt, textAt, timeAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";

export interface EventFact {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** Milliseconds since the epoch at which the event was last seen. */
  readonly last: number;
  /** The object that the event is about, for example `Pod/web-1`. */
  readonly object: string;
}

interface EventRing {
  put(event: Manifest): void;
  /** Events about the object with that uid, oldest first. */
  about(uid: string): readonly EventFact[];
}

const SIZE = 4_000;
const MESSAGE = 1_000;
/** Kinds that a verdict may ask about. */
const KINDS: ReadonlySet<string> = new Set([
  "Pod",
  "ReplicaSet",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "PodGroup",
  "CronJob",
  "PersistentVolumeClaim",
  "Service",
  "Ingress",
]);

/** Normal events that a verdict may show: the reports of Cluster Autoscaler and Karpenter about a pod without a node. */
const REPORTS: ReadonlySet<string> = new Set(["TriggeredScaleUp", "NotTriggerScaleUp", "Nominated"]);

function isShown(event: Manifest): boolean {
  return textAt(event, "type") !== "Normal" || REPORTS.has(textAt(event, "reason"));
}

function eventFact(event: Manifest): EventFact {
  const last =
    timeAt(event, "lastTimestamp") ?? timeAt(event, "series", "lastObservedTime") ?? timeAt(event, "eventTime");
  return {
    reason: textAt(event, "reason"),
    message: textAt(event, "message").slice(0, MESSAGE),
    count: Math.max(1, numberAt(event, "count"), numberAt(event, "series", "count")),
    last: last ?? timeAt(event, "metadata", "creationTimestamp") ?? 0,
    object: `${textAt(event, "involvedObject", "kind")}/${textAt(event, "involvedObject", "name")}`,
  };
}

export function createEventRing(): EventRing {
  /** Uid of each event -> uid of the object that it is about, in the order of arrival. */
  const order = new Map<string, string>();
  const byObject = new Map<string, Map<string, EventFact>>();
  const forgetOldest = (): void => {
    const oldest = order.entries().next().value;
    if (oldest === undefined) return;
    const [event, object] = oldest;
    order.delete(event);
    const facts = byObject.get(object);
    facts?.delete(event);
    if (facts?.size === 0) byObject.delete(object);
  };
  return {
    put: (event) => {
      const about = textAt(event, "involvedObject", "uid");
      const id = event.metadata.uid ?? "";
      if (about === "" || !isShown(event) || !KINDS.has(textAt(event, "involvedObject", "kind"))) return;
      order.delete(id);
      order.set(id, about);
      const facts = byObject.get(about) ?? new Map<string, EventFact>();
      facts.set(id, eventFact(event));
      byObject.set(about, facts);
      if (order.size > SIZE) forgetOldest();
    },
    about: (uid) => [...(byObject.get(uid)?.values() ?? [])].sort((a, b) => a.last - b.last),
  };
}
