// Starts the parts of the node in the order of their dependencies.
import type { Built } from "../build.ts";
import type { State } from "../state.ts";
import { ensureContainerd } from "./containerd.ts";
import { createControlGroup, removeControlGroup } from "./controlGroup.ts";
import { ensureDns } from "./dns.ts";
import { ensureKubelet } from "./kubelet.ts";
import { ensureNamespaces, namespacesLive } from "./namespaces.ts";
import { ensureProxy } from "./proxy.ts";

export interface NodePrograms {
  readonly kubernetes: Built;
  readonly runtime: Built;
  readonly dns: Built;
}

export async function ensureNode(
  state: State,
  programs: NodePrograms,
  importImages: () => Promise<void>,
): Promise<void> {
  // Pods of lost namespaces cannot be reached any more, so they are ended; the kubelet creates new ones.
  if (!namespacesLive(state)) await removeControlGroup(state.name);
  createControlGroup(state.name);
  await ensureNamespaces(state);
  await ensureContainerd(state, programs.runtime);
  await Promise.all([
    importImages(),
    ensureKubelet(state, programs.kubernetes),
    ensureProxy(state, programs.kubernetes),
    ensureDns(state, programs.dns),
  ]);
}
