// Every way in which a deployment goes wrong is told apart: the right reason within 15 s of the cluster knowing, with evidence,
// in `why`, and in the exit code.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../src/model/json.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { hasReason, historyOf, jobOf, newestRun } from "./support/asking.ts";
import { type Application, type Component, idle, script, task, worker } from "./support/documents.ts";
import { apply, dropNamespace, type Finished, list, makeNamespace } from "./support/kubectl.ts";
import { type Event, type Product, type Run, startProduct } from "./support/product.ts";

const WITHIN = 15_000;

let product: Product;
/** For all cases that need nothing special of their namespace. */
let namespace: string;
const namespaces: string[] = [];

async function ownNamespace(labels?: Readonly<Record<string, string>>): Promise<string> {
  const name = await makeNamespace(labels);
  namespaces.push(name);
  return name;
}

beforeAll(async () => {
  namespace = await ownNamespace();
  product = await startProduct();
});

afterAll(async () => {
  await product?.stop();
  await Promise.all(namespaces.map(dropNamespace));
});

interface Verdict {
  readonly result: Finished;
  readonly run: Run;
  readonly history: readonly Event[];
  readonly why: string;
}

async function deploy(name: string, components: readonly Component[], where = namespace): Promise<Verdict> {
  const application: Application = { name, namespace: where, components };
  const result = await product.kubemin("deploy", product.file(`${name}.json`, application), "--yes");
  const run = await newestRun(product, name);
  const [history, why] = await Promise.all([historyOf(product, run.id), product.kubemin("why", name)]);
  expect(why.code, why.stderr).toBe(0);
  return { result, run, history, why: why.stdout };
}

/** When the API first showed this reason. */
function shownAt({ history }: Verdict, job: string, code: string): number {
  const event = history.find((one) => hasReason(one, job, code));
  const told = history.map((one) => `${one.at} ${one.type} ${JSON.stringify(one.data)}`).join("\n");
  if (event === undefined) throw new Error(`${code} was never shown for ${job}:\n${told}`);
  return Date.parse(event.at);
}

/** New events have the one, old ones the other; null stands for the missing one. */
function timeOf(event: Manifest): number {
  const times = [dig(event, "eventTime"), dig(event, "firstTimestamp"), event.metadata.creationTimestamp];
  return Date.parse(String(times.find((one) => typeof one === "string")));
}

/** When the cluster first said something that matches; its events count whole seconds. */
async function knownAt(where: string, object: RegExp, matches: (event: Manifest) => boolean): Promise<number> {
  const events = await list(where, "events");
  const times = events
    .filter((event) => object.test(String(dig(event, "involvedObject", "name"))) && matches(event))
    .map((event) => timeOf(event));
  if (times.length === 0)
    throw new Error(
      `the cluster has no such event: ${events.map((one) => `${String(dig(one, "involvedObject", "name"))} ${String(dig(one, "reason"))} ${String(dig(one, "message"))}`).join("\n")}`,
    );
  return Math.min(...times);
}

const says =
  (reason: string, message: RegExp) =>
  (event: Manifest): boolean =>
    event["reason"] === reason && message.test(String(dig(event, "message")));

const evidenceOf = (run: Run, job: string): string => JSON.stringify(jobOf(run, job).evidence);

