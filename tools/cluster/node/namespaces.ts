// The node's own network and mount namespaces: a sleeping process holds them, and the node's programs enter them.
// Therefore two nodes on a machine do not share kube-proxy's table or port 10250, and no packet leaves the machine,
// because there is no default route. When the last process ends, the kernel removes links, tables and mounts.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addressesOf, folderOf, privateFolders } from "../layout.ts";
import { ensureRunning, isRunning } from "../processes.ts";
import { run, succeeds } from "../run.ts";
import type { State } from "../state.ts";
import { volumesFolder, volumesMountPoint } from "../volumes.ts";
import { insideControlGroup } from "./controlGroup.ts";

const role = "node-namespaces";

export async function ensureNamespaces(state: State): Promise<void> {
  const ready = join(folderOf(state.name), "node", "namespaces-ready");
  if (!isRunning(state, role)) rmSync(ready, { force: true });
  for (const path of [
    ...privateFolders.map((folder) => privateCopy(state, folder)),
    volumesFolder(state.name),
    volumesMountPoint,
  ])
    mkdirSync(path, { recursive: true });
  await ensureRunning(state, {
    role,
    command: [
      ...insideControlGroup(state.name),
      "unshare",
      "--net",
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-ec",
      script(state, ready),
    ],
    ready: async () => existsSync(ready),
  });
  await ensureCable(state);
}

/**
 * The beginning of a command that starts a program inside the namespaces. It contains the pid, so new namespaces
 * restart all programs.
 */
export function insideNamespaces(state: State): string[] {
  return [...insideControlGroup(state.name), "nsenter", `--target=${holder(state)}`, "--net", "--mount"];
}

export const namespacesLive = (state: State): boolean => isRunning(state, role);

const holder = (state: State): number => state.processes[role]?.pid ?? 0;

const privateCopy = (state: State, folder: string): string =>
  join(folderOf(state.name), "node", folder.slice(1).replaceAll("/", "-"));

function script(state: State, ready: string): string {
  return [
    // The kubelet needs shared mounts. They are shared among the programs inside, not with the host.
    "mount --make-rshared /",
    ...privateFolders.map((folder) => `mount --bind ${privateCopy(state, folder)} ${folder}`),
    `mount --bind ${volumesFolder(state.name)} ${volumesMountPoint}`,
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
    "ip link set lo up",
    `touch ${ready}`,
    "exec sleep infinity",
  ].join("\n");
}

/**
 * Creates a cable (veth) with one end on the host and one inside, and its routes. There is no bridge: each pod gets its
 * own route.
 */
async function ensureCable(state: State): Promise<void> {
  const { link, host, node, pods, services } = addressesOf(state.slot);
  const inside = (...words: string[]): Promise<string> =>
    run("nsenter", [`--target=${holder(state)}`, "--net", "ip", ...words]);
  if (await succeeds("nsenter", [`--target=${holder(state)}`, "--net", "ip", "link", "show", "uplink"])) return;
  await succeeds("ip", ["link", "delete", link]);
  await run("ip", ["link", "add", link, "type", "veth", "peer", "name", "uplink", "netns", String(holder(state))]);
  await run("ip", ["address", "add", `${host}/32`, "dev", link]);
  await run("ip", ["link", "set", link, "up"]);
  await inside("address", "add", `${node}/32`, "dev", "uplink");
  await inside("link", "set", "uplink", "up");
  await inside("route", "add", host, "dev", "uplink", "src", node);
  await run("ip", ["route", "add", node, "dev", link, "src", host]);
  for (const range of [pods, services]) await run("ip", ["route", "add", range, "via", node, "dev", link, "src", host]);
}

export async function removeCable(slot: number): Promise<void> {
  const { link } = addressesOf(slot);
  if (await succeeds("ip", ["link", "show", link])) await succeeds("ip", ["link", "delete", link]);
}
