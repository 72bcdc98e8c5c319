// The volumes of a job's pod: the template's, each with a limit, and kubemin's own.
import type { JsonObject } from "../../model/data/json.ts";
import type { PodOrder } from "../policy/order.ts";
import { profileOf } from "../policy/profile.ts";
import { type Furnishing, listAt, objectAt, SHARED_MEMORY, TMP, TOKEN } from "./renderContainer.ts";

/** The shortest that the API server gives. */
const TOKEN_SECONDS = 600;

/** A token is for profiles that have an account of their own, and only once work with the cluster was asked for and granted. */
export function hasToken({
  profile,
  identity,
  capabilities,
  grants,
}: Pick<PodOrder, "profile" | "identity" | "capabilities" | "grants">): boolean {
  const { k8s } = capabilities;
  const granted = k8s.length > 0 && k8s.every((one) => grants.k8s.includes(one));
  return profileOf(profile).account === "bound" && identity.account !== undefined && granted;
}

export function mountsOf(order: PodOrder): Furnishing["mounts"] {
  return [
    TMP,
    ...(profileOf(order.profile).sharedMemory === undefined ? [] : [SHARED_MEMORY]),
    ...(hasToken(order) ? [{ ...TOKEN, readOnly: true }] : []),
  ];
}

export function volumesOf(said: JsonObject, order: PodOrder): readonly JsonObject[] {
  const { scratch, sharedMemory } = profileOf(order.profile);
  const own = listAt(said, "volumes").map((volume) => limited(volume, scratch));
  return [
    ...own,
    { name: TMP.volume, emptyDir: { sizeLimit: scratch } },
    ...(sharedMemory === undefined
      ? []
      : [{ name: SHARED_MEMORY.volume, emptyDir: { medium: "Memory", sizeLimit: sharedMemory } }]),
    ...(hasToken(order) ? [{ name: TOKEN.volume, projected: { sources: tokenSources() } }] : []),
  ];
}

function limited(volume: JsonObject, sizeLimit: string): JsonObject {
  const empty = objectAt(volume, "emptyDir");
  return empty === undefined ? volume : { ...volume, emptyDir: { sizeLimit, ...empty } };
}

/** As the cluster would project it, but for ten minutes. */
function tokenSources(): readonly JsonObject[] {
  return [
    { serviceAccountToken: { path: "token", expirationSeconds: TOKEN_SECONDS } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    {
      downwardAPI: {
        items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
      },
    },
  ];
}
