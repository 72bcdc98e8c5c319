// Imports realistic files of every format. The expected report of every field is in __snapshots__.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { dig } from "../../src/model/data/json.ts";
import { holds, type Imported, imported, outcomes } from "./imported.ts";

const read = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
const VARIABLES = { SHOP_TOKEN: "canary" };
const FILES = { "./worker.env": 'export A=1\n# no\nB="two words"\n' };

function component(result: Imported, name: string): unknown {
  const components = result.document?.["components"];
  return Array.isArray(components)
    ? components.find((one) => typeof one === "object" && one !== null && "name" in one && one["name"] === name)
    : undefined;
}

describe("fixtures", () => {
  it.each(["compose.yaml", "manifests.yaml", "hardened.yaml", "kubevela.yaml", "kubemin-cli.json"])(
    "%s",
    async (name) => {
      const text = read(name);
      const result = imported(text, { variables: VARIABLES, files: FILES });
      holds(text, result);
      const lines = result.report.map(({ outcome, from, to, words }) =>
        [
          outcome,
          from,
          ...(to === undefined ? [] : ["->", to]),
          ...(words === undefined ? [] : [`# ${words.text.en}`]),
        ].join(" "),
      );
      const page = `${stringify(result.document, { lineWidth: 0 })}---\n${lines.join("\n")}\n`;
      await expect(page).toMatchFileSnapshot(`__snapshots__/${name.replace(/\.\w+$/, "")}.txt`);
    },
  );
});

it("the example of the guide is taken as a whole", () => {
  const text = readFileSync(new URL("../../examples/import/compose.yaml", import.meta.url), "utf8");
  const result = imported(text, { variables: VARIABLES });
  holds(text, result);
  expect(result.report.filter((one) => one.outcome === "unsupported")).toEqual([]);
});

describe("Compose", () => {
  const result = imported(read("compose.yaml"), { variables: VARIABLES, files: FILES });

  it("makes a task of what others wait for until it has ended, a store of what keeps data", () => {
    expect(component(result, "migrate")).toMatchObject({
      type: "task",
      properties: { retries: 3 },
      dependsOn: ["redis"],
    });
    expect(component(result, "redis")).toMatchObject({ type: "store", properties: { port: 6379 } });
    expect(component(result, "web")).toMatchObject({ type: "webservice", dependsOn: ["redis", "migrate"] });
    expect(component(result, "token")).toMatchObject({ type: "secret", properties: { data: { token: "canary" } } });
    expect(component(result, "worker")).toMatchObject({ traits: { env: { A: "1", B: "two words" } } });
  });

  it("says of a variable without a value which one it is", () => {
    const text = "services: { web: { image: 'busybox:${VERSION}' , command: 'sleep 1' } }";
    const missing = imported(text);
    expect(missing.document).toBeNull();
    expect(missing.report[0]).toMatchObject({
      outcome: "unsupported",
      from: "/services/web/image",
      words: { params: { name: "VERSION" } },
    });
    const given = imported(text, { variables: { VERSION: "1.36" } });
    expect(component(given, "web")).toMatchObject({ properties: { image: "busybox:1.36", args: ["sleep", "1"] } });
  });

  it("renames what Kubernetes cannot call so, and all that names it", () => {
    const text = "services:\n  My_DB: { image: redis }\n  web: { image: nginx, depends_on: [My_DB] }";
    const renamed = imported(text);
    holds(text, renamed);
    expect(component(renamed, "web")).toMatchObject({ dependsOn: ["my-db"] });
    expect(outcomes(renamed, "/services/My_DB")).toEqual([
      "changed  /components/0/name",
      "changed /ports /components/0/properties/port",
      "taken /image /components/0/properties/image",
    ]);
  });
});

