// Nodes with cards that HAMi shares out, and pods that ask for whole cards and for parts of them, most of them without
// naming HAMi's scheduler: its webhook does that.
import type { Connection } from "../../src/kube/reach/connection.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { type Card, RESOURCES } from "../middleware/hamiCards.ts";
import { HAMI_SCHEDULER, hamiNode } from "../middleware/hamiExtender.ts";
import { HAMI_LABEL } from "../middleware/hamiWebhook.ts";
import { createNodes, removeRandomNodes } from "./plainScene.ts";
import type { PrecisionScene } from "./precision.ts";
import type { Question, Random } from "./randomCluster.ts";
import { create } from "./rawCalls.ts";

const NAMESPACE = "precision-hami";
const MODELS: readonly [Pick<Card, "type" | "memory">, ...Pick<Card, "type" | "memory">[]] = [
  { type: "NVIDIA-NVIDIA A100-SXM4-80GB", memory: 81_920 },
  { type: "NVIDIA-NVIDIA A10", memory: 24_576 },
  { type: "NVIDIA-Tesla T4", memory: 15_360 },
];

export function hamiScene(random: Random, nodes: number): PrecisionScene {
  return {
    namespaces: { [NAMESPACE]: HAMI_LABEL },
    staying: 0.6,
    prepare: (raw) => prepare(raw, random, nodes),
    question: (index) => question(random, index),
    cleanUp: removeRandomNodes,
  };
}

async function prepare(raw: Connection, random: Random, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `hami-random-${index}`);
  await createNodes(raw, [
    ...names.map((name) => hamiNode(name, randomCards(random, name))),
    // A node whose cards are offered by the plain device plug-in: HAMi has not registered them.
    hamiNode("hami-random-plain", [], { [RESOURCES.count]: "4" }),
  ]);
  const hard = { [`limits.${RESOURCES.memory}`]: "400000", [`limits.${RESOURCES.cores}`]: "1000" };
  const quotas = `/api/v1/namespaces/${NAMESPACE}/resourcequotas`;
  if (random.chance(0.5)) await create(raw, quotas, { metadata: { name: "cards" }, spec: { hard } });
}

function randomCards(random: Random, node: string): readonly Card[] {
  const { type, memory } = random.pick(MODELS);
  return Array.from({ length: random.pick([1, 2, 4]) }, (_, index) => ({
    id: `GPU-${node}-${index}`,
    slots: random.pick([2, 10]),
    memory,
    cores: 100,
    type,
    healthy: random.chance(0.9),
  }));
}

function question(random: Random, index: number): Question {
  const containers = random.chance(0.15) ? 2 : 1;
  const useType = random.chance(0.2)
    ? { "nvidia.com/use-gputype": random.pick(["A100", "a10", "T4,A10", "H200"]) }
    : {};
  const avoidType = random.chance(0.1) ? { "nvidia.com/nouse-gputype": random.pick(["A100", "T4"]) } : {};
  return {
    kind: "shares of cards",
    count: random.chance(0.8) ? 1 : random.pick([2, 3, 6]),
    pod: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `asked-${index}`,
        namespace: NAMESPACE,
        labels: { question: String(index) },
        annotations: { ...useType, ...avoidType },
      },
      spec: {
        ...(random.chance(0.2) ? { schedulerName: HAMI_SCHEDULER } : {}),
        terminationGracePeriodSeconds: 0,
        restartPolicy: "Never",
        containers: Array.from({ length: containers }, (_, one) => ({
          name: `main-${one}`,
          image: "x",
          resources: { requests: { cpu: "100m" }, limits: randomShares(random) },
        })),
      },
    },
  };
}

function randomShares(random: Random): JsonObject {
  const memory = random.pick<JsonObject>([
    { [RESOURCES.memory]: String(random.pick([1_000, 8_000, 20_000, 40_000, 90_000])) },
    { [RESOURCES.percent]: String(random.pick([10, 30, 50, 100])) },
    {},
  ]);
  const cores = random.chance(0.4) ? { [RESOURCES.cores]: String(random.pick([10, 50, 100])) } : {};
  const count =
    random.chance(0.85) || Object.keys(memory).length === 0
      ? { [RESOURCES.count]: String(random.pick([1, 1, 2, 3])) }
      : {};
  return { ...count, ...memory, ...cores };
}
