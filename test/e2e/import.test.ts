// A Compose file as people have it, imported and deployed on the real cluster.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dropNamespace, exec, makeNamespace, podsOf } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
});

afterAll(async () => {
  await Promise.all([product?.stop(), dropNamespace(namespace)]);
});

it("an imported Compose application runs: its task ends before the web server starts, its secret is a file", async () => {
  const text = readFileSync(new URL("../import/fixtures/compose.yaml", import.meta.url), "utf8");
  // What kubemin does not do is left to the user: building the image.
  const built = text.replace(/build: .*/, "image: busybox:1.36");
  product.file("worker.env", "A=1\n");
  const file = product.file("compose.yaml", built);
  const imported = await product.kubemin("import", file, "--set", "SHOP_TOKEN=open-sesame");
  expect(imported.code, imported.stderr).toBe(0);
  const document = product.file(
    "app.yaml",
    imported.stdout.replace("name: shop\n", `name: shop\nnamespace: ${namespace}\n`),
  );
  const deployed = await product.kubemin("deploy", document, "--yes");
  expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0);
  const [web] = await podsOf(namespace, "web");
  const name = web?.metadata.name ?? "";
  expect(await exec(namespace, name, "cat", "/run/secrets/token")).toBe("open-sesame");
  expect(await exec(namespace, name, "wget", "-qO-", "http://web:8080/")).toBe("hello shop\n");
});
