// Writes a kubeconfig for a party. The file contains the certificates, so that it can be copied to other places.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { authority, certificateOf, type Party } from "./certificates.ts";
import { addressesOf, folderOf } from "./layout.ts";
import type { State } from "./state.ts";
import { writeIfChanged } from "./writeIfChanged.ts";

export const userKubeconfig = (name: string): string => join(folderOf(name), "kubeconfig");

/**
 * Returns the path of the file. `from` is where its reader runs, because the node does not have the host's loopback
 * interface.
 */
export function writeKubeconfig(state: State, party: Party, from: "host" | "node" = "host"): string {
  const folder = join(folderOf(state.name), "kubeconfigs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = party === "admin" ? userKubeconfig(state.name) : join(folder, `${party}.json`);
  writeIfChanged(path, JSON.stringify(contentOf(state, party, from), null, 2));
  return path;
}

function contentOf(state: State, party: Party, from: "host" | "node"): object {
  const name = `kubemin-${state.name}`;
  const address = from === "host" ? "127.0.0.1" : addressesOf(state.slot).host;
  const { certificate, key } = certificateOf(state.name, party);
  const encoded = (file: string): string => readFileSync(file).toString("base64");
  const server = `https://${address}:${state.ports.api}`;
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": encoded(authority(state.name).certificate) } }],
    users: [{ name, user: { "client-certificate-data": encoded(certificate), "client-key-data": encoded(key) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
}
