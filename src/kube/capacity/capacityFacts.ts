// What a capacity check needs in addition to the view: the classes of the pod, and the volumes that its claims are bound
// to. These are single reads; what cannot be read counts as absent.
import type { PodFacts } from "../../capacity/view/podFacts.ts";
import { listAt, optionalNumberAt, textAt } from "../../model/data/fieldReaders.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";

type Read = (ref: ObjectRef, signal: AbortSignal) => Promise<Manifest | null>;

export async function gatherPodFacts(read: Read, pod: Manifest, signal: AbortSignal): Promise<PodFacts> {
  const named = (apiVersion: string, kind: string, name: string) =>
    name === "" ? null : read({ apiVersion, kind, namespace: "", name }, signal).catch(() => null);
  const [runtimeClass, priorityClass, volumes] = await Promise.all([
    named("node.k8s.io/v1", "RuntimeClass", textAt(pod, "spec", "runtimeClassName")),
    named("scheduling.k8s.io/v1", "PriorityClass", textAt(pod, "spec", "priorityClassName")),
    boundVolumes(read, pod, signal),
  ]);
  const priority = optionalNumberAt(priorityClass, "value");
  const preemptionPolicy = textAt(priorityClass, "preemptionPolicy");
  return {
    ...(preemptionPolicy === "" ? {} : { preemptionPolicy }),
    ...(runtimeClass === null ? {} : { runtimeClass }),
    ...(priority === undefined ? {} : { priority }),
    volumes,
  };
}

async function boundVolumes(read: Read, pod: Manifest, signal: AbortSignal): Promise<readonly JsonObject[]> {
  const { namespace = "" } = pod.metadata;
  const claims = listAt(pod, "spec", "volumes").map((one) => textAt(one, "persistentVolumeClaim", "claimName"));
  const affinities = await Promise.all(
    claims
      .filter((name) => name !== "")
      .map(async (name) => {
        const ref = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name };
        const volume = textAt(await read(ref, signal).catch(() => null), "spec", "volumeName");
        if (volume === "") return [];
        const found = { apiVersion: "v1", kind: "PersistentVolume", namespace: "", name: volume };
        const required = dig(await read(found, signal).catch(() => null), "spec", "nodeAffinity", "required");
        return isObject(required) ? [required] : [];
      }),
  );
  return affinities.flat();
}