describe("told apart", { concurrent: true }, () => {
  it("an image that does not exist", async () => {
    const image = "busybox:never-pushed";
    const verdict = await deploy("wrong-image", [worker("app", { timeout: "60s", properties: { image } })]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    const job = jobOf(verdict.run, "app");
    // Without a registry the name cannot be looked up: then it is the registry that cannot be reached. Never a crash, never "starting".
    expect(job).toMatchObject({ phase: "failed", reason: { code: expect.stringMatching(/^Image/) } });
    const known = await knownAt(namespace, /^app-/, says("Failed", /never-pushed/));
    expect(shownAt(verdict, "app", job.reason.code) - known).toBeLessThan(WITHIN);
    expect(evidenceOf(verdict.run, "app")).toContain("never-pushed");
    expect(verdict.why).toContain(image);
  });

  it("a program that crashes again and again", async () => {
    const verdict = await deploy("crash-loop", [
      worker("crasher", { properties: script("echo cannot find the tables; exit 3") }),
    ]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    expect(jobOf(verdict.run, "crasher")).toMatchObject({
      phase: "failed",
      reason: { code: "CrashLoop", params: { exitCode: 3 }, who: "you" },
    });
    const known = await knownAt(namespace, /^crasher-/, says("BackOff", /restarting failed container/));
    expect(shownAt(verdict, "crasher", "CrashLoop") - known).toBeLessThan(WITHIN);
    expect(evidenceOf(verdict.run, "crasher")).toContain("cannot find the tables");
    expect(verdict.result.stderr).toContain("cannot find the tables");
    expect(verdict.why).toMatch(/crasher.*code 3/s);
  });

  it("a program that crashed, once it is mended: its old pods decide nothing", async () => {
    const broken = await deploy("mended", [worker("mended", { properties: script("echo broken; exit 3") })]);
    expect(broken.result.code, broken.result.stderr).toBe(1);
    const mended = await deploy("mended", [worker("mended", { properties: idle() })]);
    expect(mended.result.code, mended.result.stderr).toBe(0);
    expect(mended.history.filter((event) => hasReason(event, "mended", "CrashLoop"))).toEqual([]);
  });

  it("a program that uses more memory than it may", async () => {
    const hungry = worker("hungry", {
      properties: script("x=0123456789abcdef; while true; do x=$x$x; done"),
      traits: { resources: { memory: "8Mi", limits: { memory: "16Mi" } } },
    });
    const verdict = await deploy("memory", [hungry]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    expect(jobOf(verdict.run, "hungry")).toMatchObject({ phase: "failed", reason: { code: "OutOfMemory" } });
    expect(verdict.why).toContain("16Mi");
  });

  it("a task that fails: what depends on it is skipped, what does not goes on", async () => {
    const verdict = await deploy("failing-task", [
      task("migrate", "echo connecting; echo 'no such table users' >&2; exit 7"),
      worker("after", { dependsOn: ["migrate"] }),
      worker("later", { dependsOn: ["after"] }),
      worker("beside"),
    ]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    const migrate = jobOf(verdict.run, "migrate");
    expect(migrate).toMatchObject({ phase: "failed", reason: { code: "TaskFailed", params: { exitCode: 7 } } });
    expect(verdict.result.stderr).toMatch(/code 7/);
    for (const line of ["connecting", "no such table users"]) expect(verdict.result.stderr).toContain(`│ ${line}`);
    expect(evidenceOf(verdict.run, "migrate")).toContain("no such table users");
    for (const name of ["after", "later"])
      expect(jobOf(verdict.run, name)).toMatchObject({ phase: "skipped", reason: { code: "DependencyFailed" } });
    expect(jobOf(verdict.run, "beside")).toMatchObject({ phase: "succeeded" });
    const deployments = await list(namespace, "deployments", "--selector", "kubemin.dev/application=failing-task");
    expect(deployments.map((one) => one.metadata.name)).toEqual(["beside"]);
    const [job] = await list(namespace, "jobs", "--selector", "kubemin.dev/application=failing-task");
    const conditions = dig(job, "status", "conditions");
    const failed = Array.isArray(conditions) ? conditions.find((one) => dig(one, "type") === "Failed") : undefined;
    const known = Date.parse(String(dig(failed, "lastTransitionTime")));
    expect(shownAt(verdict, "migrate", "TaskFailed") - known).toBeLessThan(WITHIN);
    expect(verdict.why).toMatch(/migrate.*code 7/s);
    const why = await product.kubemin("why", "failing-task/later");
    expect(why.stdout, "down to the root cause").toMatch(/later.*after.*migrate.*code 7/s);
  });

  it("a secret that is not there", async () => {
    const env = { PASSWORD: { secret: "not-made-yet", key: "password", external: true } };
    const verdict = await deploy("missing-secret", [worker("reader", { timeout: "40s", traits: { env } })]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    const known = await knownAt(namespace, /^reader-/, says("Failed", /not-made-yet/));
    expect(shownAt(verdict, "reader", "MissingReference") - known).toBeLessThan(WITHIN);
    expect(jobOf(verdict.run, "reader").reason.message).toContain("not-made-yet");
    expect(evidenceOf(verdict.run, "reader")).toContain("not-made-yet");
    expect(verdict.why).toContain("not-made-yet");
  });

  it("a key that the secret does not have", async () => {
    await apply(namespace, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "half" },
      stringData: { user: "lin" },
    });
    const env = { PASSWORD: { secret: "half", key: "password", external: true } };
    const verdict = await deploy("missing-key", [worker("halfway", { timeout: "40s", traits: { env } })]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    const known = await knownAt(namespace, /^halfway-/, says("Failed", /password/));
    expect(shownAt(verdict, "halfway", "MissingReference") - known).toBeLessThan(WITHIN);
    expect(jobOf(verdict.run, "halfway").reason.message).toMatch(/password.*half|half.*password/);
    expect(verdict.why).toMatch(/password/);
  });

  it("a mounted config that is not there", async () => {
    const storage = [{ type: "config", name: "no-config", mountPath: "/etc/app", external: true }];
    const verdict = await deploy("missing-config", [worker("mounter", { timeout: "40s", traits: { storage } })]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    const known = await knownAt(namespace, /^mounter-/, says("FailedMount", /no-config/));
    expect(shownAt(verdict, "mounter", "MissingReference") - known).toBeLessThan(WITHIN);
    expect(verdict.why).toContain("no-config");
  });

  it("a pod that fits on no node", async () => {
    const verdict = await deploy("too-big", [
      worker("giant", { timeout: "20s", traits: { resources: { cpu: "500" } } }),
    ]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    const known = await knownAt(namespace, /^giant-/, says("FailedScheduling", /cpu/));
    expect(shownAt(verdict, "giant", "Unschedulable") - known).toBeLessThan(WITHIN);
    const job = jobOf(verdict.run, "giant");
    expect(job.reason.message).toMatch(/cpu/i);
    expect(evidenceOf(verdict.run, "giant")).toMatch(/cpu/i);
    expect(verdict.why).toMatch(/giant.*cpu/is);
  });

  it("a program that never becomes ready", async () => {
    const probes = { readiness: { exec: { command: ["test", "-e", "/ready"] }, every: "1s", failures: 1 } };
    const verdict = await deploy("not-ready", [worker("unready", { timeout: "20s", traits: { probes } })]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    const known = await knownAt(namespace, /^unready-/, says("Unhealthy", /Readiness/));
    expect(shownAt(verdict, "unready", "NotReady") - known).toBeLessThan(WITHIN);
    expect(verdict.why).toContain("unready");
  });

  it("an init container that fails", async () => {
    const traits = { init: [{ name: "prepare", ...script("echo disk is full; exit 9") }] };
    const verdict = await deploy("init-fails", [worker("prepared", { traits })]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    expect(jobOf(verdict.run, "prepared")).toMatchObject({
      phase: "failed",
      reason: { code: "InitFailed", params: { container: "prepare", exitCode: 9 } },
    });
    expect(evidenceOf(verdict.run, "prepared")).toContain("disk is full");
    expect(verdict.why).toMatch(/prepare.*code 9/s);
  });
});

describe("refused by the platform", { concurrent: true }, () => {
  it("a quota that the object can never fit in", async () => {
    const where = await ownNamespace();
    await quota(where, { "requests.storage": "5Gi" });
    const storage = [{ type: "persistent", mountPath: "/data", size: "20Gi" }];
    const begin = Date.now();
    const verdict = await deploy("quota-impossible", [worker("keeper", { traits: { storage } })], where);
    expect(verdict.result.code, verdict.result.stderr).toBe(3);
    expect(Date.parse(verdict.run.finishedAt ?? "") - begin).toBeLessThan(WITHIN);
    expect(verdict.run.phase).toBe("rejected");
    expect(jobOf(verdict.run, "keeper")).toMatchObject({
      phase: "rejected",
      reason: { code: "QuotaExceeded", who: "operator" },
    });
    expect(jobOf(verdict.run, "keeper").reason.message).toMatch(/small.*20Gi.*5Gi/);
    expect(verdict.why).toMatch(/keeper.*quota small/s);
  });

  it("a quota that no pod can ever fit in", async () => {
    const where = await ownNamespace();
    await quota(where, { "requests.cpu": "100m" });
    const verdict = await deploy(
      "quota-pods",
      [worker("greedy", { timeout: "60s", traits: { resources: { cpu: "2" } } })],
      where,
    );
    expect(verdict.result.code, verdict.result.stderr).toBe(3);
    const known = await knownAt(where, /^greedy-/, says("FailedCreate", /exceeded quota/));
    expect(shownAt(verdict, "greedy", "QuotaExceeded") - known).toBeLessThan(WITHIN);
    expect(jobOf(verdict.run, "greedy")).toMatchObject({ phase: "rejected", reason: { code: "QuotaExceeded" } });
    expect(verdict.why).toMatch(/greedy.*quota small/s);
  });

  it("a quota that is used up: it waits, and goes on when there is room", async () => {
    const where = await ownNamespace();
    await quota(where, { pods: "1" });
    await apply(where, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "in-the-way" },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "main", ...idle() }] },
    });
    const application: Application = {
      name: "quota-waits",
      namespace: where,
      components: [worker("patient", { timeout: "100s" })],
    };
    const deploying = product.start("deploy", product.file("quota-waits.json", application), "--yes");
    await deploying.says(/patient .*quota small/);
    const known = await knownAt(where, /^patient-/, says("FailedCreate", /exceeded quota/));
    expect(Date.now() - known).toBeLessThan(WITHIN);
    expect((await newestRun(product, "quota-waits")).phase).toBe("running");
    expect((await product.kubemin("why", "quota-waits")).stdout).toMatch(/patient.*quota small/s);
    await quota(where, { pods: "5" });
    const result = await deploying.finished;
    expect(result.code, result.stderr).toBe(0);
  });

  it("a namespace whose pods must be restricted", async () => {
    const where = await ownNamespace({ "pod-security.kubernetes.io/enforce": "restricted" });
    const verdict = await deploy("restricted", [worker("loose", { timeout: "60s" })], where);
    expect(verdict.result.code, verdict.result.stderr).toBe(3);
    expect(jobOf(verdict.run, "loose")).toMatchObject({
      phase: "rejected",
      reason: { code: "PolicyDenied", who: "operator" },
    });
    const known = await knownAt(where, /^loose-/, says("FailedCreate", /PodSecurity/));
    expect(shownAt(verdict, "loose", "PolicyDenied") - known).toBeLessThan(WITHIN);
    expect(evidenceOf(verdict.run, "loose")).toMatch(/restricted/);
    expect(verdict.why).toMatch(/loose.*restricted/s);
  });
});

async function quota(where: string, hard: Readonly<Record<string, string>>): Promise<void> {
  await apply(where, { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "small" }, spec: { hard } });
}
