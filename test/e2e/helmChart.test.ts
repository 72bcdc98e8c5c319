// Tests the Helm chart of kubemin with the real helm and the real API server: every object is valid, and the rights are
// those of the guide. With kubemin as a local image, API and worker processes run on one PostgreSQL and deploy to their
// own cluster.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { createClient } from "../../src/api/client.ts";
import { dig } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { ensureBuilt } from "../../tools/cluster/build.ts";
import type { ImageFile } from "../../tools/cluster/images/archive.ts";
import { importImage } from "../../tools/cluster/images/images.ts";
import { programFileWithLibraries } from "../../tools/cluster/images/programFiles.ts";
import { goModules } from "../../tools/cluster/modules.ts";
import { apply, dropNamespace, get, kubectl, makeNamespace, tryKubectl, until } from "./support/kubectl.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CHART = join(ROOT, "deploy/chart");
const RELEASE = `kubemin-${randomBytes(3).toString("hex")}`;
const IMAGE = "kubemin";
const TOKEN = `kubemin_${randomBytes(32).toString("base64url")}`;

let helm: string;
let namespace: string;
beforeAll(async () => {
  helm = (await ensureBuilt(goModules.helm, (line) => process.stderr.write(`${line}\n`))).program("helm");
  namespace = await makeNamespace();
});
afterAll(async () => {
  await tryKubectl(["delete", "clusterrole,clusterrolebinding", `${RELEASE}-${namespace}`, "--ignore-not-found"]);
  await dropNamespace(namespace);
});

function render(...words: readonly string[]): readonly Manifest[] {
  const text = execFileSync(helm, ["template", RELEASE, CHART, "--namespace", namespace, ...words], {
    encoding: "utf8",
  });
  return parseAllDocuments(text).flatMap((one) => (one.contents === null ? [] : (one.toJS() as Manifest))); // what helm printed
}

describe("the chart", () => {
  it("asks for what it cannot know", () => {
    expect(() => execFileSync(helm, ["template", RELEASE, CHART], { encoding: "utf8", stdio: "pipe" })).toThrow(
      /secret/,
    );
  });

  it("makes only objects that the API server takes, with every option", async () => {
    const everything = [
      "--set",
      "secret=s,ingress.enabled=true,ingress.host=k.example.com,ingress.tlsSecret=tls",
      "--set",
      "keep={runs=30d,logs=7d}",
    ];
    for (const words of [["--set", "secret=s"], everything, ["--set", "secret=s,inCluster=false"]]) {
      const objects = render(...words);
      const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
      const told = await kubectl(
        ["--namespace", namespace, "apply", "--dry-run=server", "--validate=strict", "--filename", "-"],
        text,
      );
      expect(told.trim().split("\n")).toHaveLength(objects.length);
    }
    const kinds = render(...everything)
      .map((one) => one.kind)
      .toSorted();
    expect(kinds).toEqual([
      "ClusterRole",
      "ClusterRoleBinding",
      "Deployment",
      "Deployment",
      "Ingress",
      "PodDisruptionBudget",
      "PodDisruptionBudget",
      "Service",
      "ServiceAccount",
    ]);
  });

  it("grants what the guide lists, and nothing at all without a cluster of its own", () => {
    const guide = readFileSync(join(ROOT, "docs/guide/en/08-clusters.md"), "utf8");
    const [, listed = ""] = /```yaml\n(apiVersion: rbac[^`]*kind: ClusterRole\n[^`]*)```/.exec(guide) ?? [];
    const role = render("--set", "secret=s").find((one) => one.kind === "ClusterRole");
    expect(role?.["rules"]).toEqual(dig(parse(listed), "rules"));
    const bare = render("--set", "secret=s,inCluster=false");
    expect(bare.map((one) => one.kind)).not.toContain("ClusterRole");
    for (const one of bare.filter(({ kind }) => kind === "Deployment"))
      expect(dig(one, "spec", "template", "spec", "automountServiceAccountToken")).toBe(false);
  });

  it("runs API and workers under the strictest of Kubernetes' own security levels", async () => {
    const strict = await makeNamespace({ "pod-security.kubernetes.io/enforce": "restricted" });
    const pods = render("--set", "secret=s")
      .filter(({ kind }) => kind === "Deployment")
      .map((one) => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: one.metadata.name },
        spec: { ...(dig(one, "spec", "template", "spec") as object), serviceAccountName: "default" },
      }));
    const told = await tryKubectl(
      ["--namespace", strict, "apply", "--dry-run=server", "--filename", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items: pods }),
    );
    await dropNamespace(strict);
    expect(told.stderr).toBe("");
    expect(told.code).toBe(0);
  });
});

