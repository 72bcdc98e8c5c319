// An index of the objects of one kind, as the watch last reported them: by name, by namespace and by owner.

import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { uidOf } from "../objects/statusConditions.ts";

export interface ObjectIndex {
  get(namespace: string, name: string): Manifest | undefined;
  inNamespace(namespace: string): readonly Manifest[];
  all(): readonly Manifest[];
  /** Objects whose controller has that uid. */
  ownedBy(uid: string): readonly Manifest[];
  put(object: Manifest): void;
  remove(object: Manifest): void;
  /** Replaces all objects with this list. */
  replace(objects: readonly Manifest[]): void;
}

type Index = Map<string, Map<string, Manifest>>;

function add(index: Index, key: string, name: string, object: Manifest): void {
  const group = index.get(key) ?? new Map<string, Manifest>();
  group.set(name, object);
  index.set(key, group);
}

function drop(index: Index, key: string, name: string): void {
  const group = index.get(key);
  group?.delete(name);
  if (group?.size === 0) index.delete(key);
}

function ownerUid(object: Manifest): string {
  const owners = listAt(object, "metadata", "ownerReferences");
  return textAt(
    owners.find((one) => one["controller"] === true),
    "uid",
  );
}

export function createObjectIndex(): ObjectIndex {
  const spaces: Index = new Map();
  const owners: Index = new Map();
  const remove = (object: Manifest): void => {
    const { namespace = "", name } = object.metadata;
    const old = spaces.get(namespace)?.get(name);
    if (old === undefined) return;
    drop(spaces, namespace, name);
    drop(owners, ownerUid(old), uidOf(old));
  };
  const put = (object: Manifest): void => {
    remove(object);
    const { namespace = "", name } = object.metadata;
    add(spaces, namespace, name, object);
    if (ownerUid(object) !== "") add(owners, ownerUid(object), uidOf(object), object);
  };
  return {
    get: (namespace, name) => spaces.get(namespace)?.get(name),
    all: () => [...spaces.values()].flatMap((space) => [...space.values()]),
    inNamespace: (namespace) => [...(spaces.get(namespace)?.values() ?? [])],
    ownedBy: (uid) => [...(owners.get(uid)?.values() ?? [])],
    put,
    remove,
    replace: (objects) => {
      spaces.clear();
      owners.clear();
      for (const object of objects) put(object);
    },
  };
}
