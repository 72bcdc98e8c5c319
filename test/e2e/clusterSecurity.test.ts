// Tests the policies that an administrator installs on a cluster: it refuses unsafe pods of job types from every
// author, and `doctor` shows the state of the policies.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMISSION_RULES } from "../../src/isolation/cluster/admissionRules.ts";
import { runNamespaceOf } from "../../src/isolation/cluster/projectNamespace.ts";
import { contextName } from "./support/environment.ts";
import { dropNamespace, get, kubectl, tryKubectl } from "./support/kubectl.ts";
import { startTypes, type TypesServer, typeNamed } from "./support/types.ts";

const project = `secure-${randomBytes(3).toString("hex")}`;
const ROOM = runNamespaceOf(project);
const nameOf = (rule: string): string => `kubemin-job-${rule}.kubemin.dev`;
const KINDS = ["validatingadmissionpolicybindings", "validatingadmissionpolicies"];
const rules = ADMISSION_RULES.map((one) => one.name);
let types: TypesServer;

const dropPolicies = async (): Promise<void> => {
  for (const kind of KINDS) await tryKubectl(["delete", kind, ...rules.map(nameOf), "--ignore-not-found"]);
};

beforeAll(async () => {
  await dropPolicies();
  types = await startTypes();
}, 300_000);
afterAll(async () => {
  await types?.stop();
  await dropPolicies();
  await dropNamespace(ROOM);
});

/** A pod that meets the level "restricted" of Pod Security, but not the rules for jobs. */
const handMade = JSON.stringify({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { generateName: "hand-made-", namespace: ROOM, labels: { "kubemin.dev/job-type": "hand-made" } },
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "main",
        image: "busybox:1.36",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
});

describe("kubemin cluster secure", () => {
  it("makes the cluster itself refuse what no job may be, and a project's namespace", async () => {
    const { product } = types;
    const before = await product.kubemin("doctor");
    expect(before.stdout).toContain(`0 of ${rules.length} in force`);
    const secured = await product.kubemin("cluster", "secure", contextName(), "--project", project, "-o", "json");
    expect(secured.code, secured.stderr).toBe(0);
    expect(JSON.parse(secured.stdout)).toMatchObject({
      policies: rules.map((rule) => ({ rule, state: "inForce" })),
      namespace: { name: ROOM, state: "made" },
    });
    expect((await get("", "namespace", ROOM))?.metadata.labels).toMatchObject({
      "kubemin.dev/project": project,
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    // The API server applies new policies after a moment.
    const refused = async (): Promise<string> =>
      (await tryKubectl(["create", "--dry-run=server", "-f", "-"], handMade)).stderr;
    await expect.poll(refused, { timeout: 30_000 }).toContain("kubemin-job-");
  });

  it("does not stand in the way of what kubemin makes itself", async () => {
    const runtime = { tier: "T1", image: "busybox:1.36", template: { spec: { containers: [{ command: ["true"] }] } } };
    await types.register(typeNamed(`plain-${project}`, { runtime }), project);
    expect((await types.run(`plain-${project}`, {}, { project })).phase).toBe("succeeded");
  });

  it("is told to be incomplete when somebody takes a part of it away, and whole when it is done again", async () => {
    const { product } = types;
    await kubectl(["delete", "validatingadmissionpolicybinding", nameOf("capabilities")]);
    const doctor = await product.kubemin("doctor");
    expect(doctor.stdout).toContain(`${rules.length - 1} of ${rules.length} in force`);
    expect(doctor.stdout).toContain(`kubemin cluster secure ${contextName()}`);
    expect((await product.kubemin("cluster", "secure", contextName(), "--project", project)).code).toBe(0);
    expect((await product.kubemin("doctor")).stdout).toContain(`${rules.length} of ${rules.length} in force`);
  });

  it("is only for administrators", async () => {
    const { product } = types;
    const { stdout } = await product.kubemin("token", "add", "writer", "--role", "write", "--for", "*", "-o", "json");
    const token = (JSON.parse(stdout || "{}") as { token?: string }).token ?? ""; // the command prints this
    const answered = await fetch(`${types.product.url}/api/v1/clusters/${contextName()}/security`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: "{}",
    });
    expect([401, 403]).toContain(answered.status);
  });
});

describe("kubemin doctor --network", () => {
  it("tries out whether the network obeys policies, and leaves nothing behind", async () => {
    const { stdout } = await types.product.kubemin("doctor", "--network", "-o", "json");
    const { items } = JSON.parse(stdout) as { items: readonly { name: string; grade: string; detail: string }[] }; // as printed
    const network = items.find((one) => one.name === `network of ${contextName()}`);
    expect(network?.detail).toMatch(/enforces network policies|ignores network policies/);
    expect((await kubectl(["get", "namespaces", "-o", "name"])).includes("kubemin-network-probe-")).toBe(false);
  });
});
