// Tests random registrations and inputs up to the objects that the cluster is asked to create: no pod is outside the
// profile or outside the project's namespace, and a secret value is only in a Secret.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { JobRun } from "../../src/catalog/job.ts";
import { runNamespaceOf } from "../../src/isolation/cluster/projectNamespace.ts";
import { definitionOf } from "../../src/jobTypes/registry/jobDefinition.ts";
import { isObject, type Json, type JsonObject } from "../../src/model/data/json.ts";
import { isSealed, sealedToken } from "../../src/model/document/sealed.ts";
import { type Manifest, refOf } from "../../src/model/kubernetes/manifest.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import type { Cluster } from "../../src/ports/cluster.ts";
import { ATTACKS } from "../isolation/attacks.ts";
import { generousOrder, RICH } from "../isolation/fixtures.ts";
import { promiseViolations, restrictedViolations } from "../isolation/oracle.ts";
import { put } from "../isolation/put.ts";
import { registered, SURROUNDINGS } from "./types.ts";

// The time limit is long because the machine may be busy; the properties themselves are fast.
vi.setConfig({ testTimeout: 180_000 });

const SECRET = "open sesame 4711";
const TOKEN = sealedToken("c2VjcmV0");

/** A cluster that accepts and records every object and reports every Job as completed. */
function keepingCluster(): { readonly cluster: Cluster; readonly made: Manifest[] } {
  const made: Manifest[] = [];
  const cluster = {
    name: "test",
    kind: "kubernetes",
    namespaceExists: async () => true,
    read: async () => null,
    dryRun: async (admitted: Manifest) => ({ admitted }),
    apply: async (object: Manifest) => {
      made.push(object);
      return { ref: refOf(object), uid: "uid", generation: 1, action: "created" };
    },
    remove: async () => true,
    subscribe: () => () => {},
    follow: (objects: readonly { readonly ref: unknown }[], onHealth: (health: unknown) => void) => {
      for (const { ref } of objects)
        onHealth({ ref, state: "ready", reason: reason("Completed"), evidence: [], facts: {} });
      return () => {};
    },
    logs: async function* () {},
  } as unknown as Cluster; // running a pod uses only these; anything else would throw
  return { cluster, made };
}

function jobOf(cluster: Cluster, input: JsonObject): JobRun<JsonObject> {
  return {
    project: "shop",
    application: null,
    component: null,
    namespace: "kube-system",
    run: "r1",
    job: "evaluate",
    attempt: 1,
    clocks: {},
    onShort: "fail",
    waitingSince: Date.now(),
    capacityWeights: () => Promise.resolve([]),
    waits: { lately: async () => [], add: async () => {} },
    input,
    cluster,
    clock: { now: () => new Date(), sleep: () => new Promise(() => {}) },
    runTime: { since: () => 0, sleep: () => new Promise(() => {}) },
    signal: new AbortController().signal,
    reveal: (text: string) => (isSealed(text) ? SECRET : text),
    report: () => {},
    park: () => {},
    messages: async function* () {},
    callback: () => ({ url: "http://192.0.2.1:8080/api/v1/callback", token: "attempt" }),
    keepLog: async () => {},
  } as unknown as JobRun<JsonObject>; // likewise
}

const hostileText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('"],"hostNetwork":true,"x":["', "{{input.key}}", "{{run.secret}}", "$(TOKEN)", "x\n---\nkind: Pod"),
);
const hostileInput = fc.record({
  one: fc.oneof(hostileText, fc.jsonValue(), fc.constantFrom(...ATTACKS.map((attack) => attack.value))),
  two: fc.oneof(hostileText, fc.jsonValue()),
  key: fc.constant(TOKEN),
});
const attack = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.record({
    at: fc.constantFrom(...ATTACKS.map((one) => one.at)),
    value: fc.oneof(
      fc.constantFrom("{{input.one}}", "{{input.two}}", "{{input.key}}", "x{{input.key}}"),
      fc.jsonValue(),
    ),
  }),
);
const harmless = fc.constantFrom(
  { at: ["spec", "containers", 0, "args", 0], value: "{{input.one}}" },
  { at: ["spec", "containers", 0, "env", 0], value: { name: "MODEL", value: "{{input.two}}" } },
  { at: ["spec", "containers", 0, "env", 1], value: { name: "KEY", value: "{{input.key}}" } },
  { at: ["metadata", "annotations", "note"], value: "{{input.one}}" },
);

const podOf = (object: Manifest): JsonObject | null => {
  const spec = isObject(object["spec"]) ? object["spec"] : {};
  if (object.kind === "Pod") return object;
  const template = spec["template"];
  return object.kind === "Job" && isObject(template)
    ? { apiVersion: "v1", kind: "Pod", metadata: template["metadata"], spec: template["spec"] }
    : null;
};

async function tried(template: Json, input: JsonObject, tier: "T1" | "T3"): Promise<readonly Manifest[]> {
  const { grants } = generousOrder();
  const spec = {
    profile: "gpu",
    input: { type: "object", properties: { key: { type: "string", "x-ui": { secret: true } } } },
    runtime: { tier, image: "busybox:1.36", template },
    capabilities: { network: ["models:443"], secrets: ["token", "registry"], volumes: { max: "100Gi" } },
  };
  const type = registered("ai-eval", spec, { grants });
  const { cluster, made } = keepingCluster();
  const context = { ...SURROUNDINGS, resolve: async () => ["192.0.2.1"] };
  await definitionOf(type, context).run(jobOf(cluster, input));
  return made;
}

/** Labels that kubemin itself puts on every object that it creates. */
const OWN = new Set(["key kubemin.dev/application", "key kubemin.dev/component"]);

describe("whatever is registered and put in", () => {
  it("becomes a pod of the profile in the project's own namespace, or none", async () => {
    let pods = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(harmless, { maxLength: 3 }),
        fc.array(attack, { maxLength: 2 }),
        hostileInput,
        fc.constantFrom("T1" as const, "T3" as const),
        async (good, bad, input, tier) => {
          const template = [...good, ...bad].reduce<Json>((value, { at, value: what }) => put(value, at, what), RICH);
          const json = JSON.parse(JSON.stringify(input)) as JsonObject; // it was made of JSON
          for (const object of await tried(template, json, tier)) {
            const pod = podOf(object);
            const inside = object.metadata.namespace ?? object.metadata.name;
            expect(inside).toBe(runNamespaceOf("shop"));
            if (object.kind !== "Secret") expect(JSON.stringify(object)).not.toContain(TOKEN);
            if (pod === null) continue;
            pods += 1;
            expect([...restrictedViolations(pod), ...promiseViolations(pod)].filter((one) => !OWN.has(one))).toEqual(
              [],
            );
          }
        },
      ),
      { numRuns: 400 },
    );
    // Some registrations must be accepted, or the test would have checked nothing.
    expect(pods).toBeGreaterThan(20);
  });
});
