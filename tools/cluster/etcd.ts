// Runs etcd, the store of the API server. It uses plain HTTP on the loopback interface, because a test cluster contains
// no secrets.
import { join } from "node:path";
import { ask } from "./api.ts";
import type { Built } from "./build.ts";
import { folderOf } from "./layout.ts";
import { ensureRunning } from "./processes.ts";
import type { State } from "./state.ts";

export const etcdAddress = (state: State): string => `http://127.0.0.1:${state.ports.etcd}`;

export async function ensureEtcd(state: State, built: Built): Promise<void> {
  const peers = `http://127.0.0.1:${state.ports.etcdPeer}`;
  await ensureRunning(state, {
    role: "etcd",
    command: [
      built.program("etcd"),
      `--data-dir=${join(folderOf(state.name), "etcd")}`,
      `--listen-client-urls=${etcdAddress(state)}`,
      `--advertise-client-urls=${etcdAddress(state)}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      // A crash of the machine may lose the data of a test cluster, but waiting for the disk would make every test
      // slower.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    ready: async () => (await ask(`${etcdAddress(state)}/health`)).status === 200,
  });
}
