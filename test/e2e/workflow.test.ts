// Tests a release on a real cluster. Its graph is known before anything runs. A database, a table and checks are
// followed by an approval, for which the server is killed while the run waits, then the page and a notification.
// Another run is denied. Final steps always run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../src/api/client.ts";
import { endOf, eventOf, hasReason, historyOf, jobOf, newestRun, PROJECT } from "./support/asking.ts";
import { dropNamespace, get, list, makeNamespace } from "./support/kubectl.ts";
import { type Event, EXAMPLES, type Product, type Run, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;
/** A person who may approve, and one who may not. */
const tokens = { lead: "", other: "" };

const time = (text: unknown): number => Date.parse(String(text));
const named = async (kinds: string): Promise<readonly string[]> =>
  (await list(namespace, kinds)).map((one) => `${one.kind}/${one.metadata.name.replace(/-[0-9a-f]{8}$/, "")}`);

function release(): string {
  const text = readFileSync(join(EXAMPLES, "workflow.yaml"), "utf8")
    .replace("name: release\n", `name: release\nnamespace: ${namespace}\n`)
    .replace("message: Release to production? }", "message: Release to production?, who: [lead] }");
  return product.file("workflow.yaml", text);
}

/** Runs a command with the token of that person. */
const answer = (token: string, run: string, data: { readonly decision: string; readonly comment?: string }) =>
  createClient({ url: product.url, token }).call("tellJob", {
    params: { project: PROJECT, run, job: "checks.release-ok" },
    body: { kind: "approval", data },
  });

const asksForYes = (event: Event): boolean => hasReason(event, "checks.release-ok", "Approval");
const told = (events: readonly Event[]): readonly unknown[] =>
  events.filter((event) => event.type === "notification").map((event) => [event.data["message"], event.data["data"]]);

async function started(...words: readonly string[]): Promise<Run> {
  const result = await product.kubemin("deploy", release(), "--yes", "--detach", ...words);
  expect(result.code, result.stderr).toBe(0);
  return await newestRun(product, "release");
}

beforeAll(async () => {
  namespace = await makeNamespace();
  product = await startProduct();
  for (const name of ["lead", "other"] as const) {
    const made = await product.client.call("addToken", { body: { name, project: PROJECT, role: "write" } });
    tokens[name] = made.token;
  }
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

describe("a release by a workflow", () => {
  it("shows its whole graph before anything runs", async () => {
    const { code, stderr, stdout } = await product.kubemin("plan", release(), "--input", "stage=production");
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      "db → fill → checks.settle[0] ∥ checks.settle[1] ∥ checks.release-ok → web → tell → ended",
    );
    expect(stderr).toMatch(/ended +notify +when all others have ended/);
    expect(stderr).toMatch(/tell +notify .*holds key announcements/);
    expect(stdout).toContain("Deployment/web");
    expect(await named("deployments,statefulsets,jobs")).toEqual([]);
  });

  it("does one after the other, waits for the one who may say yes, over the death of the server", async () => {
    const run = await started("--input", "stage=production");
    await eventOf(product, run.id, asksForYes);
    expect(await named("deployments,statefulsets,jobs")).toEqual(["StatefulSet/db", "Job/fill"]);
    await product.kill();
    await product.restart();
    await expect(answer(tokens.other, run.id, { decision: "approve" })).rejects.toMatchObject({ status: 403 });
    // An administrator of the server may not approve either, unless the step names them.
    expect((await product.kubemin("approve", "release")).code).not.toBe(0);
    await answer(tokens.lead, run.id, { decision: "approve", comment: "numbers are good" });
    const events = await historyOf(product, run.id);
    const end = await endOf(product, run.id);
    expect(end.phase, JSON.stringify(end.jobs.map(({ name, reason }) => [name, reason.message]))).toBe("succeeded");
    expect(jobOf(end, "checks.release-ok")).toMatchObject({
      output: { actor: "lead", comment: "numbers are good", decision: "approve" },
    });
    expect(told(events)).toEqual([
      ["release is out", { stage: "production", approvedBy: "lead" }],
      ["release has ended", { page: "succeeded" }],
    ]);
    const [db, fill, ok, web] = ["db", "fill", "checks.release-ok", "web"].map((name) => jobOf(end, name));
    expect(time(db?.finishedAt)).toBeLessThanOrEqual(time(fill?.startedAt));
    expect(time(fill?.finishedAt)).toBeLessThanOrEqual(time(ok?.startedAt));
    expect(time(ok?.finishedAt)).toBeLessThanOrEqual(time(web?.startedAt));
    // The same order in the times of the cluster, which are in whole seconds.
    const deployment = await get(namespace, "deployment", "web");
    expect(time(deployment?.metadata.creationTimestamp)).toBeGreaterThanOrEqual(
      Math.floor(time(ok?.finishedAt) / 1_000) * 1_000,
    );
  });

  it("is done again from one step, without what comes before it", async () => {
    const before = await newestRun(product, "release");
    const { code, stderr } = await product.kubemin("retry", "release", "--from", "tell");
    expect(code, stderr).toBe(0);
    const run = await newestRun(product, "release");
    expect(jobOf(run, "web").finishedAt).toBe(jobOf(before, "web").finishedAt);
    expect(told(await historyOf(product, run.id)).map((one) => JSON.stringify(one))).toHaveLength(2);
  });

  it("goes no further after a no, and says so at the end", async () => {
    const run = await started("--input", "stage=production");
    await eventOf(product, run.id, asksForYes);
    await answer(tokens.lead, run.id, { decision: "deny", comment: "not on a Friday" });
    const events = await historyOf(product, run.id);
    const end = await endOf(product, run.id);
    expect(end.phase).toBe("rejected");
    expect(jobOf(end, "checks.release-ok").reason.message).toBe("denied by lead: not on a Friday");
    expect(jobOf(end, "web").phase).toBe("skipped");
    expect(told(events)).toEqual([["release has ended", { page: "skipped" }]]);
  });

  it("asks nobody in a test, starts nothing while it is paused, and is cancelled with its final step", async () => {
    const params = { project: PROJECT };
    const quick = await started();
    expect((await endOf(product, quick.id)).phase).toBe("succeeded");
    expect(jobOf(await endOf(product, quick.id), "checks.release-ok")).toMatchObject({
      phase: "skipped",
      reason: { code: "ConditionFalse" },
    });
    const run = await started("--input", 'regions=["one"]', "--input", "stage=production");
    await eventOf(product, run.id, asksForYes);
    await product.kubemin("pause", "release");
    await answer(tokens.lead, run.id, { decision: "approve" });
    await eventOf(product, run.id, (event) => hasReason(event, "web", "Paused"));
    await product.client.call("cancelRun", { params: { ...params, run: run.id } });
    const end = await endOf(product, run.id);
    expect(end.phase).toBe("cancelled");
    expect(jobOf(end, "web")).toMatchObject({ phase: "cancelled", reason: { code: "CancelledBy" } });
    expect(jobOf(end, "ended").phase).toBe("succeeded");
  });
});

describe("a workflow of no application", () => {
  it("is planned, run and awaited in one request", async () => {
    const file = join(EXAMPLES, "nightly.yaml");
    const plan = await product.kubemin("run", "--file", file, "--plan");
    expect(plan.stderr).toMatch(/rest\[1\] +wait +holds host db-2/);
    const { code, stderr } = await product.kubemin("run", "--file", file, "--input", 'hosts=["a","b","c"]');
    expect(code, stderr).toBe(0);
    const run = await product.client.call("startRun", {
      params: { project: PROJECT },
      query: { wait: "30s" },
      body: { type: "wait", input: { for: "1s" } },
    });
    expect(run).toMatchObject({ phase: "succeeded", jobs: [{ name: "wait", phase: "succeeded" }] });
  });
});
