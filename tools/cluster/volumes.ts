// Persistent volumes: folders of the instance, made by Kubernetes' host-path provisioner.
// Run as a program, this file opens each new folder to every user: the provisioner makes them 0750 for root,
// and no pod that runs as another user could write there.
import { chmodSync, mkdirSync, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { folderOf } from "./layout.ts";
import { ensureRunning, isRunning } from "./processes.ts";
import type { State } from "./state.ts";

/** Fixed in the source of the provisioner. */
export const volumesMountPoint = "/tmp/hostpath_pv";

export const volumesFolder = (name: string): string => join(folderOf(name), "volumes");

export async function ensureVolumes(state: State): Promise<void> {
  const folder = volumesFolder(state.name);
  mkdirSync(folder, { recursive: true });
  await ensureRunning(state, {
    role: "volumes",
    command: [process.execPath, import.meta.filename, folder],
    ready: async () => isRunning(state, "volumes"),
  });
}

export const storageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "kubernetes.io/host-path",
  reclaimPolicy: "Delete",
  volumeBindingMode: "Immediate",
};

function openNewFolders(folder: string): void {
  const openAll = (): void => {
    for (const volume of readdirSync(folder)) open(join(folder, volume));
  };
  watch(folder, openAll);
  openAll();
}

const EVERYBODY = 0o777;

/** Only where it is needed: a change of mode is itself an event of the watched folder, and would go round for ever. */
function open(volume: string): void {
  try {
    if ((statSync(volume).mode & EVERYBODY) !== EVERYBODY) chmodSync(volume, EVERYBODY);
  } catch {
    // Deleted between the listing and now.
  }
}

if (import.meta.main) openNewFolders(process.argv[2] ?? "");
