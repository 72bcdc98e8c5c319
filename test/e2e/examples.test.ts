// Tests the examples that no other test deploys: each is deployed unchanged to a namespace of its own, and then once
// more, which must write nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dropNamespace, makeNamespace } from "./support/kubectl.ts";
import { EXAMPLES, type Product, startProduct } from "./support/product.ts";

const FILES = [
  "careful.yaml",
  "config.yaml",
  "migrate-volume.yaml",
  "pod.yaml",
  "storage.yaml",
  "task.yaml",
  "web.yaml",
  "web-worker-redis.yaml",
];

let product: Product;
const namespaces: string[] = [];

beforeAll(async () => {
  product = await startProduct();
});

afterAll(async () => {
  await product?.stop();
  await Promise.all(namespaces.map(dropNamespace));
});

describe("an example", { concurrent: true }, () => {
  it.each(FILES)("%s", async (file) => {
    const namespace = await makeNamespace();
    namespaces.push(namespace);
    const text = readFileSync(join(EXAMPLES, file), "utf8").replace(/^name: .*$/m, `$&\nnamespace: ${namespace}`);
    const document = product.file(file, text);
    const first = await product.kubemin("deploy", document, "--yes");
    expect(first.code, first.stdout + first.stderr).toBe(0);
    const second = await product.kubemin("plan", document, "--exit-code");
    expect(second.code, second.stdout + second.stderr).toBe(0);
  });
});
