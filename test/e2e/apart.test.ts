// Tests an API process and a worker process on a real cluster: a user who follows logs at the first one sees the pods
// that the second one starts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { startPostgres } from "../../tools/postgres/postgres.ts";
import { endOf, PROJECT, submit } from "./support/asking.ts";
import { script } from "./support/documents.ts";
import { contextName, kubeconfig } from "./support/environment.ts";
import { dropNamespace, makeNamespace } from "./support/kubectl.ts";
import { startProduct } from "./support/product.ts";

const PROGRAM = resolve(import.meta.dirname, "../../bin/kubemin");
const KEY = { KUBEMIN_KEY: "7".repeat(64) };

async function startWorker(database: string) {
  const home = mkdtempSync(join(tmpdir(), "kubemin-worker-"));
  const words = ["--database", database, "--kubeconfig", kubeconfig(), "--context", contextName()];
  const env = { ...process.env, ...KEY, KUBEMIN_HOME: home };
  const child = spawn(PROGRAM, ["serve", "--worker", ...words], { env, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return async () => {
    const exited = once(child, "exit");
    child.kill();
    await exited;
    rmSync(home, { recursive: true, force: true });
  };
}

it("logs are followed through the process that answers, from one revision's pods to the next one's", async () => {
  const [postgres, namespace] = await Promise.all([startPostgres({ durable: true }), makeNamespace()]);
  const place = ["--api", "--database", postgres.url];
  const product = await startProduct({ words: place, env: KEY });
  const stopWorker = await startWorker(postgres.url);
  const stop = new AbortController();
  const deploy = async (word: string): Promise<string> => {
    const says = script(`trap 'exit 0' TERM; while true; do echo ${word}; sleep 1 & wait; done`);
    const run = await submit(product, {
      name: "talk",
      namespace,
      components: [{ name: "talker", type: "worker", properties: says }],
    } as { readonly name: string });
    return (await endOf(product, run.id)).phase;
  };
  try {
    expect(await deploy("one")).toBe("succeeded");
    const params = { project: PROJECT, application: "talk" };
    const seen = new Set<string>();
    let second: Promise<string> | undefined;
    for await (const { data } of product.client.stream(
      "streamLogs",
      { params, query: { follow: "true" } },
      stop.signal,
    )) {
      seen.add(data.text);
      second ??= deploy("two");
      if (seen.has("two")) break;
    }
    expect([...seen]).toEqual(["one", "two"]);
    expect(await second).toBe("succeeded");
  } finally {
    stop.abort();
    await product.stop();
    await stopWorker();
    await Promise.all([dropNamespace(namespace), postgres.stop()]);
  }
});
