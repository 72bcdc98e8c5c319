// Runs containerd, the container runtime of the node, and writes the configuration of its network plug-in.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Built } from "../build.ts";
import { addressesOf, folderOf } from "../layout.ts";
import { findNetworkPlugins, findProgram } from "../packages.ts";
import { ensureRunning, searchPath } from "../processes.ts";
import { run, succeeds } from "../run.ts";
import type { State } from "../state.ts";
import { writeIfChanged } from "../writeIfChanged.ts";
import { insideNamespaces } from "./namespaces.ts";

export const pauseImage = "kubemin.local/pause:1";
export const runtimeSocket = (name: string): string => join(folderOf(name), "containerd.sock");

const inNode = (name: string, ...path: string[]): string => join(folderOf(name), "node", ...path);

export async function ensureContainerd(state: State, built: Built): Promise<void> {
  const configuration = containerdConfiguration(state.name);
  const network = networkConfiguration(state);
  mkdirSync(inNode(state.name, "cni"), { recursive: true });
  writeIfChanged(inNode(state.name, "containerd.toml"), configuration);
  writeIfChanged(inNode(state.name, "cni", "10-kubemin.conflist"), network);
  await ensureRunning(state, {
    role: "containerd",
    command: [
      ...insideNamespaces(state),
      built.program("containerd"),
      "--config",
      inNode(state.name, "containerd.toml"),
    ],
    // containerd looks for its shim and for runc on the PATH.
    environment: { PATH: `${built.programs}:${searchPath}` },
    configuration: configuration + network,
    ready: () => succeeds(built.program("ctr"), ["--address", runtimeSocket(state.name), "version"]),
  });
}

export async function importArchive(name: string, built: Built, archive: string): Promise<void> {
  const address = ["--address", runtimeSocket(name), "--namespace", "k8s.io"];
  await run(built.program("ctr"), [...address, "images", "import", "--local", "--no-unpack", archive]);
}

// These plug-ins look for devices and sockets of the host, and fill the log with messages about missing ones.
const unused = ["nri.v1.nri", "snapshotter.v1.devmapper", "snapshotter.v1.btrfs", "snapshotter.v1.zfs"];

function containerdConfiguration(name: string): string {
  return `version = 3
root = "${inNode(name, "containerd")}"
state = "${inNode(name, "containerd-state")}"
disabled_plugins = [${unused.map((plugin) => `"io.containerd.${plugin}"`).join(", ")}]

[grpc]
address = "${runtimeSocket(name)}"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${pauseImage}"

[plugins."io.containerd.cri.v1.runtime"]
# Root without CAP_SYS_RESOURCE cannot lower the score; runc then fails with "can't get final child's PID from pipe".
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["${findNetworkPlugins() ?? ""}"]
conf_dir = "${inNode(name, "cni")}"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "${findProgram("runc") ?? ""}"
SystemdCgroup = false
`;
}

function networkConfiguration(state: State): string {
  const ipam = {
    type: "host-local",
    ranges: [[{ subnet: addressesOf(state.slot).pods }]],
    routes: [{ dst: "0.0.0.0/0" }],
    dataDir: inNode(state.name, "addresses"),
  };
  // Point to point instead of a bridge: packets between two pods then pass the node's rules, even if the kernel does
  // not apply them to bridged packets. Otherwise a pod could not reach a Service whose endpoint is on the same node.
  const plugins = [
    { type: "ptp", ipMasq: false, ipam },
    { type: "portmap", capabilities: { portMappings: true } },
  ];
  return JSON.stringify({ cniVersion: "1.0.0", name: "kubemin", plugins }, null, 2);
}
