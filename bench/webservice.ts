// Deploys a web service with a port, and compares the time with `kubectl apply` and `kubectl wait` of the same objects.
// Both take turns on the same cluster.

import { deleteAndWait, deployAndWait, startServer } from "../test/support/serverProcess.ts";
import { type BenchCluster, benchCluster } from "./support/cluster.ts";
import { median, milliseconds, printTable } from "./support/table.ts";

const ROUNDS = 3;
const LIMIT = 1.2;

const documentFor = (namespace: string) => ({
  name: "bench",
  namespace,
  components: [
    {
      name: "web",
      type: "webservice",
      properties: {
        image: "busybox:1.36",
        port: 8080,
        command: ["sh", "-c", "httpd -f -p 8080 & trap 'exit 0' TERM; wait"],
      },
    },
  ],
});

export async function benchWebservice(cluster: BenchCluster): Promise<void> {
  const server = await startServer(["--kubeconfig", cluster.kubeconfig, "--context", cluster.context]);
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const [own, peer] = await cluster.inNamespace(async (namespace) => {
        const document = documentFor(namespace);
        const plan = await server.client.call("planApplication", {
          params: { project: "default" },
          body: JSON.stringify(document),
        });
        const { elapsed, phase } = await deployAndWait(server.client, "bench", document);
        if (phase !== "succeeded") throw new Error(`the run ended ${phase}`);
        await deleteAndWait(server.client, "bench");
        const objects = plan.jobs.flatMap((job) => job.objects.map((object) => object.manifest));
        return [elapsed, await withKubectl(cluster, namespace, objects)] as const;
      });
      // The first round is a warm-up of both.
      if (round > 0) {
        ours.push(own);
        theirs.push(peer);
      }
    }
  } finally {
    await server.stop();
  }
  const ratio = median(ours) / median(theirs);
  printTable("One webservice with a port: submit to done", [
    { what: "kubemin", measured: milliseconds(median(ours)) },
    { what: "kubectl apply + wait", measured: milliseconds(median(theirs)) },
    { what: "ratio of the medians", measured: ratio.toFixed(2), limit: `<= ${LIMIT}`, kept: ratio <= LIMIT },
  ]);
}

async function withKubectl(cluster: BenchCluster, namespace: string, objects: readonly unknown[]): Promise<number> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const begin = performance.now();
  await cluster.kubectl(["apply", "--server-side", "-f", "-"], list);
  await cluster.kubectl(["-n", namespace, "wait", "--for=condition=Available", "deployment/web", "--timeout=60s"]);
  return performance.now() - begin;
}

if (import.meta.main) await benchWebservice(await benchCluster());
