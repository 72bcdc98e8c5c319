// The example types of examples/job-types, on the real cluster: what they do there, and what becomes of them when it goes wrong.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNamespaceOf } from "../../src/isolation/projectNamespace.ts";
import { dig } from "../../src/model/json.ts";
import { importHelm, importKubectl, importSsh, SSHD_IMAGE } from "./support/images.ts";
import { apply, dropNamespace, kubectl, list, makeNamespace, tryKubectl, until } from "./support/kubectl.ts";
import { EXAMPLES } from "./support/product.ts";
import { example, startTypes, type TypesServer } from "./support/types.ts";

let types: TypesServer;
let shop: string;
const project = "default";
const ROOM = runNamespaceOf(project);

beforeAll(async () => {
  shop = await makeNamespace();
  types = await startTypes();
}, 300_000);
afterAll(async () => {
  await types?.close();
  await dropNamespace(shop);
  await dropNamespace(ROOM);
});

const ready = (pods: readonly object[], count: number): boolean =>
  pods.filter((pod) => {
    const conditions = dig(pod, "status", "conditions");
    return (
      Array.isArray(conditions) &&
      conditions.some((one) => dig(one, "type") === "Ready" && dig(one, "status") === "True")
    );
  }).length >= count;

const labels = (app: string) => ({ app });

describe("http-check", () => {
  it("asks a Service of the application, and tells a wrong answer from none", async () => {
    await apply(
      shop,
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "web", labels: labels("web") },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: "main",
              image: "busybox:1.36",
              command: ["sh", "-c", "mkdir /www; echo Welcome > /www/index.html; exec httpd -f -p 8080 -h /www"],
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web" },
        spec: { selector: labels("web"), ports: [{ port: 80, targetPort: 8080 }] },
      },
    );
    await until(shop, "pods", (pods) => ready(pods, 1));
    await types.register(example("http-check"), { network: ["web:80"] });
    const url = `http://web.${shop}.svc/`;
    const good = await types.run("http-check", { url, contains: "Welcome" }, { namespace: shop });
    expect(good.jobs[0]).toMatchObject({ phase: "succeeded", output: { bytes: 8 } });
    const [policy] = await list(ROOM, "networkpolicies", "--selector", `kubemin.dev/run=${good.id.slice(0, 63)}`);
    expect(dig(policy, "spec", "egress", 1)).toEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": shop } },
          podSelector: { matchLabels: labels("web") },
        },
      ],
      ports: [{ protocol: "TCP", port: 8080 }],
    });
    const wrong = await types.run("http-check", { url, contains: "Goodbye" }, { namespace: shop });
    expect(wrong.jobs[0]).toMatchObject({
      phase: "failed",
      reason: { code: "MappedFailure", params: { name: "WrongAnswer", domain: "job" } },
    });
  });
});
