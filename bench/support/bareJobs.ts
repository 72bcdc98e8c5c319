// Measures the cluster itself, for comparison: a bare client creates the Job of a run, waits for its end, and creates
// the ConfigMap. It does not check, plan, store or report anything.
import { systemClock } from "../../src/engine/systemClock.ts";
import { openConnection } from "../../src/kube/reach/connection.ts";
import { findTarget } from "../../src/kube/reach/kubeconfig.ts";
import { watchForever } from "../../src/kube/watches/watch.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import type { BenchCluster } from "./cluster.ts";
import { SIMULATED } from "./simulated.ts";

const LABEL = "bench.kubemin.dev/bare";
const JOBS = { apiVersion: "batch/v1", kind: "Job", plural: "jobs", namespaced: true } as const;

export interface BareJobs {
  readonly namespace: string;
  readonly count: number;
  /** The number of requests at the same time. */
  readonly lanes: number;
}

export async function runBareJobs(cluster: BenchCluster, jobs: BareJobs): Promise<void> {
  const { namespace, count, lanes } = jobs;
  const target = await findTarget({ name: "bare", kubeconfig: cluster.kubeconfig, context: cluster.context });
  const connection = openConnection("bare", target, systemClock, {});
  const stop = new AbortController();
  const { signal } = stop;
  const create = async (path: string, body: JsonObject): Promise<void> =>
    void (await connection.call({ method: "POST", path, body, contentType: "application/json", signal }));
  const job = (name: string) => create(`/apis/batch/v1/namespaces/${namespace}/jobs`, jobOf(name, namespace));
  const ends = new Map<string, () => void>();
  const done = (object: JsonObject): void => {
    if (dig(object, "status", "succeeded") === 1) ends.get(String(dig(object, "metadata", "name")))?.();
  };
  const watching = watchForever({
    connection,
    resource: JOBS,
    clock: systemClock,
    log: { write: () => undefined },
    signal,
    labelSelector: LABEL,
    onList: (objects) => objects.forEach(done),
    onChange: (type, object) => type === "put" && done(object),
    onState: () => undefined,
  });
  const names = Array.from({ length: count }, (_, number) => `bare-${number}`).values();
  const settings: Promise<void>[] = [];
  const lane = async (): Promise<void> => {
    for (const name of names) {
      const ended = new Promise<void>((resolve) => ends.set(name, resolve));
      await job(name);
      const metadata = { name, namespace };
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" } };
      settings.push(ended.then(() => create(`/api/v1/namespaces/${namespace}/configmaps`, object)));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await Promise.all(settings);
  stop.abort();
  await watching;
  await connection.close();
}

function jobOf(name: string, namespace: string): JsonObject {
  const labels = { [LABEL]: "yes" };
  const spec = {
    restartPolicy: "Never",
    containers: [{ name, image: "busybox:1.36", command: ["true"] }],
    nodeSelector: SIMULATED.nodes,
    tolerations: SIMULATED.tolerations,
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace, labels },
    spec: { template: { metadata: { labels }, spec } },
  };
}
