// Runs kube-proxy, by which the addresses of Services work for pods and for the host.
import { join } from "node:path";
import { ask } from "../api.ts";
import type { Built } from "../build.ts";
import { nodeName } from "../certificates.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
import { addressesOf, folderOf } from "../layout.ts";
import { ensureRunning } from "../processes.ts";
import type { State } from "../state.ts";
import { writeIfChanged } from "../writeIfChanged.ts";
import { insideNamespaces } from "./namespaces.ts";

export async function ensureProxy(state: State, built: Built): Promise<void> {
  const { node, pods } = addressesOf(state.slot);
  const configuration = JSON.stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clientConnection: { kubeconfig: writeKubeconfig(state, "proxy", "node") },
    hostnameOverride: nodeName(state.name),
    clusterCIDR: pods,
    // Zero does not change the kernel's limits, which apply to the whole machine and may be read-only.
    conntrack: { maxPerCore: 0, min: 0 },
    oomScoreAdj: 0,
    healthzBindAddress: `${node}:10256`,
    // With the default of one second, a test would wait that long after each new Service.
    nftables: { minSyncPeriod: "100ms" },
  });
  const file = join(folderOf(state.name), "node", "proxy.json");
  writeIfChanged(file, configuration);
  await ensureRunning(state, {
    role: "kube-proxy",
    command: [...insideNamespaces(state), built.program("kube-proxy"), `--config=${file}`],
    configuration,
    ready: async () => (await ask(`http://${node}:10256/healthz`)).status === 200,
  });
}
