// Tests the traits in real pods: all four kinds of storage, environment, init containers, sidecars, probes, resources,
// routes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { type Application, BUSYBOX, type Component, idle, script, task, worker } from "./support/documents.ts";
import { apply, container, dropNamespace, exec, get, list, makeNamespace, podsOf } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";
import { reachable } from "./support/traffic.ts";

let product: Product;
let namespace: string;

beforeAll(async () => {
  namespace = await makeNamespace();
  product = await startProduct();
  await apply(
    namespace,
    { apiVersion: "v1", kind: "Secret", metadata: { name: "outside" }, stringData: { token: "from outside" } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "outside" }, data: { color: "blue" } },
  );
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

/** Deploys the document and returns the pod of the component `app`. */
async function deployed(name: string, ...components: readonly Component[]): Promise<Manifest> {
  const application: Application = { name, namespace, components };
  const result = await product.kubemin("deploy", product.file(`${name}.json`, application), "--yes");
  expect(result.code, result.stderr).toBe(0);
  const pods = await podsOf(namespace, name);
  const [pod] = pods;
  if (pod === undefined) throw new Error(`no pod of ${name}`);
  return pod;
}

const sh = (pod: Manifest, text: string): Promise<string> => exec(namespace, pod.metadata.name, "sh", "-c", text);

const BYTES = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80]);

describe("storage", () => {
  it("persistent: a claim of the asked size, bound and mounted; 20 means 20Gi; the data outlives the pod", async () => {
    const storage = [{ type: "persistent", mountPath: "/data", size: "20" }];
    const pod = await deployed(
      "keeper",
      worker("keeper", { properties: idle("date +%s%N >> /data/starts"), traits: { storage } }),
    );
    const [claim] = (await list(namespace, "persistentvolumeclaims")).filter(
      (one) => one.metadata.labels?.["kubemin.dev/component"] === "keeper",
    );
    expect(dig(claim, "status", "phase")).toBe("Bound");
    expect(dig(claim, "spec", "resources", "requests", "storage")).toBe("20Gi");
    expect(container(pod, "keeper")["volumeMounts"]).toContainEqual(expect.objectContaining({ mountPath: "/data" }));
    expect(JSON.stringify(dig(pod, "spec", "volumes"))).toContain(`"claimName":"${claim?.metadata.name}"`);
    expect((await sh(pod, "cat /data/starts")).trim().split("\n")).toHaveLength(1);
    const again = await deployed(
      "keeper",
      worker("keeper", { properties: idle("date +%s%N >> /data/starts; true"), traits: { storage } }),
    );
    expect((await sh(again, "cat /data/starts")).trim().split("\n")).toHaveLength(2);
    const removed = await product.kubemin("delete", "keeper", "--yes");
    expect(removed.code, removed.stderr).toBe(0);
    expect((await get(namespace, "persistentvolumeclaim", claim?.metadata.name ?? ""))?.metadata.uid).toBe(
      claim?.metadata.uid,
    );
  });

  it("ephemeral, config and secret: as files, as environment, read-only, binary, with one file by subPath", async () => {
    const storage = [
      { type: "ephemeral", mountPath: "/cache", sizeLimit: "64Mi" },
      { type: "config", name: "settings-env", data: { GREETING: "hello", COUNT: "3" } },
      {
        type: "config",
        name: "settings-files",
        mountPath: "/etc/settings",
        data: { "app.conf": "workers = 4\n", "logo.bin": { base64: BYTES.toString("base64") } },
      },
      { type: "config", name: "settings-one", mountPath: "/etc/motd", subPath: "motd", data: { motd: "welcome\n" } },
      { type: "secret", name: "login-env", data: { PASSWORD: "correct horse" } },
      {
        type: "secret",
        name: "login-files",
        mountPath: "/etc/login",
        data: { "tls.key": "very secret", "raw.bin": { base64: BYTES.toString("base64") } },
      },
    ];
    const application: Application = {
      name: "files",
      namespace,
      components: [worker("files", { traits: { storage } })],
    };
    const plan = await product.kubemin("plan", product.file("files.json", application));
    expect(plan.stdout + plan.stderr, "a subPath mount warns that it will not follow changes").toMatch(
      /warning.*subPath.*settings-one/s,
    );
    const pod = await deployed("files", worker("files", { traits: { storage } }));

    expect(JSON.stringify(dig(pod, "spec", "volumes"))).toContain('"emptyDir":{"sizeLimit":"64Mi"}');
    const envFrom = JSON.stringify(container(pod, "files")["envFrom"]);
    for (const source of ['{"configMapRef":{"name":"settings-env"}}', '{"secretRef":{"name":"login-env"}}'])
      expect(envFrom).toContain(source);
    const mounts = JSON.stringify(container(pod, "files")["volumeMounts"]);
    expect(
      mounts.match(/"readOnly":true/g)?.length,
      "config, one file, secret, and the cluster's own token",
    ).toBeGreaterThanOrEqual(3);
    const settings = await get(namespace, "configmap", "settings-files");
    expect(settings).toMatchObject({
      data: { "app.conf": "workers = 4\n" },
      binaryData: { "logo.bin": BYTES.toString("base64") },
    });

    expect(await sh(pod, 'echo "$GREETING $COUNT $PASSWORD"')).toBe("hello 3 correct horse\n");
    expect(await sh(pod, "cat /etc/settings/app.conf /etc/motd /etc/login/tls.key")).toBe(
      "workers = 4\nwelcome\nvery secret",
    );
    for (const file of ["/etc/settings/logo.bin", "/etc/login/raw.bin"])
      expect((await sh(pod, `base64 ${file}`)).trim()).toBe(BYTES.toString("base64"));
    expect(await sh(pod, "touch /cache/mine && echo writable")).toBe("writable\n");
    for (const folder of ["/etc/settings", "/etc/login"])
      expect(await sh(pod, `touch ${folder}/mine 2> /dev/null || echo refused`)).toBe("refused\n");
    expect(await sh(pod, "(echo changed > /etc/motd) 2> /dev/null || echo refused")).toBe("refused\n");
  });
});

