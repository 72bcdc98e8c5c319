// Devices of drivers (dynamic resource allocation): random slices, classes and claims, placed by kube-scheduler itself.
import type { Connection } from "../../src/kube/reach/connection.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { createNodes, removeRandomNodes } from "./plainScene.ts";
import type { PrecisionScene } from "./precision.ts";
import type { Question, Random } from "./randomCluster.ts";
import { create, listed, remove } from "./rawCalls.ts";

const NAMESPACE = "precision-dra";
const DEVICES = "/apis/resource.k8s.io/v1";
const TEMPLATES = `${DEVICES}/namespaces/${NAMESPACE}/resourceclaimtemplates`;
const DRIVER = "gpu.precision.example";
/** `DeviceClass` -> what its devices must be. */
const CLASSES: Readonly<Record<string, JsonObject>> = {
  "precision-any": { selectors: [cel(`device.driver == '${DRIVER}'`)] },
  "precision-large": { selectors: [cel(`device.capacity['${DRIVER}'].memory.compareTo(quantity('40Gi')) >= 0`)] },
  "precision-named": {
    selectors: [cel(`device.driver == '${DRIVER}'`)],
    extendedResourceName: "precision.example/gpu",
  },
};

function cel(expression: string): JsonObject {
  return { cel: { expression } };
}

export function draScene(random: Random, nodes: number): PrecisionScene {
  const templates: Manifest[] = [];
  const names = Array.from({ length: nodes }, (_, index) => `dra-random-${index}`);
  return {
    namespaces: { [NAMESPACE]: {} },
    staying: 0.5,
    prepare: async (raw) => {
      await createNodes(raw, names.map(plainNode));
      for (const [name, spec] of Object.entries(CLASSES))
        await create(raw, `${DEVICES}/deviceclasses`, { metadata: { name }, spec });
      for (const node of names)
        if (random.chance(0.8)) await create(raw, `${DEVICES}/resourceslices`, randomSlice(random, node));
      for (let index = 0; index < 30; index += 1) templates.push(randomTemplate(random, index));
      for (const template of templates) await create(raw, TEMPLATES, template);
    },
    question: (index) => question(random, index, templates),
    cleanUp: async (raw) => {
      await removeRandomNodes(raw);
      for (const kind of ["resourceslices", "deviceclasses"]) await removeOwn(raw, kind);
    },
  };
}

async function removeOwn(raw: Connection, kind: string): Promise<void> {
  for (const one of await listed(raw, `${DEVICES}/${kind}`)) {
    const { name } = one["metadata"] as { readonly name: string }; // each object of the API has a name
    if (name.startsWith("precision-") || name.startsWith("dra-random-"))
      await remove(raw, `${DEVICES}/${kind}/${name}`);
  }
}

function plainNode(name: string): Manifest {
  const resources = { cpu: "16", memory: "64Gi", pods: "110" };
  const labels = { random: "node", "kubernetes.io/hostname": name };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels, annotations: { "kwok.x-k8s.io/node": "fake" } },
    status: { allocatable: resources, capacity: resources },
  };
}

function randomSlice(random: Random, node: string): Manifest {
  const devices = Array.from({ length: random.pick([1, 2, 4, 8]) }, (_, index) => ({
    name: `device-${index}`,
    attributes: {
      productName: { string: random.pick(["X1", "X2"]) },
      index: { int: index },
      healthy: { bool: random.chance(0.9) },
    },
    capacity: { memory: { value: random.pick(["16Gi", "40Gi", "80Gi"]) } },
    ...(random.chance(0.15) ? { taints: [{ key: "maintenance", value: "yes", effect: "NoSchedule" }] } : {}),
  }));
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceSlice",
    metadata: { name: node },
    spec: { driver: DRIVER, nodeName: node, pool: { name: node, generation: 1, resourceSliceCount: 1 }, devices },
  };
}

const SELECTORS: readonly [string, ...string[]] = [
  `device.attributes['${DRIVER}'].productName == 'X1'`,
  `device.attributes['${DRIVER}'].productName != 'X1'`,
  `device.attributes['${DRIVER}'].healthy == true`,
  `device.attributes['${DRIVER}'].healthy`,
  `device.capacity['${DRIVER}'].memory.compareTo(quantity('80Gi')) >= 0`,
  `device.attributes['${DRIVER}'].index < 2`,
  `device.attributes['${DRIVER}'].productName in ['X1', 'X3']`,
  `device.attributes['${DRIVER}'].productName == 'X2' && device.capacity['${DRIVER}'].memory.compareTo(quantity('40Gi')) >= 0`,
  `device.attributes['${DRIVER}'].productName == 'X9'`,
];

function randomRequest(random: Random, name: string): JsonObject {
  const exactly = {
    deviceClassName: random.pick(["precision-any", "precision-any", "precision-large"]),
    ...(random.chance(0.5) ? { selectors: [cel(random.pick(SELECTORS))] } : {}),
    ...(random.chance(0.1) ? { allocationMode: "All" } : { count: random.pick([1, 1, 2, 3, 9]) }),
    ...(random.chance(0.15) ? { tolerations: [{ key: "maintenance", operator: "Exists" }] } : {}),
  };
  if (random.chance(0.9)) return { name, exactly };
  const { deviceClassName } = exactly;
  return {
    name,
    firstAvailable: [
      { name: "many", deviceClassName, count: 4 },
      { name: "one", deviceClassName, count: 1 },
    ],
  };
}

function randomTemplate(random: Random, index: number): Manifest {
  const requests = random.chance(0.8)
    ? [randomRequest(random, "a")]
    : [randomRequest(random, "a"), randomRequest(random, "b")];
  const tied = random.chance(0.1) ? { constraints: [{ matchAttribute: `${DRIVER}/productName` }] } : {};
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaimTemplate",
    metadata: { name: `template-${index}`, namespace: NAMESPACE },
    spec: { spec: { devices: { requests, ...tied } } },
  };
}

function question(random: Random, index: number, templates: readonly Manifest[]): Question {
  const template = templates[random.whole(templates.length)]?.metadata.name ?? "";
  const named = random.chance(0.15);
  const resources = named
    ? { requests: { cpu: "100m" }, limits: { "precision.example/gpu": String(random.pick([1, 2, 9])) } }
    : { requests: { cpu: "100m" }, claims: [{ name: "devices" }] };
  return {
    kind: named ? "devices by an extended resource" : "devices by a claim",
    count: random.chance(0.8) ? 1 : random.pick([2, 3]),
    pod: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `asked-${index}`, namespace: NAMESPACE, labels: { question: String(index) } },
      spec: {
        terminationGracePeriodSeconds: 0,
        restartPolicy: "Never",
        ...(named ? {} : { resourceClaims: [{ name: "devices", resourceClaimTemplateName: template }] }),
        containers: [{ name: "main", image: "x", resources }],
      },
    },
  };
}
