// Lists the objects in a namespace, of the kinds that the random updates create.
import { dig } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import type { FaultyApi } from "./faultyApi.ts";

export interface Seen {
  /** `ConfigMap/a` */
  readonly key: string;
  /** The name with the value that the model gave it: `ConfigMap/a 3`. */
  readonly text: string;
  readonly uid: string;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether its controller has written its status; also `true` if it has no controller. */
  readonly observed: boolean;
}

const KINDS: Readonly<Record<string, readonly [group: string, plural: string]>> = {
  ConfigMap: ["/api/v1", "configmaps"],
  Secret: ["/api/v1", "secrets"],
  Service: ["/api/v1", "services"],
  Deployment: ["/apis/apps/v1", "deployments"],
  StatefulSet: ["/apis/apps/v1", "statefulsets"],
};

export async function everythingOf(api: FaultyApi, namespace: string): Promise<readonly Seen[]> {
  const lists = await Promise.all(
    Object.entries(KINDS).map(async ([kind, [group, plural]]) => {
      const list = await api.read(`${group}/namespaces/${namespace}/${plural}`);
      return (dig(list, "items") as readonly Manifest[]).map((one) => seen(kind, one)); // what the API server says of a list
    }),
  );
  return lists.flat().toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function seen(kind: string, one: Manifest): Seen {
  const stored = dig(one, "data", "value");
  const command = dig(one, "spec", "template", "spec", "containers", 0, "command", 2);
  const value: unknown =
    kind === "Secret" && typeof stored === "string"
      ? Buffer.from(stored, "base64").toString()
      : (stored ?? /echo (\d+)/.exec(String(command))?.[1]);
  const key = `${kind}/${one.metadata.name}`;
  const controlled = kind === "Deployment" || kind === "StatefulSet";
  return {
    key,
    text: `${key}${typeof value === "string" ? ` ${value}` : ""}`,
    uid: one.metadata.uid ?? "",
    version: one.metadata.resourceVersion ?? "",
    labels: one.metadata.labels ?? {},
    observed: !controlled || dig(one, "status", "observedGeneration") === one.metadata.generation,
  };
}
