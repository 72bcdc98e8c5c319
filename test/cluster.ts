// For vitest's globalSetup: the real cluster of the tests. A kubeconfig that was given (KUBEMIN_TEST_KUBECONFIG) is used as it is;
// else Kubernetes is built and started here, the first time in some minutes, afterwards in seconds. Never skipped silently.
import { startCluster, stopCluster } from "../tools/cluster/instance.ts";
import { readState } from "../tools/cluster/state.ts";

export default async function setup(): Promise<() => Promise<void>> {
  if (process.env["KUBEMIN_TEST_KUBECONFIG"]) return async () => {};
  const before = readState("test") !== undefined;
  const cluster = await startCluster({ name: "test", report: (line) => process.stderr.write(`cluster: ${line}\n`) });
  process.env["KUBEMIN_TEST_KUBECONFIG"] = cluster.kubeconfig;
  process.env["KUBEMIN_TEST_KUBECTL"] = cluster.kubectl;
  process.env["KUBEMIN_TEST_TRAEFIK"] = cluster.traefikUrl;
  process.env["KUBEMIN_TEST_AUDIT_LOG"] = cluster.auditLog;
  return async () => {
    delete process.env["KUBEMIN_TEST_KUBECONFIG"];
    // One that ran before the tests belongs to whoever started it.
    if (!before) await stopCluster("test");
  };
}