describe("manifests", () => {
  const result = imported(read("manifests.yaml"));

  it("call a workload like its Service, whose name is the address, and take claims and config with them", () => {
    expect(component(result, "shop-web")).toMatchObject({
      type: "webservice",
      traits: {
        route: {
          host: "shop.example.com",
          paths: [
            { path: "/", port: 80 },
            { path: "/api", port: 80 },
          ],
        },
      },
    });
    expect(component(result, "uploader")).toMatchObject({
      type: "worker",
      traits: { storage: [{ type: "persistent", size: "2Gi" }] },
    });
    // In Kubernetes the number means bytes, and not gibibytes.
    expect(component(result, "redis")).toMatchObject({ traits: { storage: [{ name: "data", size: "1048576Ki" }] } });
  });

  it("tell what this catalog has no definition for", () => {
    const cron = result.report.find((one) => one.from === "/10/spec/schedule");
    // A catalog that has the type imports it; this one may not have it.
    if (cron?.outcome === "unsupported") expect(cron.words?.params).toEqual({ name: "cron" });
    else expect(cron?.outcome).toBe("taken");
  });

  it("keep a ConfigMap whose name a workload has, under another one", () => {
    const text = read("manifests.yaml").replace("metadata: { name: shop-web,", "metadata: { name: web,");
    const both = imported(text);
    holds(text, both);
    expect(component(both, "web-config")).toMatchObject({ type: "config" });
    expect(component(both, "web")).toMatchObject({
      traits: { storage: [{ type: "config", name: "web-config" }, {}, { name: "web-config" }] },
    });
  });
});

describe("a hardened Deployment", () => {
  const result = imported(read("hardened.yaml"));

  it("keeps where it runs, as whom, and how it ends", () => {
    expect(component(result, "api")).toMatchObject({
      type: "webservice",
      traits: {
        security: { profile: "restricted", runAsUser: 1000, fsGroup: 2000, readOnlyRootFilesystem: true },
        placement: {
          nodes: { disk: "ssd", "example.com/rack": ["a", "b"] },
          tolerations: [{ key: "dedicated", operator: "Exists", effect: "NoExecute", seconds: 30 }],
          spread: [{ over: "zones", maxSkew: 1, strict: true }],
          onePerHost: true,
          priorityClass: "high",
        },
        lifecycle: { grace: "60s", preStop: { sleep: "7s" } },
        serviceAccount: { use: "robot", token: true },
        rollout: { maxSurge: 1, maxUnavailable: 0, minReady: "5s" },
        service: { headless: true, annotations: { "example.com/dns": "yes" } },
        storage: [{ type: "nfs", server: "nas", path: "/exports", mountPath: "/media", readOnly: true }],
        gpu: { count: 2, resource: "amd.com/gpu" },
        metadata: { pods: { labels: { app: "api" }, annotations: { "prometheus.io/scrape": "true" } } },
      },
    });
    expect(result.report.filter((one) => one.outcome === "unsupported")).toEqual([]);
  });

  it("takes what has no type of its own as it is, the label that it asks for included", () => {
    expect(component(result, "objects")).toMatchObject({
      type: "objects",
      properties: {
        clusterScoped: true,
        objects: [{ kind: "NetworkPolicy" }, { kind: "ServiceAccount" }, { kind: "ClusterRole" }],
      },
    });
  });
});

describe("KubeVela", () => {
  it("orders steps as its mode says: only what a step waits for, in a DAG", () => {
    const step = (name: string, more: object = {}) => ({
      name,
      type: "apply-component",
      properties: { component: name },
      ...more,
    });
    const steps = [step("a"), step("b"), step("c", { dependsOn: ["a"] })];
    const components = ["a", "b", "c"].map((name) => ({ name, type: "worker", properties: { image: "busybox" } }));
    const order = (workflow: object) => {
      const spec = { components, workflow };
      const text = JSON.stringify({
        apiVersion: "core.oam.dev/v1beta1",
        kind: "Application",
        metadata: { name: "x" },
        spec,
      });
      const found = imported(text);
      holds(text, found);
      return ["a", "b", "c"].map((name) => dig(component(found, name), "dependsOn"));
    };
    expect(order({ steps, mode: { steps: "DAG" } })).toEqual([undefined, undefined, ["a"]]);
    expect(order({ steps })).toEqual([undefined, ["a"], ["b", "a"]]);
  });

  it("takes what a component is from its properties and from its traits", () => {
    const result = imported(read("kubevela.yaml"));
    expect(component(result, "web")).toMatchObject({
      type: "webservice",
      properties: { command: ["httpd", "-f", "-p", "8000", "-h", "/www"] },
      traits: {
        scaling: { min: 2 },
        route: {
          host: "shop.example.com",
          paths: [
            { path: "/", port: 8000 },
            { path: "/api", port: 8000 },
          ],
          class: "traefik",
        },
        env: { PASS: { secret: "settings-secret", key: "password" } },
      },
      dependsOn: ["db"],
    });
    expect(outcomes(result, "/spec/policies/0").every((one) => one.startsWith("unsupported"))).toBe(true);
  });
});