/** The built program with its packages, in the layout of the Dockerfile. */
function productFiles(): Record<string, ImageFile> {
  const files: Record<string, ImageFile> = {};
  const take = (from: string, to: string): void => {
    for (const name of readdirSync(from)) {
      const path = join(from, name);
      if (statSync(path).isDirectory()) {
        if (name !== "deps" && name !== "node_modules") take(path, join(to, name));
      } else if (/\.(js|cjs|mjs|json|node)$/.test(name)) files[join(to, name)] = { content: readFileSync(path) };
    }
  };
  take(join(ROOT, "dist"), "/kubemin/dist");
  files["/kubemin/package.json"] = { content: readFileSync(join(ROOT, "package.json")) };
  const listed = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], { cwd: ROOT, encoding: "utf8" });
  for (const path of listed.trim().split("\n").slice(1)) {
    if (!path.includes("node-linux")) take(path, path.replace(ROOT, "/kubemin"));
  }
  return files;
}

async function importProduct(): Promise<void> {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: ROOT });
  const node = process.execPath;
  await importImage({
    tag: `docker.io/library/${IMAGE}:test`,
    files: { ...(await programFileWithLibraries(node, "/usr/local/bin/node")), ...productFiles() },
    entrypoint: ["node", "--max-semi-space-size=4", "--heap-growing-percent=40", "/kubemin/dist/main.js"],
    env: { KUBEMIN_HOME: "/data", NODE_ENV: "production" },
  });
}

const database = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "database", labels: { app: "database" } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: "postgres",
        image: "postgres:17",
        imagePullPolicy: "IfNotPresent",
        env: [{ name: "POSTGRES_PASSWORD", value: "s3cr3t" }],
        readinessProbe: { exec: { command: ["pg_isready", "-h", "127.0.0.1", "-U", "postgres"] }, periodSeconds: 1 },
      },
    ],
  },
};
const databaseService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "database" },
  spec: { selector: { app: "database" }, ports: [{ port: 5432 }] },
};

describe("the release", () => {
  it("serves, and deploys into the cluster that it lives in", { timeout: 300_000 }, async () => {
    await importProduct();
    const url = `postgres://postgres:s3cr3t@database.${namespace}.svc:5432/postgres`;
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "kubemin" },
      stringData: { database: url, key: randomBytes(32).toString("hex"), "admin-token": TOKEN },
    };
    await apply(namespace, secret, database, databaseService);
    // Servers without a database exit, and Kubernetes restarts them after longer and longer waits.
    const isReady = (one: Manifest): boolean => dig(one, "status", "containerStatuses", 0, "ready") === true;
    await until(namespace, "pods", (pods) => pods.some(isReady), 90);
    const options = `secret=kubemin,image.repository=docker.io/library/${IMAGE},image.tag=test,api.replicas=1,worker.replicas=1`;
    await apply(namespace, ...render("--set", options));
    const ready = (one: Manifest): boolean => dig(one, "status", "readyReplicas") === 1;
    await until(namespace, "deployments", (all) => all.length === 2 && all.every(ready), 120);
    const service = await get(namespace, "service", RELEASE);
    const client = createClient({ url: `http://${String(dig(service, "spec", "clusterIP"))}`, token: TOKEN });
    expect((await client.call("listClusters", {})).items).toMatchObject([{ name: "in-cluster", reachable: true }]);
    const body = JSON.stringify({
      name: "hello",
      namespace,
      components: [{ name: "greeting", type: "config", properties: { data: { text: "hello" } } }],
    });
    const params = { project: "default", application: "hello" };
    const run = await client.call("deployApplication", { params, query: { wait: "60s" }, body });
    expect(run.phase, JSON.stringify(run.jobs)).toBe("succeeded");
    expect(dig(await get(namespace, "configmap", "greeting"), "data", "text")).toBe("hello");
  });
});
