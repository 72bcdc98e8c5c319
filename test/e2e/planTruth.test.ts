// Tests that the plan is right about the real cluster: it contains changes that were made with kubectl, and a deploy
// that would conflict is refused before anything starts. A Job that its time to live removed counts as done. Values of
// the user reach the program unchanged.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import { idle } from "./support/documents.ts";
import { dropNamespace, get, kubectl, list, makeNamespace, until } from "./support/kubectl.ts";
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

const BUSYBOX = "busybox:1.36";

describe("what kubectl changed behind our back", () => {
  const blind = (version: string): string =>
    product.file(`blind-${version}.json`, {
      name: "blind",
      namespace,
      components: [
        { name: "ba", type: "worker", properties: idle(), traits: { env: { V: version } } },
        { name: "bb", type: "worker", dependsOn: ["ba"], properties: { ...idle(), replicas: 1 } },
        { name: "bc", type: "config", properties: { data: { a: "1" } } },
      ],
    });
  const template = async (): Promise<unknown> => dig(await get(namespace, "deployment", "ba"), "spec", "template");

  it("is in the plan with its owner, and refuses the deploy as a whole; force takes it back", async () => {
    expect((await product.kubemin("deploy", blind("1"), "--yes")).code).toBe(0);
    expect((await product.kubemin("plan", blind("1"), "--exit-code")).code).toBe(0);
    const before = await template();
    await kubectl(["--namespace", namespace, "scale", "deployment/bb", "--replicas=2"]);
    await until(namespace, "deployments", (all) =>
      all.some((one) => one.metadata.name === "bb" && dig(one, "status", "replicas") === 2),
    );
    const plan = await product.kubemin("plan", blind("1"), "--exit-code");
    expect(plan.code).not.toBe(0);
    expect(plan.stderr).toMatch(/bb.*kubectl.*spec\.replicas|kubectl owns.*spec\.replicas/s);
    const forced = await product.kubemin("plan", blind("1"), "--exit-code", "--force");
    expect(forced.code, forced.stderr).toBe(10);
    expect(forced.stdout).toMatch(/update\tin-place\tbb\tDeployment\/bb\tspec\.replicas/);
    expect(forced.stderr).toMatch(/spec\.replicas: 2 → 1 · set on the cluster by kubectl/);
    const refused = await product.kubemin("deploy", blind("2"), "--yes");
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toMatch(/spec\.replicas/);
    expect(await template()).toEqual(before);
    expect((await product.kubemin("deploy", blind("2"), "--yes", "--force")).code).toBe(0);
    expect((await product.kubemin("plan", blind("2"), "--exit-code")).code).toBe(0);
  });

  it("is made again when it is gone", async () => {
    await kubectl(["--namespace", namespace, "delete", "configmap", "bc"]);
    // The watches may report the change a moment later.
    await expect
      .poll(async () => (await product.kubemin("plan", blind("2"), "--exit-code")).stdout, { timeout: 20_000 })
      .toMatch(/create\tcreate\tbc\tConfigMap\/bc/);
    expect((await product.kubemin("deploy", blind("2"), "--yes")).code).toBe(0);
    expect(await get(namespace, "configmap", "bc")).toBeDefined();
  });
});

describe("a Job that its time to live removed", () => {
  const ttl = (): string =>
    product.file("ttl.json", {
      name: "ttl",
      namespace,
      components: [
        {
          name: "ttl-objects",
          type: "objects",
          timeout: "90s",
          properties: {
            objects: [
              {
                apiVersion: "batch/v1",
                kind: "Job",
                metadata: { name: "ttl-job" },
                spec: {
                  ttlSecondsAfterFinished: 0,
                  backoffLimit: 0,
                  template: {
                    spec: {
                      restartPolicy: "Never",
                      containers: [{ name: "c", image: BUSYBOX, command: ["sh", "-c", "echo done"] }],
                    },
                  },
                },
              },
              {
                apiVersion: "v1",
                kind: "Pod",
                metadata: { name: "ttl-slow" },
                spec: {
                  terminationGracePeriodSeconds: 0,
                  containers: [
                    {
                      name: "c",
                      image: BUSYBOX,
                      command: ["sh", "-c", "sleep 100000"],
                      readinessProbe: { initialDelaySeconds: 12, exec: { command: ["true"] } },
                    },
                  ],
                },
              },
            ],
          },
        },
      ],
    });

  it("is done: the run ends though another object takes longer, the status is healthy, nothing is made again", async () => {
    const run = await product.kubemin("deploy", ttl(), "--yes");
    expect(run.code, run.stderr).toBe(0);
    await until(namespace, "jobs", (jobs) => jobs.every((one) => one.metadata.name !== "ttl-job"));
    const status = await product.kubemin("status", "ttl", "--output", "json");
    expect(JSON.parse(status.stdout)).toMatchObject({ health: "healthy" });
    const plan = await product.kubemin("plan", ttl(), "--exit-code");
    expect(plan.code, plan.stdout).toBe(0);
    expect(plan.stderr).toContain("already done with this content in run 1");
    expect((await product.kubemin("deploy", ttl(), "--yes")).code).toBe(0);
    expect((await list(namespace, "jobs")).map((one) => one.metadata.name)).not.toContain("ttl-job");
  });
});

describe("a value that a user gives", () => {
  const SECRET = `t0ken-${randomBytes(4).toString("hex")}`;
  const OPEN = "pa$$word x$(TOKEN)y $é $(";

  it("arrives as it was given, and reaches no secret variable", async () => {
    const text = { type: "string", maxLength: 80, description: "a text" };
    const type = product.file("dollar.json", {
      apiVersion: "kubemin.dev/v1",
      kind: "JobType",
      metadata: { name: "dollar" },
      spec: {
        version: "1.0.0",
        summary: { en: "Prints its input", zh: "打印输入" },
        input: {
          type: "object",
          properties: { open: text, token: { ...text, "x-ui": { secret: true } } },
          required: ["open", "token"],
          additionalProperties: false,
        },
        examples: [{ title: { en: "one", zh: "一" }, input: { open: "hello", token: "t" } }],
        runtime: {
          tier: "T1",
          image: BUSYBOX,
          template: {
            spec: {
              containers: [
                {
                  env: [
                    { name: "TOKEN", value: "{{input.token}}" },
                    { name: "OPEN", value: "{{input.open}}" },
                  ],
                  command: ["sh", "-c", 'echo "env: $OPEN"; echo "arg: $1"', "x", "{{input.open}}"],
                },
              ],
            },
          },
        },
      },
    });
    const registered = await product.kubemin("type", "register", type);
    expect(registered.code, registered.stderr).toBe(0);
    const ran = await product.kubemin("run", "dollar", "--open", OPEN, "--token", SECRET);
    expect(ran.code, ran.stderr).toBe(0);
    const { items } = await product.client.call("listRuns", { params: { project: "default" }, query: {} });
    const run = items.find((one) => one.workflow.includes("dollar"))?.id ?? "";
    const { jobs } = await product.client.call("getRun", { params: { project: "default", run } });
    const log = await product.client.call("getJobLog", {
      params: { project: "default", run, job: jobs[0]?.name ?? "" },
      query: {},
    });
    expect(log.items.map((line) => line.text)).toEqual([`env: ${OPEN}`, `arg: ${OPEN}`]);
  });
});
