// Tests Helm charts: they are rendered by the real helm, deployed to the real cluster and then treated like other
// objects.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { LABELS } from "../../src/model/kubernetes/manifest.ts";
import { ensureBuilt } from "../../tools/cluster/build.ts";
import { goModules } from "../../tools/cluster/modules.ts";
import { countWrites } from "./support/audit.ts";
import { dropNamespace, type Finished, get, kubectl, list, makeNamespace, podsOf } from "./support/kubectl.ts";
import { EXAMPLES, type Product, startProduct } from "./support/product.ts";

const PASSWORD = "open sesame 4711";
let product: Product;
let namespace: string;
let folder: string;

/** A folder with the chart hello in two versions, and variations of it that must be refused. */
function makeCharts(): string {
  const root = mkdtempSync(join(tmpdir(), "kubemin-charts-"));
  const chart = (name: string, files: Readonly<Record<string, string>> = {}): void => {
    cpSync(join(EXAMPLES, "charts/hello"), join(root, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(root, name, file, ".."), { recursive: true });
      writeFileSync(join(root, name, file), text);
    }
  };
  const template = (kind: string, more: string): string =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: {name: extra${more}`;
  chart("hello");
  chart("hello-0.1.0");
  chart("failing", { "templates/extra.yaml": '{{ fail "this chart wants more" }}' });
  chart("hooked", {
    "templates/extra.yaml": template("ConfigMap", ", annotations: {helm.sh/hook: 'pre-install,pre-upgrade'}}"),
  });
  chart("restless", { "templates/extra.yaml": template("ConfigMap", "}\ndata: {id: {{ uuidv4 }}}") });
  chart("leaking", {
    "templates/extra.yaml": template("ConfigMap", "}\ndata: {dsn: 'db://me:{{ .Values.password }}@db'}"),
  });
  chart("straying", { "templates/extra.yaml": template("ConfigMap", ", namespace: kube-system}") });
  chart("wide", {
    "crds/gadgets.yaml": CRD,
    "templates/extra.yaml": "apiVersion: kubemin.test/v1\nkind: Gadget\nmetadata: {name: one}\nspec: {size: 2}",
  });
  symlinkSync("/etc", join(root, "outside"));
  return root;
}

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.kubemin.test, creationTimestamp: null}
spec:
  group: kubemin.test
  scope: Namespaced
  names: {kind: Gadget, listKind: GadgetList, plural: gadgets, singular: gadget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
status: {}
`;

beforeAll(async () => {
  const built = await ensureBuilt(goModules.helm, (line) => process.stderr.write(`helm: ${line}\n`));
  folder = makeCharts();
  namespace = await makeNamespace();
  product = await startProduct({ words: ["--charts", folder], env: { KUBEMIN_HELM: built.program("helm") } });
}, 900_000);

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function document(name: string, properties: JsonObject): string {
  const values = { secretValues: { password: PASSWORD }, ...properties };
  return product.file(`${name}.json`, {
    name,
    namespace,
    components: [{ name, type: "helm", properties: values }],
  });
}

const deploy = (name: string, properties: JsonObject): Promise<Finished> =>
  product.kubemin("deploy", document(name, properties), "--yes");

async function deployed(name: string, properties: JsonObject): Promise<void> {
  const result = await deploy(name, properties);
  expect(result.code, result.stderr + result.stdout).toBe(0);
}

async function refused(name: string, properties: JsonObject): Promise<string> {
  const result = await deploy(name, properties);
  expect(result.code, result.stdout + result.stderr).toBe(2);
  expect(result.stdout + result.stderr).not.toContain(PASSWORD);
  return result.stdout + result.stderr;
}

const page = async (name: string): Promise<unknown> =>
  dig(await get(namespace, "configmap", `${name}-page`), "data", "index.html");

describe("a chart", () => {
  it("is deployed, changed by its values, rolled back and removed without a trace", async () => {
    const name = "greeter";
    await deployed(name, { chart: "hello", values: { greeting: "Hello" } });
    const secret = await get(namespace, "secret", `${name}-login`);
    expect(Buffer.from(String(dig(secret, "data", "password")), "base64").toString()).toBe(PASSWORD);
    const [first] = await podsOf(namespace, name);
    expect(first?.metadata.labels).toMatchObject({ app: "hello", release: name, [LABELS.kubeminComponent]: name });
    const deployment = await get(namespace, "deployment", name);
    expect(dig(deployment, "spec", "selector", "matchLabels")).toEqual({ app: "hello", release: name });

    const writes = countWrites(namespace);
    const again = await deploy(name, { chart: "hello", values: { greeting: "Hello" } });
    expect(again.code, again.stderr).toBe(0);
    expect(writes().filter((line) => !line.includes("dryRun"))).toEqual([]);

    const diff = await product.kubemin("plan", document(name, { chart: "hello", values: { greeting: "Servus" } }));
    expect(diff.stdout).toMatch(/greeter-page/);
    await deployed(name, { chart: "hello", values: { greeting: "Servus" } });
    expect(await page(name)).toBe(`Servus from ${namespace}\n`);
    const [second] = await podsOf(namespace, name);
    expect(second?.metadata.uid).not.toBe(first?.metadata.uid);

    const back = await product.kubemin("rollback", name, "v1", "--yes");
    expect(back.code, back.stderr).toBe(0);
    expect(await page(name)).toBe(`Hello from ${namespace}\n`);

    for (const words of [
      ["versions", name],
      ["status", name],
      ["diff", document(name, { chart: "hello" })],
    ])
      expect((await product.kubemin(...words)).stdout).not.toContain(PASSWORD);
    const gone = await product.kubemin("delete", name, "--yes");
    expect(gone.code, gone.stderr).toBe(0);
    const left = await list(namespace, "deployments,services,configmaps,secrets,pods", "--selector", `release=${name}`);
    expect(left.map((one) => `${one.kind}/${one.metadata.name}`)).toEqual([]);
    expect(product.output()).not.toContain(PASSWORD);
  });

  it("is what others may wait for: the example", async () => {
    const text = readFileSync(join(EXAMPLES, "helm.yaml"), "utf8");
    const file = product.file("example.yaml", text.replace("name: charts", `name: charts\nnamespace: ${namespace}`));
    const result = await product.kubemin("deploy", file, "--yes");
    expect(result.code, result.stderr).toBe(0);
    expect((await product.kubemin("logs", "charts/visitor")).stdout).toContain("Good morning");
    const status = await product.kubemin("status", "charts");
    expect(status.stdout).toMatch(/hello\thelm\thealthy\t2\/2/);
  });

  it("comes as an archive, or in a version of the server's folder", async () => {
    execFileSync("tar", ["-czf", join(folder, "packed.tgz"), "-C", join(EXAMPLES, "charts"), "hello"]);
    const archive = readFileSync(join(folder, "packed.tgz")).toString("base64");
    await deployed("packed", { archive, values: { replicas: 0 } });
    await deployed("dated", { chart: "hello", version: "0.1.0", values: { replicas: 0 } });
    expect(await refused("dated", { chart: "hello", version: "0.2.0" })).toMatch(
      /no chart hello-0\.2\.0.*\n?.*hello-0\.1\.0/,
    );
  });

  it("brings definitions of custom resources before its objects, when the whole cluster is meant", async () => {
    expect(await refused("widening", { chart: "wide" })).toContain("clusterScoped");
    await deployed("widening", { chart: "wide", clusterScoped: true, keep: false, values: { replicas: 0 } });
    expect(dig(await get(namespace, "gadgets.kubemin.test", "one"), "spec", "size")).toBe(2);
    const gone = await product.kubemin("delete", "widening", "--yes");
    expect(gone.code, gone.stderr).toBe(0);
    expect(await kubectl(["get", "crd", "gadgets.kubemin.test", "--ignore-not-found"])).toBe("");
  });
});

describe("a chart is refused, with the reason at its place,", () => {
  const cases: readonly (readonly [string, JsonObject, RegExp])[] = [
    [
      "values that its schema refuses",
      { chart: "hello", values: { replicas: "many" } },
      /got string, want integer[^]*"replicas": "many"/,
    ],
    [
      "secret values that its schema refuses",
      { chart: "hello", secretValues: { password: "short" } },
      /minLength: got 5, want 8[^]*"password"/,
    ],
    ["templates that fail", { chart: "failing" }, /this chart wants more/],
    ["hooks", { chart: "hooked" }, /ConfigMap\/extra is a hook of Helm \(pre-install,pre-upgrade\)/],
    ["another result at each rendering", { chart: "restless" }, /ConfigMap\/extra/],
    [
      "a secret in clear",
      { chart: "leaking" },
      /ConfigMap\/extra would contain a secret value as plain text, at data\.dsn/,
    ],
    ["another namespace", { chart: "straying" }, /ConfigMap\/extra names namespace kube-system/],
    ["a name that is not there", { chart: "helo" }, /did you mean hello/],
    ["a way out of the folder", { chart: "outside/apt" }, /no chart outside\/apt/],
    ["an archive that is none", { archive: "aGVsbG8=" }, /gzipped archive/],
    ["no source at all", {}, /name a chart/],
  ];
  it.each(cases)("%s", async (_what, properties, said) => {
    expect(await refused("bad", properties)).toMatch(said);
  });

  it("but deployed without its hooks when the document says so", async () => {
    const result = await deploy("unhooked", { chart: "hooked", withoutHooks: true, values: { replicas: 0 } });
    expect(result.code, result.stderr).toBe(0);
    expect(await get(namespace, "configmap", "extra")).toBeUndefined();
  });

  it("and checked by its fields alone where there is no server", async () => {
    const { code, stdout, stderr } = await product.kubemin(
      "plan",
      "--offline",
      document("offline", { chart: "hello" }),
    );
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).toContain("charts are rendered only by the server");
  });
});
