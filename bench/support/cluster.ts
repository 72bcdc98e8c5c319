// The real cluster for the measurements, and its kubectl. If KUBEMIN_TEST_KUBECONFIG is set, its cluster is used;
// kubectl is then the program in KUBEMIN_TEST_KUBECTL, or the one on the PATH.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ClusterOptions, startCluster } from "../../tools/cluster/instance.ts";

const run = promisify(execFile);

export interface BenchCluster {
  readonly kubeconfig: string;
  readonly context: string;
  readonly auditLog: string | undefined;
  kubectl(words: readonly string[], input?: string): Promise<string>;
  /** Runs `work` in a new namespace, which is deleted afterwards. */
  inNamespace<T>(work: (namespace: string) => Promise<T>): Promise<T>;
}

/**
 * Starts or finds the cluster. With `own`, the benchmark gets a separate cluster with these options, even if a
 * kubeconfig is set.
 */
export async function benchCluster(own?: ClusterOptions): Promise<BenchCluster> {
  const given = own === undefined ? process.env["KUBEMIN_TEST_KUBECONFIG"] : undefined;
  const report = (line: string): void => void process.stderr.write(`cluster: ${line}\n`);
  const started = given === undefined ? await startCluster({ report, ...own }) : undefined;
  const kubeconfig = given ?? started?.kubeconfig ?? "";
  const program = started?.kubectl ?? process.env["KUBEMIN_TEST_KUBECTL"] ?? "kubectl";
  const kubectl = async (words: readonly string[], input?: string): Promise<string> => {
    const child = run(program, ["--kubeconfig", kubeconfig, ...words], { maxBuffer: 64 * 1024 * 1024 });
    if (input !== undefined) child.child.stdin?.end(input);
    return (await child).stdout;
  };
  const context = (await kubectl(["config", "current-context"])).trim();
  return {
    kubeconfig,
    context,
    auditLog: started?.auditLog ?? process.env["KUBEMIN_TEST_AUDIT_LOG"],
    kubectl,
    async inNamespace(work) {
      const namespace = `bench-${Math.random().toString(36).slice(2, 8)}`;
      await kubectl(["create", "namespace", namespace]);
      try {
        return await work(namespace);
      } finally {
        await kubectl(["delete", "namespace", namespace, "--wait=false"]);
      }
    },
  };
}

/**
 * Creates namespaces and waits for their service accounts. Without the account, Kubernetes creates no pods, and retries
 * after growing pauses.
 */
export async function makeNamespaces(cluster: BenchCluster, names: readonly string[]): Promise<void> {
  const items = names.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
  await cluster.kubectl(["create", "--filename", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  for (const name of names)
    await cluster.kubectl(["--namespace", name, "wait", "--for=create", "serviceaccount/default", "--timeout=60s"]);
}
