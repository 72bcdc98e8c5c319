// Tests the traits on the real cluster: deploys the examples as a user would, and looks at the objects with kubectl.

import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import { GPU_ROWS } from "../catalog/traits/gpuRows.ts";
import { app, goodPlan } from "../plan/planned.ts";
import { jobOf, newestRun } from "./support/asking.ts";
import { ingressUrl } from "./support/environment.ts";
import {
  dropNamespace,
  exec,
  type Finished,
  get,
  kubectl,
  list,
  makeNamespace,
  podsOf,
  tryKubectl,
  until,
} from "./support/kubectl.ts";
import { EXAMPLES, type Product, type Run, startProduct } from "./support/product.ts";

let product: Product;
/** An application cannot move, so each has one namespace for all of its tests. */
const namespaces = new Map<string, string>();

async function homeOf(application: string, labels?: Readonly<Record<string, string>>): Promise<string> {
  const known = namespaces.get(application);
  if (known !== undefined) return known;
  const name = await makeNamespace(labels);
  namespaces.set(application, name);
  return name;
}

/** kubemin tries this route for 90 s before it gives up; the other tests run during that time. */
let deaf: Promise<Finished> | undefined;

beforeAll(async () => {
  product = await startProduct();
  deaf = deployDeaf();
  deaf.catch(() => undefined);
});

async function deployDeaf(): Promise<Finished> {
  const namespace = await homeOf("deaf");
  const web = {
    name: "web",
    type: "webservice",
    // Kubernetes considers the pod ready, but no program listens on the port.
    properties: {
      image: "busybox:1.36",
      port: 8080,
      command: ["sh", "-c", "trap 'exit 0' TERM; sleep infinity & wait"],
    },
    traits: {
      probes: { readiness: { exec: { command: ["true"] } } },
      route: { host: `${namespace}.example.com` },
    },
  };
  return product.kubemin("deploy", product.file("deaf.json", { name: "deaf", namespace, components: [web] }), "--yes");
}

afterAll(async () => {
  await product?.stop();
  await Promise.all([...namespaces.values()].map(dropNamespace));
});

let files = 0;

type Edit = readonly [from: string | RegExp, to: string];

/** An example, deployed to a namespace of the test's own. */
function example(name: string, namespace: string, ...edits: readonly Edit[]): string {
  const text = readFileSync(join(EXAMPLES, `${name}.yaml`), "utf8").replace(
    /^name: .*$/m,
    `$&\nnamespace: ${namespace}`,
  );
  const edited = edits.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    if (after === before) throw new Error(`the example ${name} holds no ${String(from)}`);
    return after;
  }, text);
  return product.file(`${name}-${++files}.yaml`, edited);
}

async function deploy(file: string, application: string): Promise<Run> {
  const { code, stdout, stderr } = await product.kubemin("deploy", file, "--yes");
  expect(code, stdout + stderr).toBe(0);
  return newestRun(product, application);
}

const replicasOf = async (namespace: string, name: string): Promise<unknown> =>
  dig(await get(namespace, "deployment", name), "spec", "replicas");

const uids = async (namespace: string, component: string): Promise<readonly string[]> =>
  (await podsOf(namespace, component)).map((pod) => pod.metadata.uid ?? "").toSorted();

