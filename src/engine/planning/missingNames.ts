// Finds the classes, claims and queues that the pods of a plan name and that the cluster does not have, with the nearest
// name that exists. Without them a pod is refused or waits for ever. What the plan itself creates counts as present, and
// what cannot be read is not reported.
import { inBatches } from "../../model/data/batches.ts";
import { labelsAt, listAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { type Manifest, type ObjectRef, refKey, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { podGroupOf } from "../../model/kubernetes/podGroups.ts";
import { type Problem, refusal, warning } from "../../model/problems/problem.ts";
import type { ClusterFacts } from "../../model/run/plan.ts";
import type { Cluster } from "../../ports/cluster.ts";
import { objectsOf, type PreflightInput, pointerOf } from "./preflight.ts";

interface NameRow {
  readonly apiVersion: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  /** Names in an object of the plan, or in one that such an object names. */
  readonly names: (object: Manifest) => readonly string[];
  /** The kind of objects that may stand in for a missing one, with the field that holds the name. */
  readonly substitute?: { readonly kind: string; readonly field: string };
}

const podSpec = (object: Manifest): JsonObject => objectAt(podGroupOf(object)?.pod, "spec");
const inPod =
  (field: string) =>
  (object: Manifest): readonly string[] => [textAt(podSpec(object), field)];
const inClaims =
  (field: string) =>
  (object: Manifest): readonly string[] =>
    listAt(podSpec(object), "resourceClaims").map((one) => textAt(one, field));

// A claim comes before the device class, because the class is named in the claim.
const ROWS: readonly NameRow[] = [
  { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", isNamespaced: false, names: inPod("runtimeClassName") },
  { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", isNamespaced: false, names: inPod("priorityClassName") },
  {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaimTemplate",
    isNamespaced: true,
    names: inClaims("resourceClaimTemplateName"),
  },
  { apiVersion: "resource.k8s.io/v1", kind: "ResourceClaim", isNamespaced: true, names: inClaims("resourceClaimName") },
  { apiVersion: "resource.k8s.io/v1", kind: "DeviceClass", isNamespaced: false, names: deviceClassesIn },
  {
    apiVersion: "kueue.x-k8s.io/v1beta1",
    kind: "LocalQueue",
    isNamespaced: true,
    names: (object) => [labelsAt(object, "metadata", "labels")["kueue.x-k8s.io/queue-name"] ?? ""],
  },
  {
    apiVersion: "scheduling.volcano.sh/v1beta1",
    kind: "Queue",
    isNamespaced: false,
    names: (object) => [
      labelsAt(podGroupOf(object)?.pod, "metadata", "annotations")["scheduling.volcano.sh/queue-name"] ?? "",
    ],
  },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    isNamespaced: false,
    names: (object) =>
      [
        ...(object.kind === "PersistentVolumeClaim" ? [object] : []),
        ...listAt(object, "spec", "volumeClaimTemplates"),
      ].map((one) => textAt(one, "spec", "storageClassName")),
    // A volume that an administrator created may have a class that exists nowhere else.
    substitute: { kind: "PersistentVolume", field: "storageClassName" },
  },
];

const CLAIMS: ReadonlySet<string> = new Set(["ResourceClaim", "ResourceClaimTemplate"]);

function deviceClassesIn(object: Manifest): readonly string[] {
  if (!CLAIMS.has(object.kind)) return [];
  const spec = object.kind === "ResourceClaim" ? objectAt(object, "spec") : objectAt(object, "spec", "spec");
  return listAt(spec, "devices", "requests").flatMap((request) =>
    [request, objectAt(request, "exactly"), ...listAt(request, "firstAvailable")].map((one) =>
      textAt(one, "deviceClassName"),
    ),
  );
}

interface Named {
  readonly row: NameRow;
  readonly ref: ObjectRef;
  /** The object of the plan that names it. */
  readonly object: string;
  readonly component: string | null;
}

export async function missingNames(
  target: PreflightInput,
  facts: ClusterFacts,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const { cluster, plan } = target;
  if (cluster.kind === "sandbox") return [];
  const objects = objectsOf(plan);
  const created = new Set(objects.map(({ object }) => refKey(refOf(object.manifest))));
  const served = new Set(facts.kinds);
  const rows = ROWS.filter(({ apiVersion, kind }) => served.has(`${apiVersion.split("/")[0]}/${kind}`));
  const seen = new Set<string>();
  const namedBy = (manifest: Manifest, by: Pick<Named, "object" | "component">): readonly Named[] =>
    rows.flatMap((row) =>
      row.names(manifest).flatMap((name) => {
        const namespace = row.isNamespaced ? (manifest.metadata.namespace ?? "") : "";
        const ref = { apiVersion: row.apiVersion, kind: row.kind, namespace, name };
        const key = `${refKey(ref)} ${by.object}`;
        if (name === "" || created.has(refKey(ref)) || seen.has(key)) return [];
        seen.add(key);
        return [{ row, ref, object: by.object, component: by.component }];
      }),
    );
  const look = async (named: Named): Promise<readonly Problem[]> => {
    const found = await cluster.read(named.ref, signal).catch(() => undefined);
    if (found === undefined) return [];
    if (found !== null) return (await inBatches(namedBy(found, named), look)).flat();
    return missing(named, target, signal);
  };
  const named = objects.flatMap(({ object, component }) =>
    namedBy(object.manifest, { object: shortRef(refOf(object.manifest)), component }),
  );
  return (await inBatches(named, look)).flat();
}

async function missing(
  { row, ref, object, component }: Named,
  target: PreflightInput,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const { cluster } = target;
  const { kind, name } = ref;
  if (row.substitute !== undefined && (await isInUse(cluster, row.substitute, name, signal))) return [];
  const there = await namesOf(cluster, ref, signal);
  const params = { object, kind, name, cluster: cluster.name };
  const found = {
    ...(row.substitute === undefined ? refusal : warning)("NoSuchNamed", pointerOf(target, component), params),
  };
  const near = nearest(name, there ?? []);
  const known = there === null || there.length === 0 ? {} : { known: there.join(", ") };
  return [{ ...found, params: { ...params, ...known }, ...(near === undefined ? {} : { nearest: near }) }];
}

/** `null` when the cluster gives no list. */
async function namesOf(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<readonly string[] | null> {
  const { name: _, ...kind } = ref;
  const found = await cluster.list(kind, signal).catch(() => null);
  return found?.map(({ metadata }) => metadata.name).toSorted() ?? null;
}

async function isInUse(
  cluster: Cluster,
  { kind, field }: NonNullable<NameRow["substitute"]>,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await cluster.list({ apiVersion: "v1", kind, namespace: "" }, signal).catch(() => null);
  return found === null || found.some((one) => textAt(one, "spec", field) === name);
}
