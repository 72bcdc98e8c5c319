// Deploys an unchanged document again. Measures the time, and the writes that reach the API server (by its audit log).
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { deleteAndWait, deployAndWait, startServer } from "../test/support/serverProcess.ts";
import { requestsDuring, WRITES } from "./support/audit.ts";
import { type BenchCluster, benchCluster } from "./support/cluster.ts";
import { median, milliseconds, printTable } from "./support/table.ts";

const ROUNDS = 10;
const EXAMPLE = resolve(import.meta.dirname, "../examples/shop.yaml");

export async function benchUnchanged(cluster: BenchCluster): Promise<void> {
  const { auditLog } = cluster;
  if (auditLog === undefined)
    throw new Error(
      "writes are counted in the API server's audit log: say where it is with KUBEMIN_TEST_AUDIT_LOG, or let the cluster be built",
    );
  const server = await startServer(["--kubeconfig", cluster.kubeconfig, "--context", cluster.context]);
  const times: number[] = [];
  let writes = 0;
  try {
    await cluster.inNamespace(async (namespace) => {
      const document = { ...(parse(readFileSync(EXAMPLE, "utf8")) as object), namespace };
      const first = await deployAndWait(server.client, "shop", document);
      if (first.phase !== "succeeded") throw new Error(`the first run ended ${first.phase}`);
      const requests = await requestsDuring(auditLog, async () => {
        for (let round = 0; round < ROUNDS; round++)
          times.push((await deployAndWait(server.client, "shop", document)).elapsed);
      });
      writes = requests.filter((request) => WRITES.has(request.verb) && request.agent.startsWith("kubemin")).length;
      await deleteAndWait(server.client, "shop");
    });
  } finally {
    await server.stop();
  }
  const time = median(times);
  printTable(`examples/shop.yaml deployed again, unchanged, ${ROUNDS} times`, [
    { what: "submit to done, median", measured: milliseconds(time), limit: "< 300 ms", kept: time < 300 },
    { what: "write requests in all", measured: String(writes), limit: "0", kept: writes === 0 },
  ]);
}

if (import.meta.main) await benchUnchanged(await benchCluster());
