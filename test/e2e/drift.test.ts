// Tests drift and adoption on the real cluster: changes that others make to kubemin's objects are shown and repaired on
// request, and objects that already exist are taken over on request.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { BUSYBOX, idle } from "./support/documents.ts";
import { apply, dropNamespace, get, kubectl, makeNamespace, until } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

const PASSWORD = "a-password-that-nobody-may-see";
const OTHER_PASSWORD = "another-password-that-nobody-may-see";

function team(name: string, more: JsonObject = {}): string {
  return product.file(`${name}.json`, {
    name,
    namespace,
    ...more,
    components: [
      { name: `${name}-settings`, type: "config", properties: { data: { level: "info" } } },
      { name: `${name}-keys`, type: "secret", properties: { data: { password: PASSWORD } } },
      { name: `${name}-app`, type: "worker", properties: { ...idle(), replicas: 1 } },
    ],
  });
}

async function deployed(path: string, ...words: readonly string[]): Promise<void> {
  const result = await product.kubemin("deploy", path, "--yes", ...words);
  expect(result.code, result.stderr).toBe(0);
}

const patch = (kind: string, name: string, change: JsonObject): Promise<string> =>
  kubectl([
    "--namespace",
    namespace,
    "patch",
    kind,
    name,
    "--type=merge",
    "--patch",
    JSON.stringify(change),
    "--field-manager=sombra",
  ]);

describe("drift", () => {
  it("is none right after a deploy", async () => {
    await deployed(team("calm"));
    expect(await product.kubemin("diff", "calm", "--live", "--exit-code")).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringContaining("the cluster matches what was deployed"),
    });
    const status = await product.kubemin("status", "calm", "--output", "json");
    expect(status.stdout).not.toContain('"drift"');
  });

  it("is told with who did it, secrets only as changed", async () => {
    await patch("deployment", "calm-app", {
      spec: { replicas: 2, template: { metadata: { annotations: { theirs: "1" } } } },
    });
    await patch("secret", "calm-keys", { stringData: { password: OTHER_PASSWORD, beside: "theirs" } });
    await patch("configmap", "calm-settings", { data: { level: "debug", beside: "theirs" } });
    await until(
      namespace,
      "pods",
      (pods) => pods.filter((pod) => pod.metadata.name.startsWith("calm-app")).length >= 2,
    );
    const live = await product.kubemin("diff", "calm", "--live", "--exit-code");
    expect(live.code).toBe(10);
    expect(live.stdout).toMatch(/Deployment\/calm-app.*\n\s+spec\.replicas · set by .*sombra.*\n\s+- 2\n\s+\+ 1/);
    expect(live.stdout).toMatch(/ConfigMap\/calm-settings.*\n\s+data\.level · set by sombra\n\s+- debug\n\s+\+ info/);
    expect(live.stdout).toMatch(/Secret\/calm-keys.*\n\s+data\.password · set by sombra\n\s+- •+\n\s+\+ •+/);
    expect(live.stdout).not.toMatch(/beside|theirs|nobody-may-see/);
    const values = [PASSWORD, OTHER_PASSWORD].map((one) => Buffer.from(one).toString("base64"));
    for (const value of values) expect(live.stdout).not.toContain(value);
    const status = await product.kubemin("status", "calm");
    expect(status.stdout).toMatch(/calm-app.*drifted: 1 field, by sombra/);
    expect(status.stdout).toMatch(/calm-keys.*drifted: 1 field, by sombra/);
  });

  it("is taken back by a deploy with force, and what others added beside stays", async () => {
    const refused = await product.kubemin("deploy", team("calm"), "--yes");
    expect(refused).toMatchObject({ code: expect.any(Number), stderr: expect.stringContaining("sombra") });
    await deployed(team("calm"), "--force");
    expect(dig(await get(namespace, "deployment", "calm-app"), "spec", "replicas")).toBe(1);
    expect(dig(await get(namespace, "configmap", "calm-settings"), "data")).toEqual({
      level: "info",
      beside: "theirs",
    });
    expect((await product.kubemin("diff", "calm", "--live", "--exit-code")).code).toBe(0);
  });

  it("of a Secret's keys: one that the document no longer has goes away", async () => {
    const keys = (data: JsonObject): string =>
      product.file("keys.json", {
        name: "keys",
        namespace,
        components: [{ name: "pair", type: "secret", properties: { data } }],
      });
    await deployed(keys({ one: "1", two: "2" }));
    await deployed(keys({ one: "1" }));
    expect(Object.keys(dig(await get(namespace, "secret", "pair"), "data") ?? {})).toEqual(["one"]);
  });

  it("is repaired by itself when the document says so, visibly", async () => {
    await deployed(team("firm", { drift: "repair" }));
    await patch("deployment", "firm-app", { spec: { replicas: 3 } });
    await until(namespace, "deployments", (all) =>
      all.some(
        (one) =>
          one.metadata.name === "firm-app" && dig(one, "spec", "replicas") === 1 && (one.metadata.generation ?? 0) >= 3,
      ),
    );
    await kubectl(["--namespace", namespace, "delete", "configmap", "firm-settings"]);
    await until(namespace, "configmaps", (all) => all.some((one) => one.metadata.name === "firm-settings"));
    const { items } = await product.client.call("listRuns", {
      params: { project: "default" },
      query: { application: "firm" },
    });
    const repairs = items.filter((run) => run.actor === "kubemin:drift-repair");
    expect(repairs.length).toBeGreaterThanOrEqual(2);
    expect(repairs.at(-1)?.message).toMatch(/^drift repair: Deployment\/firm-app spec\.replicas by sombra/);
    expect(repairs[0]?.message).toMatch(/^drift repair \(2 in a row\): ConfigMap\/firm-settings is gone/);
    expect(new Set(items.map((run) => run.revision))).toEqual(new Set([1]));
  });
});

