// The admission policies for job pods on a real API server: pods that kubemin renders pass, and each violation is
// refused by its policy even when kubectl creates the pod. The policies of this test have a label of their own, so that
// they do not affect other tests.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { admissionPolicies } from "../../../src/isolation/cluster/admission.ts";
import { ADMISSION_RULES } from "../../../src/isolation/cluster/admissionRules.ts";
import { renderNetworkPolicy } from "../../../src/isolation/cluster/networkPolicy.ts";
import { jobAccount, projectNamespace } from "../../../src/isolation/cluster/projectNamespace.ts";
import { renderJobPod } from "../../../src/isolation/pod/renderPod.ts";
import { NO_CAPABILITIES } from "../../../src/isolation/policy/capability.ts";
import { PROFILES, type ProfileName } from "../../../src/isolation/policy/profile.ts";
import { dig, type Json, type JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { apply, dropNamespace, kubectl, list, makeNamespace, tryKubectl, until } from "../../e2e/support/kubectl.ts";
import { CLUSTER, container, order, template } from "../fixtures.ts";
import { put } from "../put.ts";

const MARK = randomBytes(4).toString("hex");
const PREFIX = `test-${MARK}`;
const LABEL = `test-${MARK}.example.com/project`;
const policies = admissionPolicies({ prefix: PREFIX, namespaceLabel: LABEL });
const nameOf = (rule: string): string => `${PREFIX}-${rule}.kubemin.dev`;

let namespace = "";
let restricted = "";

function podFor(where: string, name: string): Manifest {
  const base = order();
  const spec = { containers: [container({ command: ["sh", "-c", "touch /tmp/x && touch /y; id -u"] })] };
  const { pod, problems } = renderJobPod(template(spec), {
    ...base,
    identity: { ...base.identity, namespace: where, name },
  });
  if (pod === null) throw new Error(JSON.stringify(problems));
  return pod;
}

interface Violation {
  readonly rule: string;
  readonly at: readonly (string | number)[];
  readonly value: Json | undefined;
  /** Other rules that this violation also breaks; the server names one of them. */
  readonly also?: readonly string[];
  readonly hostUsers?: boolean;
}

const inSpec = (rule: string, field: string, value: Json | undefined): Violation => ({
  rule,
  at: ["spec", field],
  value,
});
const inMain = (rule: string, path: readonly string[], value: Json | undefined): Violation => ({
  rule,
  at: ["spec", "containers", 0, ...path],
  value,
});
const context = (rule: string, field: string, value: Json | undefined): Violation =>
  inMain(rule, ["securityContext", field], value);

const VIOLATIONS: readonly Violation[] = [
  inSpec("host-namespaces", "hostNetwork", true),
  inSpec("host-namespaces", "hostPID", true),
  inSpec("host-namespaces", "hostIPC", true),
  inMain("host-ports", ["ports"], [{ containerPort: 80, hostPort: 18_999 }]),
  // The API server itself refuses `privileged` together with a denied privilege escalation, and it does so first.
  {
    ...inMain("privileged", ["securityContext"], {
      privileged: true,
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    }),
    also: ["privilege-escalation"],
  },
  context("privilege-escalation", "allowPrivilegeEscalation", true),
  context("privilege-escalation", "allowPrivilegeEscalation", undefined),
  context("capabilities", "capabilities", { drop: ["ALL"], add: ["NET_RAW"] }),
  context("capabilities", "capabilities", { drop: ["NET_RAW"] }),
  context("capabilities", "capabilities", undefined),
  context("non-root", "runAsUser", 0),
  context("non-root", "runAsNonRoot", false),
  context("seccomp", "seccompProfile", { type: "Unconfined" }),
  // Kubernetes only accepts this field together with user namespaces.
  { ...context("kernel", "procMount", "Unmasked"), hostUsers: false },
  context("kernel", "seLinuxOptions", { level: "s0" }),
  {
    rule: "kernel",
    at: ["spec", "securityContext", "sysctls"],
    value: [{ name: "kernel.shm_rmid_forced", value: "1" }],
  },
  context("read-only-root", "readOnlyRootFilesystem", false),
  context("read-only-root", "readOnlyRootFilesystem", undefined),
  inMain("resources", ["resources", "limits"], { cpu: "1", memory: "1Gi" }),
  inMain("resources", ["resources"], undefined),
  inMain(
    "devices-of-node",
    ["volumeMounts"],
    [{ name: "kubemin-tmp", mountPath: "/x", mountPropagation: "HostToContainer" }],
  ),
  inMain("probe-hosts", ["livenessProbe"], { httpGet: { host: "169.254.169.254", port: 80 } }),
  inMain("probe-hosts", ["lifecycle"], { preStop: { httpGet: { host: "169.254.169.254", port: 80 } } }),
  inSpec("volumes", "volumes", [{ name: "kubemin-tmp", hostPath: { path: "/" } }]),
  inSpec("volumes", "volumes", [{ name: "kubemin-tmp", nfs: { server: "x", path: "/" } }]),
  inSpec("scratch-limit", "volumes", [{ name: "kubemin-tmp", emptyDir: {} }]),
  inSpec("token", "automountServiceAccountToken", true),
  inSpec("token", "volumes", [
    { name: "kubemin-tmp", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } },
  ]),
  inSpec("account", "serviceAccountName", "builder"),
  inSpec("service-links", "enableServiceLinks", undefined),
  inSpec("deadline", "activeDeadlineSeconds", undefined),
  inSpec("deadline", "restartPolicy", "Always"),
  inSpec("placement", "nodeName", "a-node"),
  inSpec("placement", "schedulerName", "mine"),
  inSpec("placement", "affinity", { nodeAffinity: {} }),
  inSpec("tolerations", "tolerations", [{ operator: "Exists" }]),
  inSpec("names-of-hosts", "hostAliases", [{ ip: "10.0.0.1", hostnames: ["models"] }]),
  inSpec("names-of-hosts", "dnsPolicy", "Default"),
  inSpec("names-of-hosts", "shareProcessNamespace", true),
  { rule: "annotations", at: ["metadata", "annotations", "k8s.v1.cni.cncf.io/networks"], value: "other" },
];

