// Persistent volumes: folders of the instance, created by Kubernetes' host-path provisioner. Run as a program, this
// file makes each new folder writable for every user: the provisioner creates them with the mode 0750 for root, and a
// pod that runs as another user could not write there.
import { chmodSync, mkdirSync, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { folderOf } from "./layout.ts";
import { ensureRunning, isRunning } from "./processes.ts";
import type { State } from "./state.ts";

/** The folder is fixed in the source of the provisioner. */
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

/**
 * Changes the mode only if needed: a change of mode is itself an event of the watched folder, and would cause an
 * endless loop.
 */
function open(volume: string): void {
  try {
    if ((statSync(volume).mode & EVERYBODY) !== EVERYBODY) chmodSync(volume, EVERYBODY);
  } catch {
    // The folder was deleted after the listing.
  }
}

if (import.meta.main) openNewFolders(process.argv[2] ?? "");
