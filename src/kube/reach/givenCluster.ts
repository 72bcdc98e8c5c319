// Turns the request that registers a cluster into a target that does not depend on this machine: no file of the server
// is read for it, and no program is run unless the operator allowed that program. The kubeconfig itself is parsed in
// kubeconfig.ts.

import { textAt } from "../../model/data/fieldReaders.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { ClusterWay, GivenCluster } from "../../ports/clusterRegistry.ts";
import { type ClusterTarget, findGivenTarget, NOBODY, type User, type ValueSource } from "./kubeconfig.ts";

export function givenTarget(name: string, given: GivenCluster, allowedPlugins: readonly string[]): ClusterTarget {
  const target = given.type === "kubeconfig" ? ofKubeconfig(name, given) : ofToken(given);
  const command = textAt(target.user.exec ?? {}, "command");
  if (target.user.exec !== null && !allowedPlugins.includes(command))
    throw new PlatformError("PluginNotAllowed", { cluster: name, command: command.slice(0, 200) });
  const files = namedFiles(target);
  if (files.length > 0) throw new PlatformError("KubeconfigNamesFiles", { cluster: name, files: files.join(", ") });
  if (inClear(target)) throw new PlatformError("CredentialInClear", { cluster: name, server: target.server });
  return target;
}

/** How the cluster is reached, without any credential. */
export function wayOf({ server, insecure, user }: ClusterTarget): ClusterWay {
  return { server, insecure, auth: authOf(user) };
}

function authOf({ exec, token, certificate, username }: User): ClusterWay["auth"] {
  if (exec !== null) return "plugin";
  if (token !== null) return "token";
  if (certificate !== null) return "certificate";
  return username === "" ? "none" : "password";
}

type Given<T extends GivenCluster["type"]> = Extract<GivenCluster, { readonly type: T }>;

function ofKubeconfig(name: string, { text, context }: Given<"kubeconfig">): ClusterTarget {
  try {
    return findGivenTarget({ name, context }, text);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    throw new PlatformError("KubeconfigInvalid", { cluster: name, detail: String(error.reason.params["detail"]) });
  }
}

function ofToken({ server, token, ca, insecure }: Given<"token">): ClusterTarget {
  return {
    server,
    ca: ca === undefined ? null : { value: ca },
    insecure,
    tlsServerName: "",
    proxyUrl: "",
    user: { ...NOBODY, token: { value: token } },
  };
}

function namedFiles({ ca, user }: ClusterTarget): readonly string[] {
  const sources: readonly (readonly [string, ValueSource])[] = [
    ["certificate-authority", ca],
    ["client-certificate", user.certificate],
    ["client-key", user.key],
    ["tokenFile", user.token],
  ];
  return sources.flatMap(([field, source]) => (source !== null && "file" in source ? [field] : []));
}

function inClear({ server, user }: ClusterTarget): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === "http:" && authOf(user) !== "none" && !["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}
