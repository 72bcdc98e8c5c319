// Tests the component types that are not programs with a Service, on the real cluster: each example deploys, a failure
// has its reason, and a delete leaves only the objects that the documentation names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { endOf, eventOf, hasReason, jobOf, newestRun, submit } from "./support/asking.ts";
import { type Application, type Component, script, worker } from "./support/documents.ts";
import { dropNamespace, get, kubectl, makeNamespace, tryKubectl, until } from "./support/kubectl.ts";
import { EXAMPLES, type Product, startProduct } from "./support/product.ts";

const DEFINITION = "customresourcedefinition/widgets.example.kubemin.dev";

let product: Product;
let namespace: string;

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
  await tryKubectl(["delete", DEFINITION, "--wait=false", "--ignore-not-found"]);
});

const inNamespace = (text: string): string => text.replace(/^name: .*$/m, (line) => `${line}\nnamespace: ${namespace}`);

async function deployExample(file: string, change: (text: string) => string = (text) => text): Promise<string> {
  const text = change(inNamespace(readFileSync(join(EXAMPLES, file), "utf8")));
  const { code, stdout, stderr } = await product.kubemin("deploy", product.file(file, text), "--yes");
  expect(code, stdout + stderr).toBe(0);
  return stdout + stderr;
}

const application = (name: string, ...components: readonly Component[]): Application => ({
  name,
  namespace,
  components,
});

describe("each type is deployed by its example", () => {
  it("daemon: its pod is ready on every node", async () => {
    await deployExample("daemon.yaml");
    const set = await get(namespace, "daemonset", "watcher");
    expect(dig(set, "status", "numberReady")).toBe(dig(set, "status", "desiredNumberScheduled"));
  });

  it("a DaemonSet that no node matches is deployed, and says so", async () => {
    const labels = { app: "nowhere" };
    const spec = { nodeSelector: { "example.com/no": "node" }, containers: [{ name: "a", image: "busybox:1.36" }] };
    const set = {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "nowhere" },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
    const document = application("nowhere", { name: "nowhere", type: "objects", properties: { objects: [set] } });
    const run = await endOf(product, (await submit(product, document)).id);
    expect(jobOf(run, "nowhere")).toMatchObject({ phase: "succeeded", reason: { code: "NoNodeMatches" } });
  });

  it("cron: exists, and runs with the configuration that it reads", async () => {
    await deployExample("cron.yaml");
    await kubectl(["--namespace", namespace, "create", "job", "by-hand", "--from=cronjob/cleanup"]);
    await until(namespace, "jobs", (jobs) =>
      jobs.some((job) => job.metadata.name === "by-hand" && dig(job, "status", "succeeded") === 1),
    );
    const { stdout } = await product.kubemin("logs", "nightly/cleanup");
    expect(stdout).toContain("removing what is older than 30 days");
  });

  it("external: is checked anew each time, and says what it saw", async () => {
    expect(await deployExample("external.yaml")).toContain("accepts connections");
    const first = await get(namespace, "jobs", jobName(await product.kubemin("status", "partner", "-o", "json")));
    expect(await deployExample("external.yaml")).toContain("accepts connections");
    const second = await get(namespace, "jobs", first?.metadata.name ?? "");
    expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
  });

  it("objects: a kind of its own, then an object of it; unchanged the second time, pruned when left out", async () => {
    await deployExample("objects.yaml");
    expect(dig(await get(namespace, "widget", "first"), "spec", "size")).toBe("large");
    expect(await deployExample("objects.yaml")).toContain("unchanged, nothing written");
    const changed = await deployExample("objects.yaml", (text) =>
      text
        .replace("size: large", "size: small")
        .replace(/ {8}- apiVersion: rbac[\s\S]*?(?= {8}- apiVersion: v1\n)/, ""),
    );
    expect(changed).toContain("Role/widget-reader");
    expect(await get(namespace, "role", "widget-reader")).toBeUndefined();
    expect(dig(await get(namespace, "widget", "first"), "spec", "size")).toBe("small");
  });

  it("store: PostgreSQL takes the password of the secret, and no other", async () => {
    await deployExample("database.yaml");
    const psql = ["--namespace", namespace, "exec", "database-0", "--"];
    const query = ["-Atc", "select count(*) from books"];
    const ask = (password: string) =>
      tryKubectl([
        ...psql,
        "env",
        `PGPASSWORD=${password}`,
        "psql",
        "-h",
        "database",
        "-U",
        "library",
        "library",
        ...query,
      ]);
    expect((await ask("correct horse battery staple")).stdout.trim()).toBe("0");
    expect((await ask("wrong")).stderr).toContain("password authentication failed");
  });
});

