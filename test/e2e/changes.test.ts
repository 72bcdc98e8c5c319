// Tests changes that Kubernetes cannot make in place, on the real cluster: the plan says correctly what happens to the
// pods and the data.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { newestRun } from "./support/asking.ts";
import { BUSYBOX, type Component, idle } from "./support/documents.ts";
import { dropNamespace, get, kubectl, list, makeNamespace, podsOf, tryKubectl } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
  const [standard] = (JSON.parse(await kubectl(["get", "storageclass", "--output", "json"])) as { items: JsonObject[] })
    .items; // a list
  // The provisioner need not support larger volumes, because the API server only checks the storage class.
  await create({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: namespace },
    provisioner: standard?.["provisioner"] ?? "kubernetes.io/host-path",
    allowVolumeExpansion: true,
  });
  await create({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: namespace },
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        resourceRules: [
          { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["statefulsets"] },
        ],
      },
      validations: [
        {
          expression:
            "!has(object.spec.volumeClaimTemplates) || object.spec.volumeClaimTemplates.all(t, t.spec.resources.requests.storage != '9Gi')",
          message: "nine are too many",
        },
      ],
    },
  });
  await create({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: namespace },
    spec: { policyName: namespace, validationActions: ["Deny"] },
  });
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
  for (const kind of ["validatingadmissionpolicybinding", "validatingadmissionpolicy", "storageclass"])
    await tryKubectl(["delete", kind, namespace, "--ignore-not-found"]);
});

const create = (object: JsonObject): Promise<string> => kubectl(["create", "--filename", "-"], JSON.stringify(object));

const file = (name: string, ...components: readonly Component[]): string =>
  product.file(`${name}.json`, { name, namespace, components });
const database = (size: string): string =>
  file("base", {
    name: "db",
    type: "store",
    properties: { preset: "redis", volume: { size, storageClass: namespace } },
  });
const web = (name: string): Component => ({
  name,
  type: "webservice",
  properties: {
    image: BUSYBOX,
    port: 8080,
    command: ["sh", "-c", "httpd -f -p 8080 -h /tmp & server=$!; trap 'kill $server; exit 0' TERM; wait $server"],
  },
});

async function planned(path: string) {
  const result = await product.kubemin("plan", path, "--output", "json");
  expect(result.code, result.stderr).toBe(0);
  const changes = dig(JSON.parse(result.stdout), "changes");
  return Array.isArray(changes) ? changes.filter((one) => dig(one, "action") !== "unchanged") : [];
}

async function deployed(path: string): Promise<void> {
  const result = await product.kubemin("deploy", path, "--yes");
  expect(result.code, result.stderr).toBe(0);
}

const identity = async () => {
  const [set, [pod], claim] = await Promise.all([
    get(namespace, "statefulset", "db"),
    podsOf(namespace, "db"),
    get(namespace, "pvc", "data-db-0"),
  ]);
  return {
    set: set?.metadata.uid,
    template: dig(set, "spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage"),
    pod: pod?.metadata.uid,
    restarts: dig(pod, "status", "containerStatuses", 0, "restartCount"),
    owner: dig(pod, "metadata", "ownerReferences", 0, "uid"),
    claim: claim?.metadata.uid,
    size: dig(claim, "spec", "resources", "requests", "storage"),
  };
};

describe("a store's volume", () => {
  it("grows without a restart: the set is made anew around its pods", async () => {
    await deployed(database("1Gi"));
    const before = await identity();
    expect(await planned(database("2Gi"))).toMatchObject([
      { object: { kind: "StatefulSet" }, class: "orphan-recreate", disruption: "none" },
    ]);
    await deployed(database("2Gi"));
    const after = await identity();
    expect(after).toMatchObject({ pod: before.pod, restarts: 0, claim: before.claim, size: "2Gi", template: "2Gi" });
    expect(after.set).not.toBe(before.set);
    expect(after.owner, "the new set has taken over the pod").toBe(after.set);
    await deployed(database("2Gi"));
    expect(await identity()).toEqual(after);
  });

  it("never shrinks: refused before anything starts, with the way to do it", async () => {
    const before = await identity();
    const result = await product.kubemin("deploy", database("1Gi"), "--yes");
    expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(/cannot shrink.*data migration/s) });
    expect(await identity()).toEqual(before);
  });

  it("stays as it was when the new set is refused: the old one is put back, its pods went on", async () => {
    const before = await identity();
    const result = await product.kubemin("deploy", database("9Gi"), "--yes");
    expect(result).toMatchObject({ code: expect.any(Number), stderr: expect.stringContaining("nine are too many") });
    expect(result.code).not.toBe(0);
    const after = await identity();
    expect(after).toMatchObject({ pod: before.pod, restarts: 0, claim: before.claim, size: "2Gi", template: "2Gi" });
    expect(after.owner).toBe(after.set);
    // The newest revision says 9Gi, which never took effect; a deploy with the real size must still work.
    expect(await planned(database("9Gi"))).toMatchObject([
      { object: { kind: "StatefulSet" }, class: "orphan-recreate" },
    ]);
    await kubectl(["delete", "validatingadmissionpolicybinding", namespace]);
    // The API server still applies a deleted policy for a moment.
    await expect
      .poll(async () => (await product.kubemin("deploy", database("9Gi"), "--yes")).code, { timeout: 30_000 })
      .toBe(0);
    expect(await identity()).toMatchObject({ pod: before.pod, claim: before.claim, size: "9Gi", template: "9Gi" });
  });
});

