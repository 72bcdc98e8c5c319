// The folders, files and addresses of an instance. Pure: nothing is created here.
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

export const slotCount = 16;

export interface Addresses {
  /** Address of the host's end of the cable to the node, at which pods reach the API server. */
  readonly host: string;
  readonly node: string;
  readonly pods: string;
  readonly services: string;
  readonly apiService: string;
  readonly simulatedPods: string;
  /** Name of the host's network link; the kernel allows 15 characters. */
  readonly link: string;
}

export function addressesOf(slot: number): Addresses {
  return {
    host: `10.98.${slot}.1`,
    node: `10.98.${slot}.2`,
    pods: `10.244.${slot}.0/24`,
    services: `10.96.${slot * 16}.0/20`,
    apiService: `10.96.${slot * 16}.1`,
    simulatedPods: `10.200.${slot}.1/24`,
    link: `kubemin${slot}`,
  };
}

const usualFolder = "/var/tmp/kubemin-cluster";

export function instancesFolder(): string {
  return resolve(process.env.KUBEMIN_CLUSTER_HOME || usualFolder);
}

/** A name that is unique on the machine, because instances of the same name may exist in different folders. */
export function uniqueName(name: string): string {
  if (instancesFolder() === usualFolder) return `kubemin-${name}`;
  return `kubemin-${name}-${createHash("sha256").update(instancesFolder()).digest("hex").slice(0, 8)}`;
}

export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kubemin", "cluster");
}

export function folderOf(name: string): string {
  return join(instancesFolder(), name);
}

/** Folders of which the node sees a private version, see node/namespaces.ts. */
export const privateFolders = ["/run", "/var/log", "/var/lib"] as const;

/** A name becomes a folder, a node name and a control group. Throws when one of them would not accept it. */
export function checkName(name: string): void {
  if (!/^[a-z]([-a-z0-9]{0,30}[a-z0-9])?$/.test(name))
    throw new Error(`"${name}" cannot be the name of a cluster: use up to 32 small letters, digits and dashes.`);
  const folder = folderOf(name);
  if (folder.length > 70) throw new Error(`The folder ${folder} is too long a path for the sockets in it.`);
  const hidden = privateFolders.find((path) => folder.startsWith(`${path}/`));
  if (hidden) throw new Error(`KUBEMIN_CLUSTER_HOME must not be below ${hidden}: the node has its own ${hidden}.`);
}