/** The name of the Job that does the check, from the output of a command. */
function jobName({ stdout }: { readonly stdout: string }): string {
  return /api-check-[0-9a-f]{8}/.exec(stdout)?.[0] ?? "";
}

describe("what goes wrong is told apart", () => {
  const external = (name: string, properties: JsonObject): Component => ({ name, type: "external", properties });

  it("something external that does not answer, by what was seen; who needs it does not start", async () => {
    const document = application(
      "partners",
      external("closed", { host: "kubernetes.default.svc.cluster.local", port: 9, check: { within: "2s" } }),
      external("nameless", {
        host: "db.no-such-place.svc.cluster.local",
        port: 80,
        check: { type: "http", within: "2s" },
      }),
      worker("user", { dependsOn: ["closed"] }),
    );
    const run = await endOf(product, (await submit(product, document)).id);
    expect(jobOf(run, "closed")).toMatchObject({ phase: "failed", reason: { code: "Unreachable" } });
    expect(jobOf(run, "closed").reason.message).toMatch(/kubernetes\.default\S*:9, .*connect|unreachable|refused/);
    expect(jobOf(run, "nameless").reason.message).toMatch(/bad address/);
    expect(jobOf(run, "user").phase).toBe("skipped");
    expect(await get(namespace, "deployment", "user")).toBeUndefined();
  });

  it("a run of a cron that failed shows in the status, not in the deployment", async () => {
    const properties = { ...script("echo no disk; exit 3"), schedule: "0 0 1 1 *" };
    const document = application("reports", { name: "report", type: "cron", properties });
    expect((await endOf(product, (await submit(product, document)).id)).phase).toBe("succeeded");
    await kubectl(["--namespace", namespace, "create", "job", "bad-run", "--from=cronjob/report"]);
    await until(namespace, "jobs", (jobs) =>
      jobs.some((job) => job.metadata.name === "bad-run" && dig(job, "status", "failed") === 1),
    );
    await expect
      .poll(async () => (await product.kubemin("status", "reports", "-o", "json")).stdout, { timeout: 20_000 })
      .toContain("the last run of CronJob/report failed: the task exited with code 3");
    expect((await endOf(product, (await submit(product, document)).id)).phase).toBe("succeeded");
  });

  it("a custom resource is awaited by the rule that the document gives", async () => {
    await deployExample("objects.yaml");
    const widget = {
      apiVersion: "example.kubemin.dev/v1",
      kind: "Widget",
      metadata: { name: "ruled" },
      spec: { size: "s" },
    };
    const ready = [
      {
        kind: "Widget",
        when: { field: "status.phase", is: "Running" },
        failed: { field: "status.phase", is: "Broken" },
      },
    ];
    const document = application("ruled", { name: "ruled", type: "objects", properties: { objects: [widget], ready } });
    const patch = async (phase: string): Promise<void> => {
      const words = ["patch", "widget", "ruled", "--subresource=status", "--type=merge", "--patch"];
      await kubectl(["--namespace", namespace, ...words, JSON.stringify({ status: { phase } })]);
    };
    const first = await submit(product, document);
    await eventOf(product, first.id, (event) => hasReason(event, "ruled", "NotYet"));
    await patch("Running");
    expect((await endOf(product, first.id)).phase).toBe("succeeded");
    await patch("Broken");
    const second = await endOf(product, (await submit(product, document)).id);
    expect(jobOf(second, "ruled")).toMatchObject({ phase: "failed", reason: { code: "ReportedFailure" } });
  });

  it("a kind that nobody serves, before anything starts", async () => {
    const strange = { apiVersion: "example.com/v1", kind: "Strange", metadata: { name: "a" } };
    const document = application("strange", { name: "a", type: "objects", properties: { objects: [strange] } });
    const { code, stderr } = await product.kubemin("deploy", product.file("strange.json", document), "--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("it does not serve example.com/v1 Strange");
  });
});

describe("deleting", () => {
  it("takes the objects, and keeps the definition that others may use", async () => {
    await deployExample("objects.yaml");
    const { code, stderr } = await product.kubemin("delete", "widgets", "--yes");
    expect(code, stderr).toBe(0);
    expect(await get(namespace, "widget", "first")).toBeUndefined();
    expect(await get(namespace, "secret", "widget-token")).toBeUndefined();
    expect((await tryKubectl(["get", DEFINITION])).code).toBe(0);
    expect(await newestRun(product, "ruled")).toBeDefined();
  });
});
