// Checks that need the whole pod: requests below limits, the sums of all containers, unique names, and volumes that
// exist.
import { dig, type JsonObject } from "../../model/data/json.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { PodOrder } from "../policy/order.ts";
import { profileOf } from "../policy/profile.ts";
import {
  type BoundedContainer,
  checkBounds,
  checkMaximum,
  checkMinimum,
  isDevice,
  podLimits,
} from "../policy/resources.ts";
import type { Use } from "../template/shape.ts";
import { listAt } from "./renderContainer.ts";

interface Placed extends BoundedContainer {
  readonly picked: JsonObject;
  readonly at: readonly (string | number)[];
}

export function checkTogether(
  said: JsonObject,
  containers: readonly Placed[],
  order: PodOrder,
): { readonly uses: readonly Use[]; readonly problems: readonly Problem[] } {
  const limits = podLimits(containers);
  const uses = [...deviceUses(limits, containers), ...storageUses(said)];
  return {
    uses,
    problems: [
      ...(containers.some(({ at }) => at[2] === "containers")
        ? []
        : [problem("Empty", ["template", "spec", "containers"], { field: "containers" })]),
      ...containers.flatMap(({ bounds, at }) => checkBounds(bounds, at)),
      ...checkMaximum(limits, order.resources?.max ?? {}),
      ...checkMinimum(limits, order.resources?.min ?? {}),
      ...checkNames(said, containers),
      ...checkIdentity(order),
    ],
  };
}

/** One use for each device resource, with the pointer of the container that asks for most of it. */
function deviceUses(limits: ReadonlyMap<string, number>, containers: readonly Placed[]): readonly Use[] {
  return [...limits].flatMap(([name, amount]): readonly Use[] => {
    if (!isDevice(name) || amount <= 0) return [];
    const share = ({ bounds }: Placed): number => parseQuantity(bounds.limits[name] ?? "0") ?? 0;
    const [most] = [...containers].sort((a, b) => share(b) - share(a));
    return [{ what: "devices", name, amount, at: [...(most?.at ?? []), "resources", "limits", name] }];
  });
}

/** All volumes that are created for this pod, as one use with the pointer of the first of them. */
function storageUses(said: JsonObject): readonly Use[] {
  const sizes = listAt(said, "volumes").flatMap((volume, index) => {
    const size = dig(volume, "ephemeral", "volumeClaimTemplate", "spec", "resources", "requests", "storage");
    return size === undefined ? [] : [{ bytes: parseQuantity(textOf(size)) ?? Number.POSITIVE_INFINITY, index }];
  });
  const [first] = sizes;
  if (first === undefined) return [];
  const amount = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  return [{ what: "volumes", name: `${amount} B`, amount, at: ["template", "spec", "volumes", first.index] }];
}

function checkNames(said: JsonObject, containers: readonly Placed[]): readonly Problem[] {
  const volumes = listAt(said, "volumes").map(({ name }) => textOf(name));
  const twice = <T>(names: readonly T[]): readonly number[] =>
    names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
  return [
    ...twice(volumes).map((index) =>
      problem("DuplicateKey", ["template", "spec", "volumes", index, "name"], { key: volumes[index] ?? "" }),
    ),
    ...twice(containers.map(({ picked }) => picked["name"])).flatMap((index) => {
      const { at = [], picked = {} } = containers[index] ?? {};
      return [problem("DuplicateKey", [...at, "name"], { key: textOf(picked["name"]) })];
    }),
    ...containers.flatMap(({ picked, at }) => checkMounts(picked, at, volumes)),
  ];
}

function checkMounts(picked: JsonObject, at: Placed["at"], volumes: readonly string[]): readonly Problem[] {
  const mounts = listAt(picked, "volumeMounts");
  return mounts.flatMap(({ name, mountPath }, index) => {
    const here = [...at, "volumeMounts", index];
    const first = mounts.findIndex((one) => one["mountPath"] === mountPath);
    const again =
      first === index
        ? []
        : [
            problem("MountPathTwice", [...here, "mountPath"], {
              path: textOf(mountPath),
              first: `volumeMounts/${first}`,
            }),
          ];
    if (volumes.includes(textOf(name))) return again;
    const params = { container: textOf(picked["name"]), name: textOf(name), known: volumes.join(", ") };
    return [...again, problem("UnknownVolume", [...here, "name"], params)];
  });
}

/** Only profiles with an account may ask for rights of the Kubernetes API. */
function checkIdentity({ profile, capabilities }: PodOrder): readonly Problem[] {
  if (capabilities.k8s.length === 0 || profileOf(profile).account !== "none") return [];
  return [problem("ProfileForbids", "/capabilities/k8s", { profile, what: "k8s" })];
}

/** The shapes copied only texts; a value that they refused is absent. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
