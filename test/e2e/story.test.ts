// Tests the main task of a user: the shop is deployed, looked at, changed while it is in use, rolled back and deleted.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { jobOf, newestRun, PROJECT } from "./support/asking.ts";
import { countWrites } from "./support/audit.ts";
import {
  apply,
  container,
  dropNamespace,
  everythingIn,
  get,
  kubectl,
  list,
  makeNamespace,
  podsOf,
  until,
} from "./support/kubectl.ts";
import { EXAMPLES, type Product, startProduct } from "./support/product.ts";
import { reachable, startTraffic } from "./support/traffic.ts";

let product: Product;
let namespace: string;
let host: string;
let before: readonly string[];

/** The example in the test's namespace and with a host of its own, because other shops may be on the cluster. */
function shop(change: (text: string) => string = (text) => text): string {
  const text = readFileSync(join(EXAMPLES, "shop.yaml"), "utf8")
    .replace("name: shop\n", `name: shop\nnamespace: ${namespace}\n`)
    .replace("route: { path: / }", `route: { path: /, host: ${host} }`);
  return product.file("shop.yaml", change(text));
}

const deployments = async (): Promise<Map<string, Manifest>> =>
  new Map((await list(namespace, "deployments,statefulsets")).map((one) => [one.metadata.name, one]));

const generation = (objects: ReadonlyMap<string, Manifest>, name: string): number | undefined =>
  objects.get(name)?.metadata.generation;
const time = (text: unknown): number => Date.parse(String(text));
const PAGE = "/cgi-bin/index.cgi";

beforeAll(async () => {
  namespace = await makeNamespace();
  product = await startProduct();
  host = `${namespace}.example.com`;
  await apply(
    namespace,
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "of-somebody-else" }, data: { keep: "me" } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "other" },
      spec: { ports: [{ port: 80 }], selector: { app: "other" } },
    },
  );
  await until(namespace, "endpointslices", (slices) => slices.length > 0);
  before = await everythingIn(namespace);
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