describe("KubeMin-Cli", () => {
  it("is understood in both spellings", () => {
    const result = imported(read("kubemin-cli.json"));
    expect(component(result, "backend")).toMatchObject({
      dependsOn: ["redis"],
      traits: {
        env: { APP_ENV: "production", PASSWORD: { secret: "app-secret", key: "db.password" } },
        probes: { readiness: { http: { path: "/ready", port: 8080 }, every: "5s" } },
        sidecar: [{ mounts: [{ name: "logs", mountPath: "/var/log/app" }] }],
        init: [{ mounts: [{ name: "shared", mountPath: "/shared" }] }],
      },
    });
    expect(component(result, "app-secret")).toMatchObject({ dependsOn: ["app-config"] });
  });

  it("is understood in the shape of the design notes", () => {
    const storage = [
      { type: "persistent", mountPath: "/data", size: "20" },
      { type: "ephemeral", mountPath: "/cache" },
      { type: "config", name: "config-1" },
      { type: "secret", name: "secret-1" },
    ];
    const text = JSON.stringify({
      name: "a",
      component: [
        {
          name: "web",
          type: "webservice",
          properties: { image: "nginx", ports: [{ port: 80 }] },
          traits: { storage, si: [] },
        },
      ],
    });
    const result = imported(text);
    holds(text, result);
    expect(component(result, "web")).toMatchObject({ traits: { storage } });
  });
});

it("takes the probes of a native sidecar, its named ports resolved", () => {
  const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers:
        - name: proxy
          image: proxy:1
          restartPolicy: Always
          ports: [{ name: admin, containerPort: 9901 }]
          startupProbe: { httpGet: { path: /ready, port: admin }, periodSeconds: 1, failureThreshold: 30 }
      containers: [{ name: web, image: "nginx:1.27" }]
`;
  const result = imported(manifest);
  holds(manifest, result);
  expect(component(result, "web")).toMatchObject({
    traits: {
      sidecar: [
        { ports: [9901], probes: { startup: { http: { path: "/ready", port: 9901 }, every: "1s", failures: 30 } } },
      ],
    },
  });
  expect(result.report.filter((one) => one.outcome === "unsupported")).toEqual([]);
});

it("a share of a card by HAMi and its scheduler are taken, and a scheduler of the cluster's own is not needed", () => {
  const asked = { "nvidia.com/gpumem": "20k", "nvidia.com/gpu": 2, "nvidia.com/gpucores": 30 };
  const job = (schedulerName: string) =>
    stringify({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "train" },
      spec: {
        template: {
          spec: {
            restartPolicy: "Never",
            schedulerName,
            containers: [{ name: "main", image: "busybox:1.36", resources: { limits: asked, requests: asked } }],
          },
        },
      },
    });
  const result = imported(job("hami-scheduler"));
  holds(job("hami-scheduler"), result);
  expect(component(result, "train")).toMatchObject({
    traits: { gpu: { count: 2, memory: "20000Mi", cores: 30 }, placement: { scheduler: "hami-scheduler" } },
  });
  expect(result.report.filter((one) => one.outcome === "unsupported")).toEqual([]);
  expect(component(imported(job("default-scheduler")), "train")).not.toHaveProperty("traits.placement");
});
