// Tests that no request is lost during changes of the configuration, of the number of replicas, and during the restart
// of a store. story.test.ts tests the change of an image.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUSYBOX, type Component } from "./support/documents.ts";
import { dropNamespace, makeNamespace, podsOf, until } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";
import { reachable, startTraffic } from "./support/traffic.ts";

let product: Product;
let namespace: string;
let host: string;
const PAGE = "/index.html";

interface Settings {
  readonly title: string;
  readonly replicas: number;
  readonly store: string;
}

/** The page is a file of the configuration, so a change of it rolls the web pods. */
function file({ title, replicas, store }: Settings): string {
  const components: readonly Component[] = [
    { name: "page", type: "config", properties: { data: { "index.html": `<h1>${title}</h1>` } } },
    {
      name: "web",
      type: "webservice",
      properties: {
        image: BUSYBOX,
        port: 8080,
        replicas,
        command: ["sh", "-c", "httpd -f -p 8080 -h /www & server=$!; trap 'kill $server; exit 0' TERM; wait $server"],
      },
      traits: {
        storage: [{ type: "config", name: "page", mountPath: "/www" }],
        env: { STORE: { component: "store", output: "host" } },
        route: { path: "/", host },
      },
    },
    { name: "store", type: "store", properties: { preset: "redis", volume: false }, traits: { env: { WORD: store } } },
  ];
  return product.file("busy.json", { name: "busy", namespace, components });
}

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
  host = `${namespace}.example.com`;
  const first = await product.kubemin("deploy", file({ title: "one", replicas: 2, store: "a" }), "--yes");
  expect(first.code, first.stderr).toBe(0);
  expect(await reachable(host, PAGE)).toMatchObject({ status: 200, body: expect.stringContaining("one") });
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

describe("requests without a break", () => {
  it.each<[string, Settings, number]>([
    ["a change of the configuration", { title: "two", replicas: 2, store: "a" }, 2],
    ["more replicas", { title: "two", replicas: 4, store: "a" }, 4],
    ["fewer replicas", { title: "two", replicas: 1, store: "a" }, 1],
    ["a restart of the store beside it", { title: "two", replicas: 1, store: "b" }, 1],
    ["a change of the configuration with one replica", { title: "three", replicas: 1, store: "b" }, 1],
  ])("%s loses none of them", async (_what, settings, pods) => {
    const before = new Set((await podsOf(namespace, "web")).map((pod) => pod.metadata.uid));
    const title = (await reachable(host, PAGE)).body;
    const traffic = startTraffic(host, PAGE);
    const result = await product.kubemin("deploy", file(settings), "--yes");
    // The old pods end after the new ones are ready. Requests that they still had to answer count too.
    const rolled = !title.includes(settings.title);
    await until(namespace, "pods", (all) => {
      const web = all.filter((pod) => pod.metadata.labels?.["kubemin.dev/component"] === "web");
      return web.length === pods && (!rolled || web.every((pod) => !before.has(pod.metadata.uid)));
    });
    const { requests, failures } = await traffic.stop();
    expect(result.code, result.stderr).toBe(0);
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(50);
    // A node may mount the ConfigMap as it was a moment before the change: its kubelet watches ConfigMaps on its own, and
    // updates the file within its sync period of about a minute.
    await expect
      .poll(async () => (await reachable(host, PAGE)).body, { timeout: 120_000, interval: 500 })
      .toContain(settings.title);
    if (!rolled) expect((await podsOf(namespace, "web")).some((pod) => before.has(pod.metadata.uid))).toBe(true);
  });
});