/** For each pod, the message with which the server refuses its creation. All pods are sent in one call. */
async function refusals(pods: readonly JsonObject[]): Promise<ReadonlyMap<string, string>> {
  const { stderr } = await tryKubectl(
    ["create", "--dry-run=server", "--filename", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items: pods }),
  );
  return new Map(
    stderr.split("\n").flatMap((line) => {
      const name = /(?:pods "|Pod ")([^"]+)"/.exec(line)?.[1];
      return name === undefined ? [] : [[name, line] as const];
    }),
  );
}

const violating = VIOLATIONS.map((violation, index) => ({ ...violation, name: `v${index}-${violation.rule}` }));

function podOf({ name, at, value, hostUsers }: (typeof violating)[number]): JsonObject {
  const pod = podFor(namespace, name);
  const based = hostUsers === undefined ? pod : put(pod, ["spec", "hostUsers"], hostUsers);
  // JSON leaves out `undefined`.
  return put(based, at, value as Json) as JsonObject; // put into an object: an object
}

let said: ReadonlyMap<string, string> = new Map();

beforeAll(async () => {
  namespace = await makeNamespace({ [LABEL]: "shop" });
  restricted = `restricted-${MARK}`;
  await apply("default", ...policies);
  await apply(restricted, ...projectNamespace({ project: "shop", namespace: restricted, class: "run" }, CLUSTER));
  await kubectl(["label", "namespace", restricted, `${LABEL}=shop`]);
  await apply(namespace, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "builder" } });
  // A policy takes effect some time after it was accepted, so the pods are sent until every policy has refused its pod.
  await vi.waitFor(
    async () => {
      said = await refusals(violating.map(podOf));
      expect(violating.filter(({ name }) => said.get(name) === undefined).map(({ name }) => name)).toEqual([]);
    },
    { timeout: 90_000, interval: 1_000 },
  );
});

afterAll(async () => {
  const kinds = ["validatingadmissionpolicybindings", "validatingadmissionpolicies"];
  for (const kind of kinds)
    await tryKubectl(["delete", kind, "--ignore-not-found", ...ADMISSION_RULES.map(({ name }) => nameOf(name))]);
  await dropNamespace(namespace);
  await dropNamespace(restricted);
});

