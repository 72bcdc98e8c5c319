// Finds out how a cluster is reached: from kubeconfig files, or from the service account of the pod that kubemin runs
// in. The caller names the context, or the kubeconfig's current-context is used. A context that does not exist is an
// error that lists the known ones; another one is never chosen instead.
// Format: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { parse } from "yaml";
import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { reason } from "../../model/reasons/reason.ts";
import { ClusterError } from "../../ports/cluster.ts";

/** How an API server is reached, before any credential is read. */
export interface ClusterTarget {
  readonly server: string;
  readonly ca: ValueSource;
  readonly insecure: boolean;
  readonly tlsServerName: string;
  readonly proxyUrl: string;
  readonly user: User;
}

/**
 * A value that is in the configuration itself, or in a file that credentials.ts reads again from time to time. `null`
 * when there is none.
 */
export type ValueSource = { readonly value: string } | { readonly file: string } | null;

export interface User {
  readonly certificate: ValueSource;
  readonly key: ValueSource;
  readonly token: ValueSource;
  readonly username: string;
  readonly password: string;
  readonly exec: JsonObject | null;
}

export interface TargetQuery {
  /** Name of the cluster in kubemin, for error messages. */
  readonly name: string;
  /** Path of a kubeconfig file. Default: the files of KUBECONFIG, else ~/.kube/config. */
  readonly kubeconfig: string | undefined;
  /** Name of a context. Default: the current-context of the file. */
  readonly context: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The context name that means the service account of the pod that kubemin runs in. */
const IN_CLUSTER = "in-cluster";
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

interface KubeconfigEntry {
  readonly value: JsonObject;
  /** Folder of the file that the entry comes from. Relative paths in the entry start there. */
  readonly folder: string;
}

interface Kubeconfig {
  readonly files: readonly string[];
  readonly current: string;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
}

function refuse(query: TargetQuery, detail: string): ClusterError {
  return new ClusterError(reason("ClusterUnreachable", { cluster: query.name, detail }), false);
}

export async function findTarget(query: TargetQuery): Promise<ClusterTarget> {
  const environment = query.environment ?? process.env;
  if (query.context === IN_CLUSTER && query.kubeconfig === undefined) return inClusterTarget(query, environment);
  return targetIn(query, await readKubeconfig(query, environment));
}

/**
 * The target that a context of a submitted kubeconfig text describes. Files that it names are not read, neither here
 * nor later.
 */
export function findGivenTarget(query: Pick<TargetQuery, "name" | "context">, text: string): ClusterTarget {
  const given = { ...query, kubeconfig: "the kubeconfig" };
  return targetIn(given, merged(["the kubeconfig"], [parseDocument(given, "", text)]));
}

function targetIn(query: TargetQuery, config: Kubeconfig): ClusterTarget {
  const name = query.context ?? config.current;
  if (name === "")
    throw refuse(query, `${config.files.join(", ")} has no current-context; name one of: ${known(config.contexts)}`);
  const context = config.contexts.get(name);
  if (context === undefined) {
    throw refuse(
      query,
      `there is no context ${name} in ${config.files.join(", ")}; known contexts: ${known(config.contexts)}`,
    );
  }
  return targetOf({ query, config, name, context: context.value });
}

function known(entries: ReadonlyMap<string, KubeconfigEntry>): string {
  return entries.size === 0 ? "none" : [...entries.keys()].join(", ");
}

interface Chosen {
  readonly query: TargetQuery;
  readonly config: Kubeconfig;
  readonly name: string;
  readonly context: JsonObject;
}

function targetOf({ query, config, name, context }: Chosen): ClusterTarget {
  const clusterName = textAt(context, "cluster");
  const cluster = config.clusters.get(clusterName);
  if (cluster === undefined) {
    throw refuse(
      query,
      `context ${name} names cluster ${clusterName}, which is not in ${config.files.join(", ")}; known: ${known(config.clusters)}`,
    );
  }
  const userName = textAt(context, "user");
  const user = config.users.get(userName);
  if (userName !== "" && user === undefined) {
    throw refuse(
      query,
      `context ${name} names user ${userName}, which is not in ${config.files.join(", ")}; known: ${known(config.users)}`,
    );
  }
  const server = textAt(cluster.value, "server");
  if (!/^https?:\/\//.test(server))
    throw refuse(query, `cluster ${clusterName} has no valid server address: "${server}"`);
  return {
    server,
    ca: sourceAt(cluster, "certificate-authority"),
    insecure: cluster.value["insecure-skip-tls-verify"] === true,
    tlsServerName: textAt(cluster.value, "tls-server-name"),
    proxyUrl: textAt(cluster.value, "proxy-url"),
    user: userOf(user),
  };
}

function userOf(entry: KubeconfigEntry | undefined): User {
  if (entry === undefined) return NOBODY;
  const { value, folder } = entry;
  const tokenFile = textAt(value, "tokenFile");
  const token = textAt(value, "token");
  const exec = value["exec"];
  return {
    certificate: sourceAt(entry, "client-certificate"),
    key: sourceAt(entry, "client-key"),
    token: tokenFile !== "" ? { file: resolvePath(folder, tokenFile) } : token !== "" ? { value: token } : null,
    username: textAt(value, "username"),
    password: textAt(value, "password"),
    exec: isObject(exec) ? exec : null,
  };
}

export const NOBODY: User = { certificate: null, key: null, token: null, username: "", password: "", exec: null };

/** `<name>-data` (base64) wins over `<name>` (a file), as in client-go. */
function sourceAt({ value, folder }: KubeconfigEntry, name: string): ValueSource {
  const data = textAt(value, `${name}-data`);
  if (data !== "") return { value: Buffer.from(data, "base64").toString("utf8") };
  const file = textAt(value, name);
  return file === "" ? null : { file: resolvePath(folder, file) };
}

function resolvePath(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}

async function readKubeconfig(
  query: TargetQuery,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Kubeconfig> {
  const listed = environment["KUBECONFIG"]?.split(delimiter).filter((one) => one !== "") ?? [];
  const fallback = listed.length > 0 ? listed : [join(environment["HOME"] ?? homedir(), ".kube", "config")];
  const files = query.kubeconfig === undefined ? fallback : [query.kubeconfig];
  const documents: Document[] = [];
  for (const file of files) {
    const text = await readText(query, file, files.length === 1);
    if (text !== null) documents.push(parseDocument(query, file, text));
  }
  return merged(files, documents);
}

interface Document {
  readonly value: JsonObject;
  readonly folder: string;
}

function merged(files: readonly string[], documents: readonly Document[]): Kubeconfig {
  const maps = {
    contexts: new Map<string, KubeconfigEntry>(),
    clusters: new Map<string, KubeconfigEntry>(),
    users: new Map<string, KubeconfigEntry>(),
  };
  let current = "";
  for (const { value, folder } of documents) {
    current ||= textAt(value, "current-context");
    gather(maps.contexts, listAt(value, "contexts"), "context", folder);
    gather(maps.clusters, listAt(value, "clusters"), "cluster", folder);
    gather(maps.users, listAt(value, "users"), "user", folder);
  }
  return { files, current, ...maps };
}

function gather(into: Map<string, KubeconfigEntry>, entries: readonly JsonObject[], key: string, folder: string): void {
  for (const entry of entries) {
    const value = entry[key];
    const name = textAt(entry, "name");
    // The first file that defines a name wins, as when client-go merges kubeconfigs.
    if (isObject(value) && !into.has(name)) into.set(name, { value, folder });
  }
}

async function readText(query: TargetQuery, file: string, required: boolean): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if (!required) return null;
    throw refuse(query, `kubeconfig ${file} cannot be read: ${(cause as Error).message}`); // readFile rejects with Error only
  }
}

/** `file` is empty for a submitted text. */
function parseDocument(query: TargetQuery, file: string, text: string): Document {
  const what = file === "" ? "it" : `kubeconfig ${file}`;
  try {
    const value: unknown = parse(text);
    if (isObject(value)) return { value, folder: dirname(file) };
  } catch (cause) {
    // Only the first line is used: the other lines quote the text, which may contain a credential.
    throw refuse(query, `${what} is not valid YAML: ${(cause as Error).message.split("\n")[0] ?? ""}`); // the parser throws Errors
  }
  throw refuse(query, `${what} is not a kubeconfig`);
}

function inClusterTarget(query: TargetQuery, environment: Readonly<Record<string, string | undefined>>): ClusterTarget {
  const host = environment["KUBERNETES_SERVICE_HOST"];
  const port = environment["KUBERNETES_SERVICE_PORT"] ?? "443";
  if (host === undefined)
    throw refuse(query, "context in-cluster needs a pod with a service account; KUBERNETES_SERVICE_HOST is not set");
  const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const user = { ...NOBODY, token: { file: join(SERVICE_ACCOUNT, "token") } };
  return {
    server,
    ca: { file: join(SERVICE_ACCOUNT, "ca.crt") },
    insecure: false,
    tlsServerName: "",
    proxyUrl: "",
    user,
  };
}
