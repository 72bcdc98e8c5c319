// Tests that every way in which a deployment fails is recognized: the right ending, the reason with its sentence in
// both languages, who must act, and the evidence, within 15 s after the cluster knows it, in the API, in `why` and in
// the exit code. The results are in docs/reference/verdicts.md.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import { CONFIGURATION } from "./cases/configuration.ts";
import { IMAGES } from "./cases/images.ts";
import { PLATFORM } from "./cases/platform.ts";
import { PROGRAMS } from "./cases/programs.ts";
import { hasReason, jobOf, newestRun } from "./support/asking.ts";
import { type Application, type Component, idle, script, task, worker } from "./support/documents.ts";
import { apply, dropNamespace, list, makeNamespace } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";
import { startRegistry } from "./support/registry.ts";
import {
  type Case,
  deploy as deployWith,
  evidenceOf,
  judged,
  knownAt,
  type Seen,
  says,
  shownAt,
  startAll,
  type Verdict,
  WITHIN,
} from "./support/verdicts.ts";
import { isRecording, record, rowNamed, rowOf } from "./support/verdictTable.ts";

/** Many cases run at the same time, because they mostly wait. */
const AT_ONCE = 8;
const CASES: readonly Case[] = [...IMAGES, ...CONFIGURATION, ...PROGRAMS, ...PLATFORM];

let product: Product;
/** The namespace of all cases that need nothing special of it. */
let namespace: string;
const namespaces: string[] = [];
const deployments = new Map<Case, Promise<{ readonly verdict: Verdict; readonly where: string }>>();
const seen = new Map<Case, { readonly seen: Seen; readonly where: string }>();

async function ownNamespace(labels?: Readonly<Record<string, string>>): Promise<string> {
  const name = await makeNamespace(labels);
  namespaces.push(name);
  return name;
}

async function carryOut(given: Case) {
  const where =
    given.prepare === undefined && given.labels === undefined ? namespace : await ownNamespace(given.labels);
  await given.prepare?.(where);
  const verdict = await deployWith(product, { name: given.job, namespace: where, components: given.components });
  return { verdict, where };
}

const deploy = (name: string, components: readonly Component[]) => deployWith(product, { name, namespace, components });

beforeAll(async () => {
  namespace = await ownNamespace();
  [product] = await Promise.all([startProduct(), startRegistry(namespace)]);
  const promises = startAll(CASES, AT_ONCE, carryOut);
  for (const [index, one] of CASES.entries()) {
    const promise = promises[index];
    if (promise === undefined) continue;
    // The result of a case is read by its own test; until then no one handles its error.
    promise.catch(() => undefined);
    deployments.set(one, promise);
  }
});

afterAll(async () => {
  if (isRecording()) record(CASES.flatMap((one) => toRow(one)));
  await product?.stop();
  await Promise.all(namespaces.map(dropNamespace));
});

function toRow(one: Case) {
  const found = seen.get(one);
  return found === undefined ? [] : [rowOf(found.seen, found.where)];
}

describe("told apart", { concurrent: true }, () => {
  it.each(CASES)("$name.en", async (given) => {
    const carried = await deployments.get(given);
    if (carried === undefined) throw new Error("it was not deployed");
    const found = await judged(carried.verdict, given, carried.where);
    seen.set(given, { seen: found, where: carried.where });
    const { name, phase, code, end, who } = found;
    if (!isRecording())
      expect(rowNamed(given.name), "the table in the documentation").toMatchObject({ name, phase, code, end, who });
  });
});

describe("and what follows from it", { concurrent: true }, () => {
  it("a program that crashed, once it is mended: its old pods decide nothing", async () => {
    const broken = await deploy("mended", [worker("mended", { properties: script("echo broken; exit 3") })]);
    expect(broken.result.code, broken.result.stderr).toBe(1);
    const mended = await deploy("mended", [worker("mended", { properties: idle() })]);
    expect(mended.result.code, mended.result.stderr).toBe(0);
    expect(mended.history.filter((event) => hasReason(event, "mended", "CrashLoop"))).toEqual([]);
  });

  it("a task that fails: what depends on it is skipped, what does not goes on", async () => {
    const verdict = await deploy("failing-task", [
      task("tables", "echo connecting; echo 'no such table users' >&2; exit 7"),
      worker("after", { dependsOn: ["tables"] }),
      worker("later", { dependsOn: ["after"] }),
      worker("beside"),
    ]);
    expect(verdict.result.code, verdict.result.stderr).toBe(1);
    const tables = jobOf(verdict.run, "tables");
    expect(tables).toMatchObject({ phase: "failed", reason: { code: "TaskFailed", params: { exitCode: 7 } } });
    expect(verdict.result.stderr).toMatch(/code 7/);
    for (const line of ["connecting", "no such table users"]) expect(verdict.result.stderr).toContain(`│ ${line}`);
    expect(evidenceOf(verdict.run, "tables")).toContain("no such table users");
    for (const name of ["after", "later"])
      expect(jobOf(verdict.run, name)).toMatchObject({ phase: "skipped", reason: { code: "DependencyFailed" } });
    expect(jobOf(verdict.run, "beside")).toMatchObject({ phase: "succeeded" });
    const deployments = await list(namespace, "deployments", "--selector", "kubemin.dev/application=failing-task");
    expect(deployments.map((one) => one.metadata.name)).toEqual(["beside"]);
    const [job] = await list(namespace, "jobs", "--selector", "kubemin.dev/application=failing-task");
    const conditions = dig(job, "status", "conditions");
    const failed = Array.isArray(conditions) ? conditions.find((one) => dig(one, "type") === "Failed") : undefined;
    const known = Date.parse(String(dig(failed, "lastTransitionTime")));
    expect(shownAt(verdict, "tables", "TaskFailed") - known).toBeLessThan(WITHIN);
    expect(verdict.why).toMatch(/tables.*code 7/s);
    const why = await product.kubemin("why", "failing-task/later");
    expect(why.stdout, "down to the root cause").toMatch(/later.*tables.*code 7/s);
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
    await deploying.says(/patient pending .*quota small/);
    const known = await knownAt(where, /^patient-/, says("FailedCreate", /exceeded quota/));
    expect(Date.now() - known).toBeLessThan(WITHIN);
    expect((await newestRun(product, "quota-waits")).phase).toBe("running");
    expect((await product.kubemin("why", "quota-waits")).stdout).toMatch(/patient.*quota small/s);
    await quota(where, { pods: "5" });
    const result = await deploying.finished;
    expect(result.code, result.stderr).toBe(0);
  });
});

async function quota(where: string, hard: Readonly<Record<string, string>>): Promise<void> {
  await apply(where, { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "small" }, spec: { hard } });
}