describe("scaling", () => {
  const RANGE = /scaling: \{ min: 2, max: 4, cpu: 70 \}/;

  it("leaves the number to the autoscaler through deploys, and takes it back when the document says so", async () => {
    const namespace = await homeOf("scaling");
    await deploy(example("scaling", namespace), "scaling");
    const scaled = (wanted: number) =>
      until(namespace, "deployments", (all) =>
        all.some((one) => one.metadata.name === "page" && dig(one, "status", "readyReplicas") === wanted),
      );
    await scaled(2);
    const budgets = await list(namespace, "poddisruptionbudgets");
    expect(budgets.map((one) => one.metadata.name).toSorted()).toEqual(["page", "worker"]);

    // A new version rolls out with the number of pods that the autoscaler set.
    await deploy(example("scaling", namespace, ["hostname >", "hostname -i >"]), "scaling");
    expect(await replicasOf(namespace, "page")).toBe(2);

    const fixed = example("scaling", namespace, [RANGE, "scaling: { replicas: 3 }"]);
    await deploy(fixed, "scaling");
    expect(await replicasOf(namespace, "page")).toBe(3);
    expect(await get(namespace, "horizontalpodautoscaler", "page")).toBeUndefined();

    // After the autoscaler is removed, three pods stay three and do not become one.
    await deploy(example("scaling", namespace), "scaling");
    expect(await replicasOf(namespace, "page")).toBe(3);
    await deploy(example("scaling", namespace, [RANGE, "scaling: { min: 4, max: 4 }"]), "scaling");
    await scaled(4);
    // The autoscaler wrote the number last, but setting it in the document again is not a conflict.
    await deploy(fixed, "scaling");
    expect(await replicasOf(namespace, "page")).toBe(3);
  });

  it("stores a change without replacing pods while it is paused", async () => {
    const namespace = await homeOf("scaling");
    await deploy(example("scaling", namespace), "scaling");
    const before = await uids(namespace, "page");
    const pause: Edit = ["deadline: 2m }", "deadline: 2m, pause: true }"];
    const run = await deploy(example("scaling", namespace, pause, ["hostname >", "hostname -f >"]), "scaling");
    expect(jobOf(run, "page")).toMatchObject({ phase: "succeeded", reason: { code: "Suspended" } });
    expect(await uids(namespace, "page")).toEqual(expect.arrayContaining([...before]));
    await deploy(example("scaling", namespace, ["hostname >", "hostname -f >"]), "scaling");
    expect(await uids(namespace, "page")).not.toEqual(expect.arrayContaining([...before]));
  });

  it("does not take a number that a person scaled", async () => {
    const namespace = await homeOf("scaling");
    await deploy(example("scaling", namespace), "scaling");
    await kubectl(["-n", namespace, "scale", "deployment/worker", "--replicas=1"]);
    const again = example("scaling", namespace, [/scaling: \{ replicas: 2 \}/, "scaling: { replicas: 5 }"]);
    const { code, stdout, stderr } = await product.kubemin("deploy", again, "--yes");
    expect(code, stdout).not.toBe(0);
    expect(stdout + stderr).toContain("kubectl");
    expect(await replicasOf(namespace, "worker")).toBe(1);
    expect((await product.kubemin("deploy", again, "--yes", "--force")).code).toBe(0);
    expect(await replicasOf(namespace, "worker")).toBe(5);
  });
});

describe("access", () => {
  it("runs where only restricted pods may, with a token only where it was asked for", async () => {
    const namespace = await homeOf("access", { "pod-security.kubernetes.io/enforce": "restricted" });
    await deploy(example("access", namespace), "access");
    const [page] = await podsOf(namespace, "page");
    const [reader] = await podsOf(namespace, "reader");
    expect(await exec(namespace, page?.metadata.name ?? "", "id", "-u")).toBe("65532\n");
    const token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    expect((await tryKubectl(["-n", namespace, "exec", page?.metadata.name ?? "", "--", "cat", token])).code).not.toBe(
      0,
    );
    expect((await exec(namespace, reader?.metadata.name ?? "", "cat", token)).split(".")).toHaveLength(3);
    const may = async (verb: string, what: string): Promise<string> => {
      const as = `--as=system:serviceaccount:${namespace}:reader`;
      return (await tryKubectl(["-n", namespace, "auth", "can-i", verb, what, as])).stdout.trim();
    };
    expect([await may("list", "configmaps"), await may("delete", "configmaps"), await may("list", "secrets")]).toEqual([
      "yes",
      "no",
      "no",
    ]);
    expect((await get(namespace, "serviceaccount", "page"))?.metadata.annotations).toMatchObject({
      "example.com/role": "page",
    });
    expect(dig(await get(namespace, "networkpolicy", "page"), "spec", "policyTypes")).toEqual(["Ingress", "Egress"]);

    // Labels of the objects are changed in place, so the pods stay.
    const before = await uids(namespace, "page");
    await deploy(example("access", namespace, ["cost-centre: web", "cost-centre: shop"]), "access");
    expect((await get(namespace, "deployment", "page"))?.metadata.labels).toMatchObject({
      "example.com/cost-centre": "shop",
    });
    expect(await uids(namespace, "page")).toEqual(before);
  });
});

describe("placement and service", () => {
  it("puts pods where they were asked to be, and opens a port of the node", async () => {
    const namespace = await homeOf("placement");
    await deploy(example("placement", namespace), "placement");
    const service = await get(namespace, "service", "cache");
    expect(dig(service, "spec")).toMatchObject({ type: "NodePort", sessionAffinity: "ClientIP" });
    const nodes = await Promise.all(["cache", "near"].map((name) => podsOf(namespace, name)));
    expect(new Set(nodes.flat().map((pod) => dig(pod, "spec", "nodeName"))).size).toBe(1);
  });

  it("waits for the address of a load balancer, and tells it", async () => {
    const namespace = await homeOf("placement");
    const file = example("placement", namespace, ["type: NodePort", "type: LoadBalancer"]);
    const command = product.start("deploy", file, "--yes");
    await command.says(/Service\/cache has no address yet/);
    // The test takes the part of the cloud, because this cluster has no controller for load balancers.
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: "192.0.2.10" }] } } });
    await kubectl(["-n", namespace, "patch", "service", "cache", "--subresource=status", "--type=merge", "-p", status]);
    expect((await command.finished).code, command.output()).toBe(0);
    expect(jobOf(await newestRun(product, "placement"), "cache").output).toMatchObject({
      addresses: ["192.0.2.10:6379"],
    });
  });
});

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