describe("objects that exist already", () => {
  const labels = { app: "old" };
  const document = (name: string): string =>
    product.file(`${name}-adopt.json`, {
      name,
      namespace,
      components: [
        { name: "old-settings", type: "config", properties: { data: { level: "info" } } },
        { name: "old-app", type: "worker", properties: idle() },
      ],
    });

  it("are refused, then adopted when asked: what kubectl apply set and the document does not say goes away", async () => {
    await apply(
      namespace,
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "old-settings" },
        data: { level: "warn", surplus: "1" },
      },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "old-app" },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              containers: [{ name: "main", image: BUSYBOX, command: ["sleep", "infinity"] }],
              terminationGracePeriodSeconds: 0,
            },
          },
        },
      },
    );
    const refused = await product.kubemin("deploy", document("heir"), "--yes");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/ConfigMap\/old-settings.*--adopt/s) });
    const plan = await product.kubemin("plan", document("heir"), "--adopt");
    expect(plan.stdout).toMatch(/adopt\tin-place\told-settings\tConfigMap\/old-settings/);
    expect(plan.stdout).toMatch(/adopt\trecreate\told-app\tDeployment\/old-app/);
    const before = await get(namespace, "configmap", "old-settings");
    await deployed(document("heir"), "--adopt");
    const after = await get(namespace, "configmap", "old-settings");
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(dig(after, "data")).toEqual({ level: "info" });
    expect(after?.metadata.annotations?.["kubectl.kubernetes.io/last-applied-configuration"]).toBeUndefined();
    expect(dig(await get(namespace, "deployment", "old-app"), "spec", "selector", "matchLabels")).toMatchObject({
      "kubemin.dev/application": "heir",
    });
    await deployed(document("heir"));
  });

  it("of another application are never taken over", async () => {
    const refused = await product.kubemin("deploy", document("thief"), "--yes", "--adopt");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("application heir of project default") });
  });
});
