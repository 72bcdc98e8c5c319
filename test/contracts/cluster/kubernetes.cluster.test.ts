// The cluster suite on a real API server. KUBEMIN_TEST_KUBECONFIG names it, and its nodes must have the images
// busybox:1.36 and 1.37.
import { randomInt, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { systemClock } from "../../../src/engine/systemClock.ts";
import { connectCluster } from "../../../src/kube/cluster.ts";
import { type Connection, openConnection } from "../../../src/kube/reach/connection.ts";
import { findTarget } from "../../../src/kube/reach/kubeconfig.ts";
import { dig, type JsonObject } from "../../../src/model/data/json.ts";
import type { ClusterEnvironment } from "./environment.ts";
import { clusterContract } from "./suite.ts";

const SILENT = { write: () => undefined };

clusterContract("kubernetes", async (): Promise<ClusterEnvironment> => {
  const where = { name: "test", kubeconfig: process.env["KUBEMIN_TEST_KUBECONFIG"], context: undefined };
  const cluster = await connectCluster({ ...where, clock: systemClock, log: SILENT });
  const raw = openConnection("test", await findTarget(where), systemClock);
  const namespace = `suite-${randomUUID().slice(0, 8)}`;
  const quotaNamespace = `${namespace}-quota`;
  for (const name of [namespace, quotaNamespace]) {
    await put(raw, `/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    await defaultAccount(raw, name);
  }
  const devices = await offerDevices(raw);
  const registryPort = 20_000 + randomInt(10_000);
  await startEmptyRegistry(raw, namespace, registryPort);
  return {
    cluster,
    namespace,
    quotaNamespace,
    writes: () => writesIn(raw, namespace),
    place: (object) =>
      put(raw, `/api/v1/namespaces/${namespace}/${object.kind.toLowerCase()}s/${object.metadata.name}`, object),
    edit: async (ref, change) => {
      const group = ref.apiVersion.includes("/") ? `/apis/${ref.apiVersion}` : `/api/${ref.apiVersion}`;
      await raw.call({
        method: "PATCH",
        path: `${group}/namespaces/${ref.namespace}/${ref.kind.toLowerCase()}s/${ref.name}`,
        query: { fieldManager: "somebody" },
        contentType: "application/merge-patch+json",
        body: change,
        signal: AbortSignal.timeout(10_000),
      });
    },
    editor: "somebody",
    setQuota: async (target, hard) => {
      const metadata = { name: "suite", namespace: target };
      await put(raw, `/api/v1/namespaces/${target}/resourcequotas/suite`, {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata,
        spec: { hard },
      });
      await quotaInForce(raw, target);
    },
    secretValue: async (name, key) => {
      const { body } = await raw.call({
        path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
        signal: AbortSignal.timeout(5_000),
      });
      return Buffer.from(String(dig(body, "data", key)), "base64").toString();
    },
    devices,
    missingImage: `localhost:${registryPort}/suite:does-not-exist`,
    opensSecrets: true,
    close: async () => {
      await cluster.close();
      for (const name of [namespace, quotaNamespace]) {
        await raw.call({ method: "DELETE", path: `/api/v1/namespaces/${name}`, signal: AbortSignal.timeout(10_000) });
      }
      await devices.withdraw();
      await raw.close();
    },
  };
});

/** Applies as another client: with another field manager and without kubemin's labels. */
async function put(raw: Connection, path: string, body: JsonObject): Promise<void> {
  const query = { fieldManager: "somebody", force: true };
  await raw.call({
    method: "PATCH",
    path,
    query,
    contentType: "application/apply-patch+yaml",
    body,
    signal: AbortSignal.timeout(10_000),
  });
}

/** Adds an extended resource to one real node, as an administrator may do without a device plug-in. */
async function offerDevices(raw: Connection) {
  const resource = `contract.example/device-${randomUUID().slice(0, 8)}`;
  const count = 2;
  const { body } = await raw.call({ path: "/api/v1/nodes", signal: AbortSignal.timeout(5_000) });
  const names = (Array.isArray(body["items"]) ? body["items"] : []).map((one) => String(dig(one, "metadata", "name")));
  const path = `/api/v1/nodes/${names.find((name) => !name.startsWith("kwok"))}/status`;
  const write = (amount: string | null) =>
    raw.call({
      method: "PATCH",
      path,
      contentType: "application/merge-patch+json",
      body: { status: { capacity: { [resource]: amount }, allocatable: { [resource]: amount } } },
      signal: AbortSignal.timeout(10_000),
    });
  await write(String(count));
  return { resource, count, withdraw: () => write(null) };
}

/**
 * On every node a web server without content, at an address that container runtimes treat as a plain-HTTP registry. So
 * a registry answers "not found" also on clusters without access to the Internet.
 */
async function startEmptyRegistry(raw: Connection, namespace: string, port: number): Promise<void> {
  const labels = { app: "empty-registry" };
  const command = ["httpd", "-f", "-p", `127.0.0.1:${port}`, "-h", "/tmp"];
  const containers = [{ name: "registry", image: "busybox:1.36", imagePullPolicy: "IfNotPresent", command }];
  const spec = { hostNetwork: true, terminationGracePeriodSeconds: 0, containers };
  const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets/empty-registry`;
  await put(raw, path, {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "empty-registry", namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
  await until(async () => {
    const { body } = await raw.call({ path, signal: AbortSignal.timeout(5_000) });
    const [wanted, ready] = [dig(body, "status", "desiredNumberScheduled"), dig(body, "status", "numberReady")];
    return typeof wanted === "number" && wanted > 0 && wanted === ready;
  });
}

/**
 * Waits until controllers have set up a new namespace and a new quota. Pods that are created before that are refused.
 */
async function until(ready: () => Promise<boolean>): Promise<void> {
  const limit = AbortSignal.timeout(20_000);
  while (!(await ready())) {
    limit.throwIfAborted();
    await systemClock.sleep(50, limit);
  }
}

function defaultAccount(raw: Connection, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  return until(async () => {
    const { body } = await raw.call({ path, signal: AbortSignal.timeout(5_000) });
    return Array.isArray(body["items"]) && body["items"].length > 0;
  });
}

function quotaInForce(raw: Connection, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas/suite`;
  return until(async () => {
    const { body } = await raw.call({ path, signal: AbortSignal.timeout(5_000) });
    return dig(body, "status", "hard") !== undefined;
  });
}

/**
 * The number of writes: from the audit log if there is one, because it contains every request; else from the objects
 * themselves.
 */
async function writesIn(raw: Connection, namespace: string): Promise<number> {
  const auditLog = process.env["KUBEMIN_TEST_AUDIT_LOG"];
  if (auditLog !== undefined) return (await auditLines(auditLog)).filter((line) => isOurWrite(line, namespace)).length;
  const signal = AbortSignal.timeout(5_000);
  const { body } = await raw.call({ path: `/api/v1/namespaces/${namespace}/configmaps`, signal });
  const items = Array.isArray(body["items"]) ? body["items"] : [];
  return items.map((one) => Number(dig(one, "metadata", "resourceVersion"))).reduce((sum, version) => sum + version, 0);
}

async function auditLines(path: string): Promise<readonly unknown[]> {
  const lines = (await readFile(path, "utf8")).split("\n");
  // The last line may be incomplete. It belongs to another client's request, which has not been answered yet.
  return lines.flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as unknown] : []));
}

const WRITES: readonly unknown[] = ["create", "update", "patch", "delete"];

function isOurWrite(line: unknown, namespace: string): boolean {
  const userAgent = dig(line, "userAgent");
  return (
    dig(line, "objectRef", "namespace") === namespace &&
    typeof userAgent === "string" &&
    userAgent.startsWith("kubemin") &&
    WRITES.includes(dig(line, "verb"))
  );
}
