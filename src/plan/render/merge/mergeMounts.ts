// Checks the mounts of a finished pod: a container has each path only once, and each mount names a volume that exists.
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { whereWritten } from "../../read/whereWritten.ts";
import { objectsIn, textOf, withoutSlash } from "./manifestLists.ts";

interface Mounting {
  readonly pointer: string;
  readonly document: Json | undefined;
}

export function checkMounts(pod: JsonObject, volumes: readonly string[], component: Mounting): readonly Problem[] {
  const containers = [...objectsIn(pod["initContainers"]), ...objectsIn(pod["containers"])];
  return containers.flatMap((container) => {
    const mounts = objectsIn(container["volumeMounts"]);
    return [
      ...pathsTwice(mounts, component),
      ...unknownVolumes(textOf(container["name"]), mounts, { volumes, component }),
    ];
  });
}

function pathsTwice(mounts: readonly JsonObject[], component: Mounting): readonly Problem[] {
  const counts = new Map<string, number>();
  for (const mount of mounts) counts.set(path(mount["mountPath"]), (counts.get(path(mount["mountPath"])) ?? 0) + 1);
  return [...counts].flatMap(([mountPath, count]) => {
    if (count < 2) return [];
    const written = whereWritten(component.document, component.pointer, {
      field: "mountPath",
      matches: (value) => path(value) === mountPath,
    });
    // When the document contains the path only once, the other mount is a default of the component (a store's own
    // volume).
    const [first, second] = written.length >= 2 ? written : [component.pointer, written[0]];
    const params = { path: mountPath, first: first ?? component.pointer };
    return [problem("MountPathTwice", second ?? component.pointer, params)];
  });
}

function unknownVolumes(
  container: string,
  mounts: readonly JsonObject[],
  { volumes, component }: { readonly volumes: readonly string[]; readonly component: Mounting },
): readonly Problem[] {
  return mounts.flatMap((mount) => {
    const name = textOf(mount["name"]);
    if (volumes.includes(name)) return [];
    const [written] = whereWritten(mountsOf(component.document), component.pointer, {
      field: "name",
      matches: (value) => value === name,
    });
    const params = { container, name, known: volumes.join(", ") || "-" };
    return [problem("UnknownVolume", written ?? component.pointer, params, nearest(name, volumes))];
  });
}

function mountsOf(document: Json | undefined): Json | undefined {
  // The component itself has a name too; only names below its traits can be meant.
  return isObject(document) ? { traits: document["traits"] } : undefined;
}

function path(value: Json | undefined): string {
  return withoutSlash(textOf(value));
}
