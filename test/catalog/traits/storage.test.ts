// The trait `storage`: what each of its items becomes, and what is refused.
import { describe, expect, it } from "vitest";
import { dig, type Json, type JsonObject } from "../../../src/model/data/json.ts";
import type { Plan } from "../../../src/model/run/plan.ts";
import { app, codes, find, goodPlan, manifests, planOf, seal } from "../../plan/planned.ts";

const worker = (storage: Json, more: JsonObject = {}): JsonObject => ({
  name: "web",
  type: "worker",
  properties: { image: "busybox:1.36", ...more },
  traits: { storage },
});
const pod = (plan: Plan, kind = "Deployment"): unknown => dig(find(plan, kind), "spec", "template", "spec");
const main = (plan: Plan): unknown => dig(pod(plan), "containers", 0);

describe("storage", () => {
  it("persistent: a claim of its own, mounted; a bare size means Gi; kept at deletion", () => {
    for (const size of ["20", 20, "20Gi"]) {
      const plan = goodPlan(app(worker([{ type: "persistent", mountPath: "/data", size }])));
      expect(find(plan, "PersistentVolumeClaim", "web-data")["spec"]).toEqual({
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "20Gi" } },
        volumeMode: "Filesystem",
      });
      expect(dig(pod(plan), "volumes")).toEqual([{ name: "data", persistentVolumeClaim: { claimName: "web-data" } }]);
      expect(dig(main(plan), "volumeMounts")).toEqual([{ name: "data", mountPath: "/data" }]);
      expect(plan.jobs[0]?.objects.map((object) => [object.manifest.kind, object.keep])).toEqual([
        ["PersistentVolumeClaim", true],
        ["Deployment", false],
      ]);
    }
  });

  it("persistent in a store: each replica its own, from a template", () => {
    const store = { name: "db", type: "store", properties: { preset: "redis" } };
    const item = { type: "persistent", name: "backup", mountPath: "/backup", size: "5Gi", storageClass: "fixed" };
    const plan = goodPlan(app({ ...store, traits: { storage: [item] } }));
    const templates = dig(find(plan, "StatefulSet"), "spec", "volumeClaimTemplates");
    expect(templates).toMatchObject([
      { metadata: { name: "data" }, spec: { resources: { requests: { storage: "1Gi" } } } },
      { metadata: { name: "backup" }, spec: { storageClassName: "fixed" } },
    ]);
    expect(dig(pod(plan, "StatefulSet"), "volumes")).toBeUndefined();
    expect(manifests(plan).map((one) => one.kind)).not.toContain("PersistentVolumeClaim");
  });

  it("ephemeral: an emptyDir; only persistent has a size", () => {
    const plan = goodPlan(app(worker([{ type: "ephemeral", mountPath: "/cache", sizeLimit: "1024Mi" }])));
    expect(dig(pod(plan), "volumes")).toEqual([{ name: "cache", emptyDir: { sizeLimit: "1Gi" } }]);
    for (const type of ["ephemeral", "config", "secret"]) {
      const item = { type, name: "one", mountPath: "/x", size: "20" };
      expect(codes(planOf(app(worker([item]))))).toEqual(["error UnknownField /components/0/traits/storage/0/size"]);
    }
  });

  it("config and secret: environment without a mountPath, read-only files with one", () => {
    const items = [
      { type: "config", name: "settings", data: { A: "1" } },
      { type: "secret", name: "keys", data: { B: "hidden" } },
      { type: "config", name: "files", mountPath: "/etc/files", data: { "a.txt": "x" } },
      { type: "secret", name: "certs", mountPath: "/etc/certs", data: { "tls.key": "hidden" } },
    ];
    const plan = goodPlan(app(worker(items)));
    expect(dig(main(plan), "envFrom")).toEqual([
      { configMapRef: { name: "settings" } },
      { secretRef: { name: "keys" } },
    ]);
    expect(dig(main(plan), "volumeMounts")).toEqual([
      { name: "files", mountPath: "/etc/files", readOnly: true },
      { name: "certs", mountPath: "/etc/certs", readOnly: true },
    ]);
    expect(find(plan, "Secret", "keys")).toMatchObject({ type: "Opaque", stringData: { B: seal("hidden") } });
    expect(JSON.stringify(plan)).not.toContain("hidden");
  });

  it("bytes that are not UTF-8 go to binaryData", () => {
    const data = { text: { base64: "aGVsbG8=" }, bytes: { base64: "/wD+" } };
    const plan = goodPlan(app(worker([{ type: "config", name: "mixed", data }])));
    expect(find(plan, "ConfigMap")).toMatchObject({ data: { text: "hello" }, binaryData: { bytes: "/wD+" } });
  });

  it("configuration over 1 MiB is refused", () => {
    const data = { big: "x".repeat(1024 * 1024 + 100) };
    const wanted = ["error ConfigTooLarge /components/0/traits/storage/0/data"];
    expect(codes(planOf(app(worker([{ type: "config", name: "big", data }]))))).toEqual(wanted);
    expect(codes(planOf(app(worker([{ type: "secret", name: "big", data }]))))).toEqual(wanted);
  });

  it("a subPath mount warns that it will not follow changes", () => {
    const item = { type: "config", name: "motd", mountPath: "/etc/motd", subPath: "motd", data: { motd: "hi" } };
    expect(codes(planOf(app(worker([item]))))).toEqual(["warning SubPathStale /components/0/traits/storage/0/subPath"]);
  });

  it("a mountPath that is used twice is refused, with both places", () => {
    const items = [
      { type: "ephemeral", name: "a", mountPath: "/x" },
      { type: "ephemeral", name: "b", mountPath: "/x/" },
    ];
    const { problems } = planOf(app(worker(items)));
    expect(problems).toMatchObject([
      {
        code: "MountPathTwice",
        pointer: "/components/0/traits/storage/1/mountPath",
        params: { path: "/x", first: "/components/0/traits/storage/0/mountPath" },
      },
    ]);
    const store = { name: "db", type: "store", properties: { preset: "redis" } };
    const item = { type: "ephemeral", name: "own", mountPath: "/data" };
    expect(codes(planOf(app({ ...store, traits: { storage: [item] } })))).toEqual([
      "error MountPathTwice /components/0/traits/storage/0/mountPath",
    ]);
  });

  it("a volume for one node: the old pod ends first, and several replicas are refused", () => {
    const item = { type: "persistent", mountPath: "/data", size: 1 };
    const plan = goodPlan(app(worker([item])));
    expect(dig(find(plan, "Deployment"), "spec", "strategy")).toEqual({ type: "Recreate" });
    expect(codes(planOf(app(worker([item], { replicas: 2 }))))).toEqual([
      "error VolumeShared /components/0/traits/storage/0",
    ]);
    const shared = goodPlan(app(worker([{ ...item, accessModes: ["ReadWriteMany"] }], { replicas: 2 })));
    expect(dig(find(shared, "Deployment"), "spec", "strategy", "type")).toBe("RollingUpdate");
  });

  it("a storage class that the cluster does not have is refused", () => {
    const item = { type: "persistent", mountPath: "/data", size: 1, storageClass: "standart" };
    const { problems } = planOf(app(worker([item])));
    expect(problems).toMatchObject([
      { code: "NoStorageClass", pointer: "/components/0/traits/storage/0/storageClass", nearest: "standard" },
    ]);
  });
});

describe("secret values", () => {
  it.each<[string, JsonObject]>([
    ["of another type than text", worker([{ type: "secret", name: "s", data: { pin: 987654321 } }])],
    ["under a type that is written wrong", worker([{ type: "secrets", name: "s", data: { pin: "987654321" } }])],
    ["in no list", worker({ type: "secret", name: "s", data: { pin: "987654321" } })],
    ["not below a key", { name: "one", type: "secret", properties: { data: "987654321" } }],
  ])("%s show up nowhere", (_case, component) => {
    expect(JSON.stringify(planOf(app(component)))).not.toContain("987654321");
  });
});