function visit(host: string, path: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(new URL(path, ingressUrl()), { headers: { host } }, (incoming) => {
    let body = "";
    incoming.setEncoding("utf8").on("data", (text: string) => (body += text));
    incoming.once("end", () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }));
  });
  outgoing.once("error", reject).end();
  return promise;
}

describe("routes", () => {
  it("are ready when a visitor is answered; unreachable ones say so", async () => {
    const namespace = await homeOf("routes");
    const host = `${namespace}.example.com`;
    const run = await deploy(example("routes", namespace, ["host: api.example.com", `host: ${host}`]), "routes");
    expect(jobOf(run, "api:route")).toMatchObject({
      phase: "succeeded",
      reason: { code: "RouteVerified", params: { status: 200 } },
    });
    // This controller publishes its Ingress address without the port, so kubemin cannot reach it at that address.
    expect(jobOf(run, "page:route")).toMatchObject({ phase: "succeeded", reason: { code: "RouteUnverified" } });
    const answer = await visit(host, "/api/");
    expect([answer.status, answer.body, answer.headers["x-served-by"]]).toEqual([200, "api\n", "kubemin"]);
    expect((await visit(host, "/healthz")).status).toBe(200);
    expect((await visit(host, "/healthz/more")).status).toBe(404);
    // kubemin did not verify this route, and the controller does not report when it has read an Ingress, so the test
    // polls.
    await expect.poll(async () => (await visit("page.example.com", "/")).body, { timeout: 30_000 }).toBe("page\n");
  });

  it("fail with the answer as evidence when the controller never finds the program", { timeout: 240_000 }, async () => {
    expect((await deaf)?.code).not.toBe(0);
    const job = jobOf(await newestRun(product, "deaf"), "web:route");
    expect(job).toMatchObject({ phase: "failed", reason: { code: "RouteRefused" } });
    expect(JSON.stringify(job.evidence)).toContain("502 Bad Gateway");
  });

  it("are a VirtualService when that is asked for and served", async () => {
    const group = "networking.istio.io";
    const version = {
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
    };
    const names = { plural: "virtualservices", singular: "virtualservice", kind: "VirtualService" };
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `virtualservices.${group}` },
      spec: { group, names, scope: "Namespaced", versions: [version] },
    };
    // The test checks only the stored objects, because the cluster has no Istio.
    await kubectl(["apply", "-f", "-"], JSON.stringify(definition));
    const fresh = await startProduct();
    try {
      await kubectl(["wait", "--for=condition=Established", `crd/virtualservices.${group}`]);
      const namespace = await homeOf("mesh");
      const web = {
        name: "web",
        type: "webservice",
        properties: { image: "busybox:1.36", port: 8080, command: ["httpd", "-f", "-p", "8080"] },
        traits: { route: { kind: "istio", gateway: "istio-ingress/public", path: "/api", timeout: "5s" } },
      };
      const file = fresh.file("mesh.json", { name: "mesh", namespace, components: [web] });
      const { code, stdout, stderr } = await fresh.kubemin("deploy", file, "--yes");
      expect(code, stdout + stderr).toBe(0);
      expect(dig(await get(namespace, `virtualservices.${group}`, "web"), "spec")).toMatchObject({
        gateways: ["istio-ingress/public"],
        http: [{ timeout: "5s" }],
      });
    } finally {
      await fresh.stop();
      await kubectl(["delete", "crd", `virtualservices.${group}`]);
    }
  });
});