describe("the shop", () => {
  it("is deployed in the right order", async () => {
    const writes = countWrites(namespace);
    const result = await product.kubemin("deploy", shop(), "--yes");
    expect(result.stderr).toMatch(/migrate succeeded/);
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toContain(host);
    expect(writes().length, "the audit log shows what the product wrote").toBeGreaterThan(5);

    const run = await newestRun(product, "shop");
    const [redis, migrate, web] = ["redis", "migrate", "web"].map((name) => jobOf(run, name));
    expect(time(redis?.finishedAt)).toBeLessThanOrEqual(time(migrate?.startedAt));
    expect(time(migrate?.finishedAt)).toBeLessThanOrEqual(time(web?.startedAt));
    // The same order in the times of the cluster, which are in whole seconds.
    const [store] = await podsOf(namespace, "redis");
    const conditions = dig(store, "status", "conditions");
    const ready = Array.isArray(conditions) ? conditions.find((one) => dig(one, "type") === "Ready") : undefined;
    const [job] = await list(namespace, "jobs");
    expect(time(dig(ready, "lastTransitionTime"))).toBeLessThanOrEqual(time(job?.metadata.creationTimestamp));
    const deployment = await get(namespace, "deployment", "web");
    expect(time(dig(job, "status", "completionTime"))).toBeLessThanOrEqual(
      time(deployment?.metadata.creationTimestamp),
    );
  });

  it("shows the real log of migrate, also when its pod is gone", async () => {
    const lines =
      /creating tables in redis at redis:6379\n.*shop:products has 3 rows, shop:schema is at version 1\n.*done\n/;
    const first = await product.kubemin("logs", "shop/migrate");
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(lines) });
    await kubectl(["--namespace", namespace, "delete", "pod", "--selector", "kubemin.dev/component=migrate"]);
    const second = await product.kubemin("logs", "shop/migrate");
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(lines) });
    const kept = await product.kubemin("logs", "shop/migrate", "--run", "1");
    expect(kept).toMatchObject({ code: 0, stdout: expect.stringMatching(lines) });
  });

  it("answers through the route with what migrate made and a visit counter from redis", async () => {
    const one = await reachable(host, PAGE);
    const two = await reachable(host, PAGE);
    expect(one).toMatchObject({ status: 200, body: expect.stringMatching(/apple<td>3.*pear<td>5.*plum<td>8/s) });
    const visits = [one, two].map(({ body }) => Number(/Visit number (\d+)/.exec(body)?.[1]));
    expect((visits[1] ?? 0) - (visits[0] ?? 0)).toBe(1);
  });

  it("is told by status, why, versions, runs", async () => {
    const [status, why, versions, runs] = await Promise.all([
      product.kubemin("status", "shop", "--output", "json"),
      product.kubemin("why", "shop"),
      product.kubemin("versions", "shop", "--output", "json"),
      product.kubemin("runs", "shop"),
    ]);
    for (const result of [status, why, versions, runs]) expect(result.code, result.stderr).toBe(0);
    const told: unknown = JSON.parse(status.stdout);
    expect(told).toMatchObject({
      health: "healthy",
      addresses: [expect.stringContaining(host)],
      clusterKind: "kubernetes",
    });
    expect(dig(told, "components")).toHaveLength(4);
    expect(why.stdout).toMatch(/healthy|ready/);
    expect(JSON.parse(versions.stdout)).toMatchObject({ items: [{ number: 1 }] });
    expect(runs.stdout).toMatch(/succeeded/);
  });

  it("writes nothing when it is deployed again unchanged", async () => {
    const writes = countWrites(namespace);
    const result = await product.kubemin("deploy", shop(), "--yes");
    expect(result.code, result.stderr).toBe(0);
    expect(writes()).toEqual([]);
  });

  it("gets another image without losing a request, and without touching anything else", async () => {
    const objects = await deployments();
    const file = shop((text) =>
      text.replace("image: busybox:1.36\n      port: 8080", "image: busybox:1.37\n      port: 8080"),
    );
    const traffic = startTraffic(host, PAGE);
    const result = await product.kubemin("deploy", file, "--yes", "--message", "a newer busybox");
    // The old pods end after the new ones are ready. Requests that they still had to answer count too.
    await until(namespace, "pods", (pods) =>
      pods.every(
        (pod) =>
          pod.metadata.labels?.["kubemin.dev/component"] !== "web" || container(pod, "web")["image"] === "busybox:1.37",
      ),
    );
    const { requests, failures } = await traffic.stop();
    expect(result.code, result.stderr).toBe(0);
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(50);
    const after = await deployments();
    expect(generation(after, "web")).toBe((generation(objects, "web") ?? 0) + 1);
    for (const name of ["worker", "redis"])
      expect(after.get(name)?.metadata.resourceVersion).toBe(objects.get(name)?.metadata.resourceVersion);
    const diff = await product.kubemin("diff", "shop", "--output", "json");
    const changes = dig(JSON.parse(diff.stdout), "changes");
    const touched = Array.isArray(changes) ? changes.filter((one) => dig(one, "action") !== "unchanged") : [];
    expect(touched).toMatchObject([
      { component: "web", object: { kind: "Deployment", name: "web" }, class: "rolling" },
    ]);
    expect((await product.kubemin("diff", "shop")).stdout).toMatch(/busybox:1\.36.*busybox:1\.37/s);
  });

  it("is rolled back", async () => {
    const result = await product.kubemin("rollback", "shop", "1", "--yes");
    expect(result.code, result.stderr).toBe(0);
    const images = (await podsOf(namespace, "web")).map((pod) => container(pod, "web")["image"]);
    expect(new Set(images)).toEqual(new Set(["busybox:1.36"]));
    const jobs = await list(namespace, "jobs");
    expect(jobs, "migrate did not run again").toHaveLength(1);
    expect(await reachable(host, PAGE)).toMatchObject({ status: 200 });
  });

  it("leaves the namespace as it was, but for the volume", async () => {
    const result = await product.kubemin("delete", "shop", "--yes");
    expect(result.code, result.stderr).toBe(0);
    // The cluster itself removes the EndpointSlices of Services and the leases of pods.
    await until(namespace, "endpointslices", (slices) => slices.length === 1);
    const after = await everythingIn(namespace);
    const left = after.filter((one) => !before.includes(one));
    expect(left).toEqual([expect.stringMatching(/^PersistentVolumeClaim\/data-redis-0 /)]);
    expect(before.filter((one) => !after.includes(one))).toEqual([]);
    expect((await product.kubemin("status", "shop")).code).toBe(5);
    const { items } = await product.client.call("listApplications", { params: { project: PROJECT } });
    expect(items).toEqual([]);
  });

  it("takes up its old volume when it comes back, and removes it only when asked", async () => {
    const claim = await get(namespace, "persistentvolumeclaim", "data-redis-0");
    const again = await product.kubemin("deploy", shop(), "--yes");
    expect(again.code, again.stderr).toBe(0);
    expect((await get(namespace, "persistentvolumeclaim", "data-redis-0"))?.metadata.uid).toBe(claim?.metadata.uid);
    const result = await product.kubemin("delete", "shop", "--yes", "--dangerous-delete-volumes");
    expect(result.code, result.stderr).toBe(0);
    await until(namespace, "endpointslices", (slices) => slices.length === 1);
    expect(await everythingIn(namespace)).toEqual(before);
  });
});
