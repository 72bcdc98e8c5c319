// Every sentence about room is true of exactly the nodes that it names. Random clusters and pods; the claims of each
// verdict are checked against the cluster by claims.ts.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { explainReason, type Reason } from "../../../src/model/reasons/reason.ts";
import { type Random, randomSource } from "../randomCluster.ts";
import { ask, GPU, gpuPod, node, pod, viewOf } from "../world.ts";
import { untrue, type World } from "./claims.ts";

const TAINTS: readonly [JsonObject, ...JsonObject[]] = [
  { key: GPU, value: "present", effect: "NoSchedule" },
  { key: "team", value: "red", effect: "NoExecute" },
  { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" },
];
const MIG = "nvidia.com/mig-1g.10gb";

function randomWorld(random: Random): World {
  const nodes = Array.from({ length: 1 + random.whole(6) }, (_, index) => {
    const gpus = random.pick([0, 0, 1, 4, 8]);
    return node(`n${index}`, {
      gpus,
      memory: random.pick(["8Gi", "16Gi", "64Gi"]),
      labels: {
        zone: random.pick(["a", "b"]),
        ...(gpus > 0 ? { "nvidia.com/gpu.product": random.pick(["H100", "A10"]) } : {}),
      },
      taints: random.chance(0.4) ? [random.pick(TAINTS)] : [],
      more: random.chance(0.2) ? { [MIG]: "7" } : {},
      capacity: gpus > 1 && random.chance(0.1) ? { [GPU]: String(gpus + 1) } : {},
    });
  });
  const running = Array.from({ length: random.whole(8) }, (_, index) =>
    pod(`p${index}`, {
      on: `n${random.whole(nodes.length)}`,
      limits: random.chance(0.6) ? { [GPU]: String(random.pick([1, 2, 4])) } : {},
      requests: { memory: random.pick(["1Gi", "6Gi"]) },
    }),
  );
  const tolerations = random.chance(0.4) ? [{ key: random.pick([GPU, "team"]), operator: "Exists" }] : [];
  const selected: JsonObject = {
    ...(random.chance(0.3) ? { zone: random.pick(["a", "b", "c", "elsewhere"]) } : {}),
    ...(random.chance(0.2) ? { "nvidia.com/gpu.product": random.pick(["H100", "A10", "A1O", "B200"]) } : {}),
    ...(random.chance(0.1) ? { zones: "a" } : {}),
  };
  const asked = pod("asked", {
    limits: {
      ...(random.chance(0.6) ? { [GPU]: String(random.pick([1, 2, 4, 8, 16])) } : {}),
      ...(random.chance(0.2) ? { [MIG]: String(random.pick([1, 8])) } : {}),
    },
    requests: { memory: random.pick(["1Gi", "12Gi", "60Gi", "100Gi"]) },
    spec: { tolerations, nodeSelector: selected },
  });
  return { nodes, running, asked, count: random.chance(0.7) ? 1 : random.pick([2, 5, 9]) };
}

/** The Chinese sentence without what it names. */
function chineseOnly(said: Reason): string {
  const all = (one: Reason): readonly string[] => [
    ...Object.entries(one.params).flatMap(([name, value]) =>
      name === "detail" || name === "cause" ? [] : [String(value)],
    ),
    ...[...(one.also ?? []), ...(one.cause === undefined ? [] : [one.cause])].flatMap(all),
  ];
  const names = all(said).toSorted((a, b) => b.length - a.length);
  return names.reduce((text, name) => text.replaceAll(name, ""), explainReason(said, "zh")).replaceAll("Pod", "");
}

describe("sentences about room", () => {
  it("claim nothing that is not true of the cluster, in Chinese words for Chinese readers", { timeout: 60_000 }, () => {
    const random = randomSource(12);
    const seen = new Map<string, number>();
    for (let round = 0; round < 4_000; round += 1) {
      const world = randomWorld(random);
      const asked = ask(viewOf(world.nodes, world.running), world.asked, {
        count: world.count,
      });
      if (asked.class !== "rejected" && asked.class !== "waits") continue;
      const context = `${explainReason(asked.reason, "en")}\n${JSON.stringify(world)}`;
      expect(untrue(world, asked.reason), context).toEqual([]);
      expect(chineseOnly(asked.reason), context).not.toMatch(/[a-z]{3}/);
      for (const { code } of [asked.reason, ...(asked.reason.also ?? [])]) seen.set(code, (seen.get(code) ?? 0) + 1);
    }
    // The clusters are of many kinds, so that the sentences are too.
    expect([...seen.keys()].toSorted()).toEqual(
      expect.arrayContaining([
        "CapacityShort",
        "HaveItTainted",
        "HaveItUnmatched",
        "KnownValues",
        "NearestLabel",
        "NeverFits",
        "NoNodeAllowed",
        "NoNodeTakes",
        "NoSuchModel",
        "NoSuchResource",
        "NoneHasResource",
        "NoneLarge",
      ]),
    );
  });

  it("name what keeps a pod from the nodes that have what it asks for", () => {
    const nodes = [
      ...[1, 2, 3].map((index) => node(`mig-${index}`, { more: { [MIG]: "7" }, taints: [TAINTS[0]] })),
      node("plain"),
    ];
    const tolerating = { tolerations: [{ key: MIG, operator: "Exists" }] };
    const mig = ask(viewOf(nodes), pod("asked", { limits: { [MIG]: "1" }, spec: tolerating }));
    expect(explainReason(mig.reason, "en")).toBe(
      `no node whose taints it tolerates has ${MIG}; asked for 1 ${MIG}; 3 nodes that have it carry the taint ${GPU}=present`,
    );
    const zones = [node("cpu", { labels: { zone: "a" } }), node("gpu", { gpus: 8, labels: { zone: "b" } })];
    const elsewhere = ask(viewOf(zones), gpuPod(1, { spec: { nodeSelector: { zone: "a" } } }));
    expect(explainReason(elsewhere.reason, "en")).toBe(
      `no node that matches zone=a has ${GPU}; asked for 1 ${GPU}; 1 node that has it does not match the selector zone=a`,
    );
    expect(explainReason(elsewhere.reason, "zh")).toBe(
      `匹配 zone=a 的节点都没有 ${GPU}（请求 1 ${GPU}）；有它的 1 个节点不匹配选择器 zone=a`,
    );
  });
});
