// Tests real files of other tools, imported and deployed to the real cluster.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import { dropNamespace, exec, get, makeNamespace, podsOf } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
});

afterAll(async () => {
  await Promise.all([product?.stop(), dropNamespace(namespace)]);
});

it("an imported Compose application runs: its task ends before the web server starts, its secret is a file", async () => {
  const text = readFileSync(new URL("../import/fixtures/compose.yaml", import.meta.url), "utf8");
  // kubemin does not build images; the user does, here the test.
  const built = text.replace(/build: .*/, "image: busybox:1.36");
  product.file("worker.env", "A=1\n");
  const file = product.file("compose.yaml", built);
  const imported = await product.kubemin("import", file, "--set", "SHOP_TOKEN=open-sesame");
  expect(imported.code, imported.stderr).toBe(0);
  const document = product.file(
    "app.yaml",
    imported.stdout.replace("name: shop\n", `name: shop\nnamespace: ${namespace}\n`),
  );
  const deployed = await product.kubemin("deploy", document, "--yes");
  expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0);
  const [web] = await podsOf(namespace, "web");
  const name = web?.metadata.name ?? "";
  expect(await exec(namespace, name, "cat", "/run/secrets/token")).toBe("open-sesame");
  expect(await exec(namespace, name, "wget", "-qO-", "http://web:8080/")).toBe("hello shop\n");
});

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: page, labels: { team: blue } }
spec:
  replicas: 2
  selector: { matchLabels: { app: page } }
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  template:
    metadata: { labels: { app: page }, annotations: { example.com/scrape: "true" } }
    spec:
      terminationGracePeriodSeconds: 10
      securityContext: { runAsNonRoot: true, runAsUser: 1234, fsGroup: 4321, seccompProfile: { type: RuntimeDefault } }
      tolerations: [{ key: example.com/reserved, operator: Exists }]
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: { matchLabels: { app: page } }
      containers:
        - name: main
          image: busybox:1.36
          command: [sh, -c, "echo imported > /www/index.html; httpd -f -p 8080 -h /www & wait"]
          ports: [{ name: http, containerPort: 8080 }]
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          readinessProbe: { httpGet: { path: /, port: http }, periodSeconds: 1 }
          lifecycle: { preStop: { sleep: { seconds: 1 } } }
          volumeMounts: [{ name: www, mountPath: /www }]
      volumes: [{ name: www, emptyDir: {} }]
---
apiVersion: v1
kind: Service
metadata: { name: page }
spec: { selector: { app: page }, ports: [{ name: http, port: 80, targetPort: http }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: page }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: page } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: open }
spec: { podSelector: { matchLabels: { app: page } }, ingress: [{}], policyTypes: [Ingress] }
`;

it("imported manifests run as they did: user, rights, files, budget, and what has no type of its own", async () => {
  const file = product.file("plain.yaml", MANIFESTS);
  const imported = await product.kubemin("import", file, "--name", "plain", "--strict");
  expect(imported.code, imported.stderr).toBe(0);
  const text = imported.stdout.replace("name: plain\n", `name: plain\nnamespace: ${namespace}\n`);
  const deployed = await product.kubemin("deploy", product.file("plain-app.yaml", text), "--yes");
  expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0);
  const pods = await podsOf(namespace, "page");
  expect(pods).toHaveLength(2);
  const name = pods[0]?.metadata.name ?? "";
  expect(await exec(namespace, name, "sh", "-c", "id -u; id -G; wget -qO- http://page")).toMatch(
    /^1234\n[\d ]*4321[\d ]*\nimported\n$/,
  );
  expect(pods[0]?.metadata.labels).toMatchObject({ app: "page" });
  expect((await get(namespace, "deployment", "page"))?.metadata.labels).toMatchObject({ team: "blue" });
  expect(await get(namespace, "networkpolicy", "open")).toBeDefined();
  expect(dig(await get(namespace, "poddisruptionbudget", "page"), "status", "expectedPods")).toBe(2);
});
