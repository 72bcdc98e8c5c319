// Ten components in a chain. Compares the time of the whole run with the sum of the components' readiness times (from
// the first write to ready, by the times of the jobs). Also measures, by the API server's audit log, the time from the
// status update that makes a parent ready to the apply of its child.

import { deleteAndWait, deployAndWait, startServer } from "../test/support/serverProcess.ts";
import { type Request, requestsDuring } from "./support/audit.ts";
import { type BenchCluster, benchCluster } from "./support/cluster.ts";
import { milliseconds, printTable, quantile } from "./support/table.ts";

const LENGTH = 10;
const ROUNDS = 5;
const LIMIT = 1.2;

const nameOf = (index: number): string => `link-${String(index).padStart(2, "0")}`;

const documentFor = (namespace: string) => ({
  name: "chain",
  namespace,
  components: Array.from({ length: LENGTH }, (_, index) => ({
    name: nameOf(index),
    type: "worker",
    properties: { image: "busybox:1.36", command: ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"] },
    ...(index === 0 ? {} : { dependsOn: [nameOf(index - 1)] }),
  })),
});

export async function benchChain(cluster: BenchCluster): Promise<void> {
  const { auditLog } = cluster;
  if (auditLog === undefined)
    throw new Error(
      "the chain is measured by the API server's audit log: say where it is with KUBEMIN_TEST_AUDIT_LOG, or let the cluster be built",
    );
  const server = await startServer(["--kubeconfig", cluster.kubeconfig, "--context", cluster.context]);
  const ratios: number[] = [];
  const edges: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await cluster.inNamespace(async (namespace) => {
        let elapsed = 0;
        const requests = await requestsDuring(auditLog, async () => {
          ({ elapsed } = await deployAndWait(server.client, "chain", documentFor(namespace)));
        });
        const own = requests.filter((request) => request.namespace === namespace);
        ratios.push(elapsed / sum(readinessTimes(own)));
        edges.push(...edgeTimes(own));
        await deleteAndWait(server.client, "chain");
      });
    }
  } finally {
    await server.stop();
  }
  const [ratio, p50, p99] = [quantile(ratios, 0.5), quantile(edges, 0.5), quantile(edges, 0.99)];
  printTable(`A chain of ${LENGTH} components, ${ROUNDS} rounds, ${edges.length} edges`, [
    { what: "run / sum of readiness times", measured: ratio.toFixed(2), limit: `<= ${LIMIT}`, kept: ratio <= LIMIT },
    { what: "parent ready -> child's apply, p50", measured: milliseconds(p50), limit: "< 20 ms", kept: p50 < 20 },
    { what: "parent ready -> child's apply, p99", measured: milliseconds(p99), limit: "< 250 ms", kept: p99 < 250 },
  ]);
}

const isApply = (request: Request, name: string): boolean =>
  request.verb === "patch" &&
  request.resource === "deployments" &&
  request.subresource === "" &&
  request.name === name &&
  request.agent.startsWith("kubemin");
const isStatus = (request: Request, name: string): boolean =>
  request.resource === "deployments" && request.subresource === "status" && request.name === name;

/** Time of the last status update of a Deployment, which reports that it is complete. */
function readyAt(requests: readonly Request[], name: string): number {
  return Math.max(...requests.filter((request) => isStatus(request, name)).map((request) => request.answered));
}

/** Time of the last apply; earlier ones are dry runs of the planning. */
function appliedAt(requests: readonly Request[], name: string): number {
  return Math.max(...requests.filter((request) => isApply(request, name)).map((request) => request.received));
}

function readinessTimes(requests: readonly Request[]): readonly number[] {
  return Array.from(
    { length: LENGTH },
    (_, index) => readyAt(requests, nameOf(index)) - appliedAt(requests, nameOf(index)),
  );
}

function edgeTimes(requests: readonly Request[]): readonly number[] {
  return Array.from(
    { length: LENGTH - 1 },
    (_, index) => appliedAt(requests, nameOf(index + 1)) - readyAt(requests, nameOf(index)),
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

if (import.meta.main) await benchChain(await benchCluster());
