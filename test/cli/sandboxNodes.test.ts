// `kubemin serve --sandbox-nodes`: the sandbox simulates the nodes of the user's own cluster.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ServeOptions } from "../../src/cli/grammar/root.ts";
import { serve } from "../../src/serve.ts";
import { catalog, kubemin, temporary } from "./support/terminal.ts";

const node = (name: string, gpus: number): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "nvidia.com/gpu.product": "NVIDIA-L40S" } },
    status: { allocatable: { cpu: "32", memory: "128Gi", pods: "110", "nvidia.com/gpu": String(gpus) } },
  });

const LISTS: readonly (readonly [string, string])[] = [
  ["a List", `apiVersion: v1\nkind: List\nitems:\n  - ${node("one", 4)}\n  - ${node("two", 2)}\n`],
  ["documents", `${node("one", 4)}\n---\n${node("two", 2)}\n`],
];

it.each(LISTS)("reads the nodes from %s, and shows them as the capacity of the sandbox", async (_, text) => {
  const [home, directory] = [temporary(), join(temporary(), "work")];
  mkdirSync(directory);
  writeFileSync(join(directory, "nodes.yaml"), text);
  const started: ServeOptions[] = [];
  const root = {
    serve: async (options: ServeOptions) => {
      started.push(options);
      throw Object.assign(new Error("listen"), { code: "EADDRINUSE" });
    },
  };
  await kubemin("serve --port 0 --sandbox-nodes nodes.yaml", { root, home, directory });
  const [options] = started;
  if (options === undefined) throw new Error("no server was started");
  const serving = await serve(options, { home, catalog, env: {} });
  const told = await kubemin("capacity", { home, directory });
  expect(told.stdout).toContain("nvidia.com/gpu NVIDIA-L40S\t2\t6\t6\t4 @ one");
  await serving.stop();
});

it.each([
  ["nothing.yaml", undefined, "cannot be read"],
  ["pods.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n", "does not list nodes of Kubernetes"],
  ["bare.yaml", "apiVersion: v1\nkind: Node\nmetadata: { name: a }\n", "does not list nodes of Kubernetes"],
  ["broken.yaml", "a: [", "does not list nodes of Kubernetes"],
])("starts nothing with %s", async (file, text, says) => {
  const directory = join(temporary(), "work");
  mkdirSync(directory);
  if (text !== undefined) writeFileSync(join(directory, file), text);
  const root = { serve: () => Promise.reject(new Error("a server was started")) };
  const told = await kubemin(`serve --sandbox-nodes ${file}`, { root, directory });
  expect(told.exit).toBe(2);
  expect(told.stderr).toContain(says);
});

it("needs a sandbox", async () => {
  const directory = join(temporary(), "work");
  mkdirSync(directory);
  writeFileSync(join(directory, "nodes.yaml"), node("one", 4));
  const told = await kubemin("serve --context prod --sandbox-nodes nodes.yaml", { directory });
  expect(told).toMatchObject({ exit: 2, stderr: expect.stringContaining("--sandbox-nodes needs a sandbox") });
});