describe("what a component is", () => {
  it("changes from a Deployment to a StatefulSet of the same name and back", async () => {
    await deployed(file("kinds", web("thing")));
    await deployed(file("kinds", { name: "thing", type: "store", properties: { preset: "redis", volume: false } }));
    expect(await get(namespace, "deployment", "thing")).toBeUndefined();
    expect(dig(await get(namespace, "statefulset", "thing"), "status", "readyReplicas")).toBe(1);
    await deployed(file("kinds", web("thing")));
    expect(await get(namespace, "statefulset", "thing")).toBeUndefined();
    expect(dig(await get(namespace, "deployment", "thing"), "status", "readyReplicas")).toBe(1);
  });

  it("makes a headless Service a normal one of the same name", async () => {
    const before = file("names", { name: "x", type: "store", properties: { preset: "redis", volume: false } });
    await deployed(before);
    const headless = await get(namespace, "service", "x-pods");
    expect(dig(headless, "spec", "clusterIP")).toBe("None");
    const after = file("names", web("x-pods"));
    const changes = await planned(after);
    expect(
      changes.find((one) => dig(one, "object", "name") === "x-pods" && dig(one, "object", "kind") === "Service"),
    ).toMatchObject({
      class: "recreate",
      disruption: "interruption",
    });
    await deployed(after);
    const normal = await get(namespace, "service", "x-pods");
    expect(dig(normal, "spec", "clusterIP")).toMatch(/^\d/);
    expect(normal?.metadata.uid).not.toBe(headless?.metadata.uid);
    expect(await get(namespace, "service", "x"), "what the store had beside it is gone").toBeUndefined();
  });
});

describe("a deploy that fails", () => {
  const checked = (word: string, code: number): string =>
    product.file("checked.json", {
      name: "checked",
      namespace,
      onFailure: "rollback",
      components: [
        { name: "app", type: "worker", properties: idle(`echo ${word}`) },
        {
          name: "check",
          type: "task",
          dependsOn: ["app"],
          properties: { image: BUSYBOX, command: ["sh", "-c", `echo ${word}; exit ${code}`], retries: 0 },
        },
      ],
    });

  it("is rolled back by itself, once, and says because of what", async () => {
    await deployed(checked("good", 0));
    const result = await product.kubemin("deploy", checked("bad", 1), "--yes");
    expect(result.code).toBe(1);
    const list = async () =>
      (await product.client.call("listRuns", { params: { project: "default" }, query: { application: "checked" } }))
        .items;
    await expect
      .poll(async () => (await newestRun(product, "checked")).phase === "succeeded" && (await list()).length === 3, {
        timeout: 60_000,
      })
      .toBe(true);
    const [rollback, failed] = await list();
    expect(failed).toMatchObject({ number: 2, phase: "failed" });
    expect(rollback).toMatchObject({
      number: 3,
      revision: 3,
      actor: "kubemin:rollback",
      message: "rollback to revision 1 because run 2 failed",
    });
    const [pod] = (await podsOf(namespace, "app")).filter(
      (one) => dig(one, "metadata", "deletionTimestamp") === undefined,
    );
    expect(JSON.stringify(pod?.["spec"])).toContain("echo good");
  });
});

describe("removed components", () => {
  it("go by uid: what took the place of one stays, and so does what somebody keeps", async () => {
    const config = (name: string): Component => ({ name, type: "config", properties: { data: { a: name } } });
    await deployed(file("parts", config("one"), config("two"), config("three")));
    await kubectl(["--namespace", namespace, "delete", "configmap", "two"]);
    await kubectl(["--namespace", namespace, "create", "configmap", "two", "--from-literal=mine=1"]);
    await deployed(file("parts", config("one")));
    const names = (await list(namespace, "configmaps")).map((one) => one.metadata.name);
    expect(names).toContain("two");
    expect(names).toContain("one");
    expect(names).not.toContain("three");
  });
});
