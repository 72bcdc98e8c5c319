// Runs the kubelet, configured for fast pods on a small machine, which may only have version 1 control groups and a
// nearly full disk.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readObject } from "../api.ts";
import type { Built } from "../build.ts";
import { authority, nodeName } from "../certificates.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
import { addressesOf, folderOf } from "../layout.ts";
import { ensureRunning } from "../processes.ts";
import type { State } from "../state.ts";
import { writeIfChanged } from "../writeIfChanged.ts";
import { runtimeSocket } from "./containerd.ts";
import { controlGroup } from "./controlGroup.ts";
import { insideNamespaces } from "./namespaces.ts";

export async function ensureKubelet(state: State, built: Built): Promise<void> {
  const folder = join(folderOf(state.name), "node");
  const configuration = JSON.stringify(kubeletConfiguration(state, folder), null, 2);
  mkdirSync(folder, { recursive: true });
  writeIfChanged(join(folder, "kubelet.json"), configuration);
  await ensureRunning(state, {
    role: "kubelet",
    command: [
      ...insideNamespaces(state),
      built.program("kubelet"),
      `--config=${join(folder, "kubelet.json")}`,
      `--kubeconfig=${writeKubeconfig(state, "node", "node")}`,
      `--hostname-override=${nodeName(state.name)}`,
      `--node-ip=${addressesOf(state.slot).node}`,
      `--root-dir=${join(folder, "kubelet")}`,
      `--cert-dir=${join(folder, "kubelet-pki")}`,
    ],
    configuration,
    ready: () => nodeIsReady(state),
  });
}

interface NodeStatus {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
}

async function nodeIsReady(state: State): Promise<boolean> {
  const node = await readObject<NodeStatus>(state, `/api/v1/nodes/${nodeName(state.name)}`);
  const ready = node.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  // The taint is removed a moment after the node is ready. A pod that is created in between would wait for the next
  // scheduling attempt.
  return ready && !node.spec.taints?.some((taint) => taint.key.startsWith("node.kubernetes.io/"));
}

function kubeletConfiguration(state: State, folder: string): object {
  const { node } = addressesOf(state.slot);
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: node,
    containerRuntimeEndpoint: `unix://${runtimeSocket(state.name)}`,
    authentication: { x509: { clientCAFile: authority(state.name).certificate }, anonymous: { enabled: false } },
    podLogsDir: join(folder, "pod-logs"),
    clusterDNS: [node],
    clusterDomain: "cluster.local",
    // Pods cannot reach the machine's name servers, like everything outside the machine.
    resolvConf: "",
    maxPods: 250,
    makeIPTablesUtilChains: false,
    ...forOldKernels(state.name),
    ...forFullDisks,
    ...forSpeed,
  };
}

const forOldKernels = (name: string): object => ({
  failCgroupV1: false,
  cgroupDriver: "cgroupfs",
  cgroupRoot: controlGroup(name),
  enforceNodeAllocatable: [],
  failSwapOn: false,
  oomScoreAdj: 0,
});

const forFullDisks = {
  evictionHard: {
    "memory.available": "50Mi",
    "nodefs.available": "0.1%",
    "nodefs.inodesFree": "0.1%",
    "imagefs.available": "0.1%",
    "imagefs.inodesFree": "0.1%",
  },
  // The value 100 disables the removal of unused images, because they do not come from a registry and could not be
  // fetched again.
  imageGCHighThresholdPercent: 100,
};

const forSpeed = {
  serializeImagePulls: false,
  registryPullQPS: 0,
  eventRecordQPS: 0,
  kubeAPIQPS: 300,
  kubeAPIBurst: 600,
};
