// The kinds of Volcano, as far as the stand-in uses them. The schemas accept all fields.
import type { Connection } from "../../src/kube/reach/connection.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { create, listed, remove, until } from "../capacity/rawCalls.ts";

const GROUP = "scheduling.volcano.sh";
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
export const VOLCANO_API = `/apis/${GROUP}/v1beta1`;

const KINDS = [
  { kind: "PodGroup", plural: "podgroups", scope: "Namespaced" },
  { kind: "Queue", plural: "queues", scope: "Cluster" },
] as const;

export async function createVolcanoKinds(raw: Connection): Promise<void> {
  for (const one of KINDS) await create(raw, DEFINITIONS, definition(one));
  const served = async (): Promise<boolean> => {
    const lists = KINDS.map(({ plural }) =>
      listed(raw, `${VOLCANO_API}/${plural}`).then(
        () => true,
        () => false,
      ),
    );
    return (await Promise.all(lists)).every(Boolean);
  };
  await until(served, "the kinds of Volcano to be served");
}

export async function removeVolcanoKinds(raw: Connection): Promise<void> {
  for (const { plural } of KINDS) await remove(raw, `${DEFINITIONS}/${plural}.${GROUP}`);
  const left = async (): Promise<number> =>
    (await listed(raw, DEFINITIONS)).filter((one) => dig(one, "spec", "group") === GROUP).length;
  await until(async () => (await left()) === 0, "the kinds of Volcano to be gone");
}

function definition({ kind, plural, scope }: (typeof KINDS)[number]): JsonObject {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope,
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: "v1beta1", served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

/** A queue in the state Open. `capability`: the most that its groups may have together. */
export async function createVolcanoQueue(raw: Connection, name: string, capability: JsonObject = {}): Promise<void> {
  const spec = { weight: 1, reclaimable: true, ...(Object.keys(capability).length === 0 ? {} : { capability }) };
  await create(raw, `${VOLCANO_API}/queues`, {
    apiVersion: `${GROUP}/v1beta1`,
    kind: "Queue",
    metadata: { name },
    spec,
  });
  await setQueueState(raw, name, "Open");
}

export async function setQueueState(raw: Connection, name: string, state: "Open" | "Closed"): Promise<void> {
  const path = `${VOLCANO_API}/queues/${name}/status`;
  const contentType = "application/merge-patch+json";
  await raw.call({
    method: "PATCH",
    path,
    contentType,
    body: { status: { state } },
    signal: AbortSignal.timeout(30_000),
  });
}
