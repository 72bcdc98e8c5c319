// Renders one container of a job's pod: the fields of the template that are allowed, plus the settings that every
// container gets.
import { dig, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Bounded } from "../policy/resources.ts";

export const TMP = { volume: "kubemin-tmp", path: "/tmp" } as const;
export const SHARED_MEMORY = { volume: "kubemin-shm", path: "/dev/shm" } as const;
export const TOKEN = { volume: "kubemin-token", path: "/var/run/secrets/kubernetes.io/serviceaccount" } as const;

export interface Furnishing {
  readonly bounds: Bounded;
  readonly mounts: readonly { readonly volume: string; readonly path: string; readonly readOnly?: boolean }[];
}

export function renderContainer(picked: JsonObject, { bounds, mounts }: Furnishing): JsonObject {
  const own = listAt(picked, "volumeMounts");
  const taken = new Set(own.map((one) => one["mountPath"]));
  const added = mounts
    .filter(({ path }) => !taken.has(path))
    .map(({ volume, path, readOnly }) => ({ name: volume, mountPath: path, ...(readOnly ? { readOnly } : {}) }));
  return {
    ...picked,
    env: withHome(listAt(picked, "env")),
    resources: { ...objectAt(picked, "resources"), requests: bounds.requests, limits: bounds.limits },
    volumeMounts: [...own, ...added],
    securityContext: securityContext(picked),
    terminationMessagePolicy: picked["terminationMessagePolicy"] ?? "FallbackToLogsOnError",
  };
}

/** Many programs need a writable home directory, and the root file system is read-only. */
function withHome(env: readonly JsonObject[]): readonly JsonObject[] {
  return env.some(({ name }) => name === "HOME") ? env : [...env, { name: "HOME", value: TMP.path }];
}

function securityContext(picked: JsonObject): JsonObject {
  const given = objectAt(picked, "securityContext") ?? {};
  const add = dig(given, "capabilities", "add");
  return {
    ...onlyGiven(given, ["runAsUser", "runAsGroup"]),
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"], ...(Array.isArray(add) && add.length > 0 ? { add: add as readonly Json[] } : {}) }, // the allow-list accepts one name only
    seccompProfile: { type: "RuntimeDefault" },
  };
}

export function onlyGiven(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]]])));
}

export function objectAt(value: JsonObject, name: string): JsonObject | undefined {
  const found = value[name];
  return isObject(found) ? found : undefined;
}

export function listAt(value: JsonObject, name: string): readonly JsonObject[] {
  const found = value[name];
  return Array.isArray(found) ? found.filter(isObject) : [];
}
