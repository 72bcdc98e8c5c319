import { describe, expect, it } from "vitest";
import type { Contribution } from "../../../../src/catalog/define.ts";
import { dig, type JsonObject } from "../../../../src/model/data/json.ts";
import { type Merged, mergePod } from "../../../../src/plan/render/merge/merge.ts";

const merge = (contributions: Readonly<Record<string, Contribution>>, pod: JsonObject = {}): Merged =>
  mergePod({
    component: { name: "web", pointer: "/components/0", document: undefined },
    workload: { pod: { containers: [{ name: "web", image: "nginx" }], ...pod }, objects: [] },
    parts: Object.entries(contributions).map(([trait, contribution]) => ({
      owner: `trait ${trait} of web`,
      pointer: `/components/0/traits/${trait}`,
      contribution,
    })),
  });
const main = (merged: Merged): unknown => dig(merged.pod, "containers", 0);

describe("merging traits into a pod", () => {
  it("adds fields and lists of the main container, the pod and the controller", () => {
    const merged = merge({
      one: { env: [{ name: "A", value: "1" }], container: { resources: { requests: { cpu: "1" } } } },
      two: { env: [{ name: "B", value: "2" }], pod: { nodeSelector: { disk: "ssd" } }, controller: { replicas: 3 } },
    });
    expect(merged.problems).toEqual([]);
    expect(main(merged)).toEqual({
      name: "web",
      image: "nginx",
      resources: { requests: { cpu: "1" } },
      env: [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
    });
    expect(merged.pod["nodeSelector"]).toEqual({ disk: "ssd" });
    expect(merged.controller).toEqual({ replicas: 3 });
  });

  it("lets a trait override the component's own default", () => {
    const pod = {
      containers: [{ name: "web", readinessProbe: { tcpSocket: { port: 1 } }, env: [{ name: "A", value: "0" }] }],
    };
    const probe = { httpGet: { port: 2 } };
    const merged = merge({ one: { container: { readinessProbe: probe }, env: [{ name: "A", value: "1" }] } }, pod);
    expect(main(merged)).toMatchObject({ readinessProbe: probe, env: [{ name: "A", value: "1" }] });
    expect(merged.problems).toEqual([]);
  });

  it.each<[string, Contribution, Contribution]>([
    ["container.resources.a", { container: { resources: { a: 1 } } }, { container: { resources: { a: 2 } } }],
    ["pod.priorityClassName", { pod: { priorityClassName: "a" } }, { pod: { priorityClassName: "b" } }],
    ["controller.replicas", { controller: { replicas: 1 } }, { controller: { replicas: 2 } }],
    ["env[A]", { env: [{ name: "A", value: "1" }] }, { env: [{ name: "A", value: "1" }] }],
    ["volumes[v]", { volumes: [{ name: "v" }] }, { claims: [{ name: "v", size: "1Gi", accessModes: [], keep: true }] }],
    ["containers[c]", { containers: [{ name: "c" }] }, { initContainers: [{ name: "c" }] }],
  ])("names both owners of %s", (field, first, second) => {
    expect(merge({ one: first, two: second }).problems).toMatchObject([
      {
        code: "TraitConflict",
        pointer: "/components/0/traits/two",
        params: { first: "trait one of web", second: "trait two of web", field },
      },
    ]);
  });

  it("joins fields that several traits may set together", () => {
    const term = (key: string): JsonObject => ({ matchExpressions: [{ key, operator: "Exists" }] });
    const node = (...terms: readonly JsonObject[]): JsonObject => ({
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
    });
    const merged = merge({
      one: {
        pod: { tolerations: [{ key: "a" }], affinity: node(term("a"), term("b")) },
        container: { resources: { limits: { cpu: "1" } } },
      },
      two: {
        pod: { tolerations: [{ key: "a" }, { key: "b" }], affinity: node(term("c")) },
        container: { resources: { limits: { gpu: "1" } } },
      },
    });
    expect(merged.problems).toEqual([]);
    expect(merged.pod["tolerations"]).toEqual([{ key: "a" }, { key: "b" }]);
    expect(merged.pod["affinity"]).toEqual(
      node(
        {
          matchExpressions: [
            { key: "a", operator: "Exists" },
            { key: "c", operator: "Exists" },
          ],
        },
        {
          matchExpressions: [
            { key: "b", operator: "Exists" },
            { key: "c", operator: "Exists" },
          ],
        },
      ),
    );
    expect(main(merged)).toMatchObject({ resources: { limits: { cpu: "1", gpu: "1" } } });
  });

  it("names both owners when one sets what the other leaves to the cluster", () => {
    expect(merge({ one: { controller: { replicas: 2 } }, two: { unmanaged: ["replicas"] } }).problems).toMatchObject([
      {
        code: "TraitConflict",
        params: { first: "trait one of web", second: "trait two of web", field: "controller.replicas" },
      },
    ]);
  });

  it.each<[string, Contribution, Contribution]>([
    [
      "pod.securityContext.runAsUser",
      { pod: { securityContext: { runAsUser: 1 } } },
      { pod: { securityContext: { runAsUser: 2 } } },
    ],
    ["pod.nodeSelector.disk", { pod: { nodeSelector: { disk: "a" } } }, { pod: { nodeSelector: { disk: "b" } } }],
    ["controller.paused", { controller: { paused: true } }, { controller: { paused: false } }],
    [
      "everyContainer.securityContext.capabilities.drop",
      { everyContainer: { securityContext: { capabilities: { drop: ["ALL"] } } } },
      { everyContainer: { securityContext: { capabilities: { drop: ["KILL"] } } } },
    ],
  ])("names both owners of %s, to the field", (field, first, second) => {
    expect(merge({ one: first, two: second }).problems).toMatchObject([{ code: "TraitConflict", params: { field } }]);
  });

  it("accepts equal values from two traits", () => {
    const same = { controller: { replicas: 2 } };
    expect(merge({ one: same, two: same })).toMatchObject({ problems: [], controller: { replicas: 2 } });
  });

  it("refuses fields that traits may not set, whatever the trait says", () => {
    for (const contribution of [
      { pod: { hostNetwork: true } },
      { pod: { hostPID: true } },
      { pod: { securityContext: { sysctls: [] } } },
      { everyContainer: { securityContext: { procMount: "Unmasked" } } },
      { container: { securityContext: { privileged: true } } },
      { container: { image: "other" } },
      { controller: { selector: {} } },
    ])
      expect(() => merge({ evil: contribution })).toThrow(/trait evil of web sets .*may not set/);
  });
});