describe("the pod", () => {
  it("gets environment of every kind", async () => {
    const env = {
      TEXT: "two words",
      NUMBER: 4,
      FLAG: false,
      EMPTY: "",
      LATER: { value: "$(TEXT) again" },
      SECRET: { secret: "login", key: "password" },
      CONFIG: { config: "look", key: "color" },
      OUTER_SECRET: { secret: "outside", key: "token" },
      OUTER_CONFIG: { config: "outside", key: "color", external: true },
      POD_IP: { field: "status.podIP" },
      LABEL: { field: "metadata.labels['kubemin.dev/component']" },
      MEMORY: { resource: "limits.memory" },
      URL: { component: "target" },
      HOST: { component: "target", output: "host" },
      PORT: { component: "target", output: "port" },
    };
    const pod = await deployed(
      "environment",
      {
        name: "environment",
        type: "worker",
        properties: idle(),
        traits: { env, resources: { memory: "16Mi", limits: { memory: "32Mi" } } },
      },
      { name: "login", type: "secret", properties: { data: { password: "correct horse" } } },
      { name: "look", type: "config", properties: { data: { color: "green" } } },
      {
        name: "target",
        type: "webservice",
        properties: { ...script("trap 'exit 0' TERM; httpd -f -p 8080 & wait"), port: 8080 },
      },
    );
    const text = await sh(pod, "env");
    const found = Object.fromEntries(
      text.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(found).toMatchObject({
      TEXT: "two words",
      NUMBER: "4",
      FLAG: "false",
      EMPTY: "",
      LATER: "two words again",
      SECRET: "correct horse",
      CONFIG: "green",
      OUTER_SECRET: "from outside",
      OUTER_CONFIG: "blue",
      POD_IP: dig(pod, "status", "podIP"),
      LABEL: "environment",
      MEMORY: String(32 * 1024 * 1024),
      URL: "http://target:8080",
      HOST: "target",
      PORT: "8080",
    });
  });

  it("has its init containers, sidecars, probes and resources", async () => {
    const pod = await deployed("features", {
      name: "features",
      type: "webservice",
      properties: {
        ...script("httpd -f -p 8080 -h /www & server=$!; trap 'kill $server; exit 0' TERM; wait $server"),
        port: 8080,
      },
      traits: {
        storage: [{ type: "ephemeral", name: "www", mountPath: "/www" }],
        init: [
          {
            name: "page",
            ...script('echo "made for $WHO" > /www/index.html'),
            env: { WHO: "init" },
            mounts: [{ name: "www", mountPath: "/www" }],
          },
        ],
        sidecar: [
          {
            name: "clock",
            ...script("trap 'exit 0' TERM; date > /www/now.txt; sleep infinity & wait"),
            mounts: [{ name: "www", mountPath: "/www" }],
            resources: { cpu: "5m" },
          },
        ],
        probes: {
          startup: { http: { path: "/index.html" }, every: "1s", failures: 30 },
          readiness: { http: { path: "/now.txt" }, every: "2s", timeout: "1s", failures: 3 },
          liveness: { exec: { command: ["test", "-e", "/www/index.html"] }, every: "10s", after: "5s" },
        },
        resources: { cpu: 0.05, memory: "16Mi", limits: { cpu: "1000m", memory: "1024Mi" } },
      },
    });
    expect(await sh(pod, "cat /www/index.html; test -s /www/now.txt && echo clocked")).toBe("made for init\nclocked\n");
    const main = container(pod, "features");
    expect(main).toMatchObject({
      startupProbe: { httpGet: { path: "/index.html", port: 8080 }, periodSeconds: 1, failureThreshold: 30 },
      readinessProbe: {
        httpGet: { path: "/now.txt", port: 8080 },
        periodSeconds: 2,
        timeoutSeconds: 1,
        failureThreshold: 3,
      },
      livenessProbe: {
        exec: { command: ["test", "-e", "/www/index.html"] },
        periodSeconds: 10,
        initialDelaySeconds: 5,
      },
      resources: { requests: { cpu: "50m", memory: "16Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    });
  });

  it("of a task ends although its sidecar would go on", async () => {
    const traits = {
      sidecar: [
        {
          name: "forever",
          image: BUSYBOX,
          command: ["sh", "-c", "trap 'exit 0' TERM; echo beside; sleep infinity & wait"],
        },
      ],
    };
    const pod = await deployed("batch", task("batch", "echo done", { traits }));
    expect(dig(pod, "status", "phase")).toBe("Succeeded");
    const log = await product.kubemin("logs", "batch/batch");
    expect(log.stdout).toMatch(/done/);
  });
});

describe("a route", () => {
  const page = (host: string, more: Readonly<Record<string, string>>): Component => ({
    name: "page",
    type: "webservice",
    properties: {
      ...script(
        "mkdir /www; echo hello > /www/index.html; httpd -f -p 8080 -h /www & server=$!; trap 'kill $server; exit 0' TERM; wait $server",
      ),
      port: 8080,
    },
    traits: { route: { host, ...more }, probes: { readiness: { tcp: {}, every: "1s" } } },
  });

  it("is an HTTPRoute or an Ingress, whichever is asked for, and answers", async () => {
    for (const [kind, resource, other] of [
      ["gateway", "httproutes", "ingresses"],
      ["ingress", "ingresses", "httproutes"],
    ] as const) {
      const host = `${kind}.${namespace}.example.com`;
      const file = product.file("page.json", { name: "page", namespace, components: [page(host, { kind })] });
      const result = await product.kubemin("deploy", file, "--yes");
      expect(result.code, result.stderr).toBe(0);
      expect(result.stdout).toContain(host);
      expect(await list(namespace, resource)).toHaveLength(1);
      expect(await list(namespace, other), "the other kind is gone again").toHaveLength(0);
      expect(await reachable(host, "/")).toEqual({ status: 200, body: "hello\n" });
    }
  });
});