describe("admission policies", () => {
  it("have no mistakes that the server's own type check finds", async () => {
    const live = await list("default", "validatingadmissionpolicies");
    const ours = live.filter((one) => one.metadata.name.startsWith(PREFIX));
    expect(ours).toHaveLength(ADMISSION_RULES.length);
    expect(ours.flatMap((one) => dig(one, "status", "typeChecking", "expressionWarnings") ?? [])).toEqual([]);
    expect(ours.map((one) => dig(one, "spec", "failurePolicy"))).toEqual(ours.map(() => "Fail"));
  });

  it("have a violation each in this file", () => {
    expect(new Set(VIOLATIONS.map(({ rule }) => rule))).toEqual(new Set(ADMISSION_RULES.map(({ name }) => name)));
  });

  it.each(violating)("refuse $name", ({ name, rule, also }) => {
    const message = said.get(name) ?? "";
    const named = [rule, ...(also ?? [])].some((one) => message.includes(`'${nameOf(one)}'`));
    expect(named, message).toBe(true);
    expect(message).toContain("job type ai-eval: ");
    expect(message).toContain("must be: ");
  });

  it("let what kubemin renders run in a namespace that is restricted, closed and counted", async () => {
    await kubectl(["create", "--filename", "-"], JSON.stringify(podFor(restricted, "good")));
    const [pod] = await until(
      restricted,
      "pods",
      ([one]) => ["Succeeded", "Failed"].includes(String(dig(one, "status", "phase"))),
      90,
    );
    expect(dig(pod, "status", "phase")).toBe("Succeeded");
    const log = await kubectl(["--namespace", restricted, "logs", "good"]);
    expect(log).toContain("10001");
    // Its root file system is read-only, its /tmp is writable.
    expect(log).toContain("touch: /y: Read-only file system");
    const [quota] = await list(restricted, "resourcequotas");
    expect(dig(quota, "status", "hard", "services.nodeports")).toBe("0");
  });

  it("work together with network policies of every profile, and with a namespace of applications", async () => {
    const asked = {
      ...NO_CAPABILITIES,
      network: ["internet:443", "models:443", "[::/0]:443"],
      services: ["metrics:9090"],
      k8s: ["x"],
    };
    const rendered = (Object.keys(PROFILES) as ProfileName[]) // the keys of that table
      .flatMap((profile, index) => {
        const base = order({ profile, capabilities: asked });
        const identity = { ...base.identity, namespace: restricted, name: `p${index}`, account: "kubemin-job-x" };
        const grants = { ...base.grants, ...asked };
        return renderNetworkPolicy({ ...base, identity, grants, cluster: CLUSTER, services: {} }).policy ?? [];
      });
    expect(rendered).toHaveLength(Object.keys(PROFILES).length);
    await kubectl(
      ["apply", "--dry-run=server", "--filename", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items: rendered }),
    );
    const furniture = projectNamespace({ project: "shop", namespace: restricted, class: "app" }, CLUSTER);
    const account = jobAccount({ namespace: restricted, project: "shop", type: "ai-eval", name: "ai-eval" });
    await kubectl(
      ["apply", "--dry-run=server", "--filename", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items: [...furniture, account] }),
    );
  });

  it("refuse a container that is added to a running pod with more rights", async () => {
    const pod = put(podFor(namespace, "running"), ["spec", "containers", 0, "command"], ["sleep", "3600"]);
    await kubectl(["create", "--filename", "-"], JSON.stringify(pod));
    await until(namespace, "pods", ([one]) => dig(one, "status", "phase") === "Running", 90);
    const words = ["debug", "running", "--image=busybox:1.36", "--profile=netadmin", "--quiet", "--", "true"];
    const { code, stderr } = await tryKubectl(["--namespace", namespace, ...words]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("ValidatingAdmissionPolicy");
  });

  it("touch neither pods of others in the namespace, nor job pods elsewhere", async () => {
    const bad = put(podFor(namespace, "bad"), ["spec", "hostNetwork"], true);
    const others = put(bad, ["metadata", "labels"], { app: "web" });
    const elsewhere = put(bad, ["metadata", "namespace"], "default");
    const answers = await refusals([others, elsewhere] as JsonObject[]); // pods, changed
    expect([...answers.values()]).toEqual([]);
  });

  it("are in addition to Pod Security, which refuses in that namespace without them", async () => {
    const bad = put(podFor(restricted, "bad"), ["metadata", "labels"], { app: "web" });
    const answers = await refusals([put(bad, ["spec", "hostNetwork"], true)] as JsonObject[]); // a pod, changed
    expect(answers.get("bad")).toContain('violates PodSecurity "restricted:latest"');
  });
});