describe("devices", () => {
  const DEVICE = "devices.kubemin.dev/gpu";
  const onNode = (patch: object, ...words: readonly string[]) =>
    kubectl(["patch", "node", node, ...words, "--type=merge", "-p", JSON.stringify(patch)]);
  const advertise = async (amount: string | null): Promise<void> => {
    // This is how an extended resource without a device plug-in is advertised:
    // https://kubernetes.io/docs/tasks/administer-cluster/extended-resource-node/
    const resources = { [DEVICE]: amount };
    await onNode({ status: { capacity: resources, allocatable: resources } }, "--subresource=status");
    await onNode({ metadata: { labels: { [`${DEVICE}.product`]: amount === null ? null : "A100" } } });
  };
  let node: string;

  beforeAll(async () => {
    const [first] = await list("default", "nodes");
    node = first?.metadata.name ?? "";
    await advertise("1");
  });
  afterAll(() => advertise(null));

  it("a program gets one, on a node with the right model; nothing is deployed where there is none", async () => {
    const namespace = await homeOf("training");
    const file = example(
      "training",
      namespace,
      [/gpu: \{.*\}/, `gpu: { count: 1, resource: ${DEVICE}, productLabel: ${DEVICE}.product, product: [A100, H100] }`],
      [/resources: \{.*\}/, "resources: { cpu: 10m, memory: 16Mi, limits: { memory: 16Mi } }"],
      // The cluster has no NFS server; see below.
      [/ *- \{ type: nfs.*\n/, ""],
    );
    await deploy(file, "training");
    const [pod] = await podsOf(namespace, "train");
    expect(dig(pod, "status", "phase")).toBe("Running");
    expect(dig(pod, "spec", "containers", "0", "resources", "limits")).toMatchObject({ [DEVICE]: "1" });
    expect(await exec(namespace, pod?.metadata.name ?? "", "df", "/results")).toContain("/results");
    const impatient = readFileSync(file, "utf8")
      .replace("[A100, H100]", "H100")
      .replace("type: worker", "$&\n    timeout: 15s");
    const other = product.file("h100.yaml", impatient);
    const { code, stdout, stderr } = await product.kubemin("deploy", other, "--yes");
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/gpu\.product|node affinity|no node/i);
  });
});

describe("accelerators that this cluster does not have", () => {
  it("are accepted by the API server, in the names and amounts of each middleware", async () => {
    const namespace = await makeNamespace();
    namespaces.set("accelerators", namespace);
    const file = example("accelerators", namespace);
    const { code, stdout, stderr } = await product.kubemin("plan", file, "--output", "json");
    expect(code, stdout + stderr).toBe(3);
    expect(await list(namespace, "jobs,deployments,resourceclaimtemplates")).toEqual([]);
  });

  it("are kept by the API server as they were sent, for every vendor", async () => {
    const components = Object.values(GPU_ROWS).map(({ gpu }, index) => {
      return { name: `vendor-${index}`, type: "task", properties: { image: "busybox:1.36" }, traits: { gpu } };
    });
    const jobs = goodPlan(app(...components)).jobs.flatMap((job) => job.objects.map((one) => one.manifest));
    const items = jobs.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: "default" } }));
    const file = product.file("vendors.json", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    // One line for each object.
    const limits = 'jsonpath={.spec.template.spec.containers[0].resources.limits}{"\\n"}';
    const kept = (await kubectl(["create", "--dry-run=server", "-f", file, "-o", limits])).trim().split("\n");
    expect(kept.map((one): unknown => JSON.parse(one))).toEqual(Object.values(GPU_ROWS).map((row) => row.limits));
  });

  it("are claimed by a template that belongs to the component: it is replaced and removed with it", async () => {
    const namespace = await homeOf("accelerators");
    const templates = async () => (await list(namespace, "resourceclaimtemplates")).map((one) => one.metadata.name);
    /** Only the last component; the others would wait for devices. */
    const claims: Edit = [/components:\n[\s\S]*(?= {2}# Dynamic)/, "components:\n"];
    await deploy(example("accelerators", namespace, claims), "accelerators");
    const [first, ...others] = await templates();
    expect(others).toEqual([]);
    const pod = dig(await get(namespace, "deployment", "claims"), "spec", "template", "spec");
    expect(dig(pod, "resourceClaims")).toEqual([{ name: "devices", resourceClaimTemplateName: first }]);
    await deploy(example("accelerators", namespace, claims, ["count: 2", "count: 3"]), "accelerators");
    const [second, ...more] = await templates();
    expect(second).not.toBe(first);
    expect(more).toEqual([]);
    const gone = await product.kubemin("delete", "accelerators", "--yes");
    expect(gone.code, gone.stdout + gone.stderr).toBe(0);
    expect(await templates()).toEqual([]);
  });
});

describe("disks that this cluster does not have", () => {
  it("are planned with a dry run of the API server, and nothing is made", async () => {
    const namespace = await makeNamespace();
    namespaces.set("nas", namespace);
    const file = example("training", namespace, [/^name: .*$/m, "name: nas"]);
    const { code, stdout, stderr } = await product.kubemin("plan", file, "--output", "json");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("nas.example.com");
    expect(await list(namespace, "deployments,persistentvolumeclaims")).toEqual([]);
  });
});
