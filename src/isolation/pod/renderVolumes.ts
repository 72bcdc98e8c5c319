// The volumes of a job's pod: those of the template, with a size limit on each emptyDir, and those that
// kubemin adds.
import type { JsonObject } from "../../model/data/json.ts";
import type { PodOrder } from "../policy/order.ts";
import { profileOf } from "../policy/profile.ts";
import { type Furnishing, listAt, objectAt, SHARED_MEMORY, TMP, TOKEN } from "./renderContainer.ts";

/** The shortest lifetime of a token that the API server accepts. */
const TOKEN_SECONDS = 600;

/**
 * A pod gets a token only when its profile has an account and the use of the Kubernetes API was asked for and granted.
 */
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

/** The same sources that the cluster would project, with a token that is valid for ten minutes. */
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
