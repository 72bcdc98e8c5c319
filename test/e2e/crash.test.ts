// Tests that the server may be killed at any moment: acknowledged runs continue at the next start, and nothing is done
// twice. Also tests what the user can do with a run: cancel it, retry it, limit its time.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { endOf, eventOf, historyOf, isPhase, jobOf, newestRun, PROJECT, submit } from "./support/asking.ts";
import { type Application, type Component, idle, task, worker } from "./support/documents.ts";
import { apply, dropNamespace, exec, list, makeNamespace, podsOf, tryKubectl, until } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;

beforeAll(async () => {
  product = await startProduct();
});
beforeEach(async () => {
  namespace = await makeNamespace();
});
afterEach(async () => {
  await dropNamespace(namespace);
});
afterAll(async () => {
  await product?.stop();
});

/** A task that reports once that it began, and ends when the test lets it end. */
const held = (name: string): Component =>
  task(name, "trap 'exit 1' TERM; echo began; until [ -e /tmp/go ]; do sleep 0.2; done; echo ended");

async function letGo(): Promise<void> {
  const ofMigrate = (pod: Manifest): boolean =>
    pod.metadata.labels?.["kubemin.dev/component"] === "migrate" && isRunning(pod);
  const pods = await until(namespace, "pods", (all) => all.some(ofMigrate));
  await exec(namespace, pods.find(ofMigrate)?.metadata.name ?? "", "touch", "/tmp/go");
}

const application = (name: string, components: readonly Component[]): Application => ({ name, namespace, components });

async function ranOnce(name: string): Promise<void> {
  expect(await list(namespace, "jobs"), "one Job").toHaveLength(1);
  expect(await list(namespace, "pods", "--selector", "kubemin.dev/component=migrate"), "one pod").toHaveLength(1);
  const log = await product.kubemin("logs", `${name}/migrate`, "--run", "1");
  expect(log.stdout.match(/began/g)).toHaveLength(1);
  expect(log.stdout.match(/ended/g)).toHaveLength(1);
}

describe("killed", () => {
  it("right after the answer 202: the run is done by the next server", async () => {
    const run = await submit(
      product,
      application("acknowledged", [held("migrate"), worker("web", { dependsOn: ["migrate"] })]),
    );
    await product.kill();
    await product.restart();
    await letGo();
    expect(await endOf(product, run.id)).toMatchObject({ phase: "succeeded", number: 1, revision: 1 });
    await ranOnce("acknowledged");
  });

  it("while migrate runs: it is not run again, and whoever watches goes on watching", async () => {
    const file = product.file(
      "watched.json",
      application("watched", [held("migrate"), worker("web", { dependsOn: ["migrate"] })]),
    );
    const deploying = product.start("deploy", file, "--yes");
    await deploying.says(/migrate running/);
    const watching = product.start("watch", "watched");
    await watching.says(/migrate running/);
    const [job] = await until(namespace, "jobs", (jobs) => jobs.length > 0);
    await product.kill();
    await Promise.all([
      deploying.says("connection to the server lost"),
      watching.says("connection to the server lost"),
    ]);
    await product.restart();
    await letGo();
    const results = await Promise.all([deploying.finished, watching.finished]);
    for (const result of results) {
      expect(result.code, result.stderr).toBe(0);
      expect(result.stderr).toContain("connected again");
      expect(result.stderr).toMatch(/migrate succeeded/);
    }
    await ranOnce("watched");
    expect((await list(namespace, "jobs"))[0]?.metadata.uid).toBe(job?.metadata.uid);
  });

  it("while migrate ends without anybody looking: its result and its log are not lost", async () => {
    const run = await submit(
      product,
      application("unseen", [held("migrate"), worker("web", { dependsOn: ["migrate"] })]),
    );
    await eventOf(product, run.id, (event) => isPhase(event, "migrate", "running"));
    await until(namespace, "jobs", (jobs) => jobs.length > 0);
    await product.kill();
    await letGo();
    await until(namespace, "jobs", (jobs) => JSON.stringify(jobs[0]?.["status"]).includes('"succeeded":1'));
    await product.restart();
    expect(await endOf(product, run.id)).toMatchObject({ phase: "succeeded" });
    await ranOnce("unseen");
  });

  it("while web rolls: the roll is followed to its end", async () => {
    const probes = { readiness: { exec: { command: ["test", "-e", "/tmp/ready"] }, every: "1s" } };
    const web = (version: string): Component =>
      worker("web", { properties: { ...idle(`: ${version}`), replicas: 2 }, traits: { probes } });
    const ready = async (): Promise<void> => {
      const pods = await until(namespace, "pods", (all) => all.some((pod) => !isReady(pod) && isRunning(pod)));
      for (const pod of pods.filter((one) => !isReady(one) && isRunning(one)))
        await tryKubectl(["--namespace", namespace, "exec", pod.metadata.name, "--", "touch", "/tmp/ready"]);
    };
    const readyUntilEnd = async (run: string): Promise<string> => {
      const ended = new AbortController();
      const end = endOf(product, run).finally(() => ended.abort());
      while (!ended.signal.aborted) await Promise.race([ready().catch(() => undefined), end]);
      return (await end).phase;
    };
    const first = await submit(product, application("rolling", [web("one")]));
    expect(await readyUntilEnd(first.id)).toBe("succeeded");
    const second = await submit(product, application("rolling", [web("two")]));
    await until(namespace, "replicasets", (sets) => sets.length === 2);
    await product.kill();
    await product.restart();
    expect(await readyUntilEnd(second.id)).toBe("succeeded");
    const [deployment] = await list(namespace, "deployments");
    expect(deployment?.metadata.generation).toBe(2);
    expect(await podsOf(namespace, "web")).toHaveLength(2);
  });

  it("again and again: the run succeeds all the same, and no revision is lost", async () => {
    const chain = [
      held("migrate"),
      worker("a", { dependsOn: ["migrate"] }),
      worker("b", { dependsOn: ["a"] }),
      worker("c", { dependsOn: ["b"] }),
    ];
    const run = await submit(product, application("unlucky", chain));
    for (const name of ["migrate", "a", "b"]) {
      await eventOf(product, run.id, (event) => isPhase(event, name, "running"));
      await product.kill();
      await product.restart();
      if (name === "migrate") await letGo();
    }
    const ended = await endOf(product, run.id);
    expect(ended.jobs.map(({ name, phase }) => `${name} ${phase}`)).toEqual(
      expect.arrayContaining(["migrate succeeded", "a succeeded", "b succeeded", "c succeeded"]),
    );
    await ranOnce("unlucky");
    const history = await historyOf(product, run.id);
    for (const { name } of chain) expect(history.filter((event) => isPhase(event, name, "succeeded"))).toHaveLength(1);
    const versions = await product.client.call("listRevisions", {
      params: { project: PROJECT, application: "unlucky" },
    });
    expect(versions.items).toHaveLength(1);
  });
});

describe("in the user's hands", () => {
  it("a cancel removes the Job of the task that runs; retry --from begins there again", async () => {
    const components = [
      task("first", "echo first"),
      { ...held("migrate"), dependsOn: ["first"] },
      worker("web", { dependsOn: ["migrate"] }),
    ];
    const file = product.file("cancelled.json", application("cancelled", components));
    const deploying = product.start("deploy", file, "--yes");
    await deploying.says(/migrate running/);
    const jobs = await until(namespace, "jobs", (all) => all.length === 2);
    const cancel = await product.kubemin("cancel", "cancelled#1");
    expect(cancel.code, cancel.stderr).toBeLessThanOrEqual(1);
    expect((await deploying.finished).code).toBe(15);
    const run = await newestRun(product, "cancelled");
    expect(run.phase).toBe("cancelled");
    expect(jobOf(run, "migrate")).toMatchObject({ phase: "cancelled", reason: { code: "CancelledBy" } });
    expect(jobOf(run, "web").phase).toBe("cancelled");
    expect((await list(namespace, "jobs")).map((one) => one.metadata.uid)).toEqual(
      jobs.filter((one) => one.metadata.labels?.["kubemin.dev/component"] === "first").map((one) => one.metadata.uid),
    );
    expect(await podsOf(namespace, "migrate")).toEqual([]);

    const retrying = product.start("retry", "cancelled#1", "--from", "migrate");
    await letGo();
    const result = await retrying.finished;
    expect(result.code, result.stderr).toBe(0);
    expect(await list(namespace, "jobs"), "first was not run again").toHaveLength(2);
    expect(await list(namespace, "pods", "--selector", "kubemin.dev/component=first")).toHaveLength(1);
  });

  it("a deadline ends a task that takes too long", async () => {
    const file = product.file(
      "late.json",
      application("late", [
        task("sleeper", "trap 'exit 0' TERM; echo began; sleep 600 & wait", { timeout: "10s" }),
        worker("web", { dependsOn: ["sleeper"] }),
      ]),
    );
    const result = await product.kubemin("deploy", file, "--yes");
    expect(result.code, result.stderr).toBe(14);
    const run = await newestRun(product, "late");
    const job = jobOf(run, "sleeper");
    expect(job).toMatchObject({ phase: "timed-out", reason: { code: "Deadline", params: { limit: "10s" } } });
    expect(Date.parse(job.finishedAt ?? "") - Date.parse(job.startedAt ?? "")).toBeLessThan(15_000);
    expect(jobOf(run, "web").phase).toBe("skipped");
    expect((await product.kubemin("why", "late")).stdout).toMatch(/sleeper.*10s/s);
    await until(namespace, "pods", (pods) => pods.every((pod) => !isRunning(pod)), 20);
  });

  it("a task is tried again after a wait that everybody can see", async () => {
    await apply(namespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "world" },
      data: { state: "bad" },
    });
    const traits = { env: { STATE: { config: "world", key: "state" } } };
    const again = task("again", 'echo "the world is $STATE"; [ "$STATE" = good ]', {
      traits,
      retry: { attempts: 3, backoff: "2s" },
    });
    const deploying = product.start("deploy", product.file("again.json", application("again", [again])), "--yes");
    await deploying.says(/again queued.*attempt 2.*3/);
    await apply(namespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "world" },
      data: { state: "good" },
    });
    const result = await deploying.finished;
    expect(result.code, result.stderr).toBe(0);
    const run = await newestRun(product, "again");
    expect(jobOf(run, "again")).toMatchObject({ phase: "succeeded", attempts: 3 });
    expect(jobOf(run, "again").attempt).toBeGreaterThan(1);
    const history = await historyOf(product, run.id);
    const at = (phase: string): number[] =>
      history.filter((event) => isPhase(event, "again", phase)).map((event) => Date.parse(event.at));
    const queued = history.filter(
      (event) => isPhase(event, "again", "queued") && JSON.stringify(event.data).includes("Retrying"),
    );
    const second = at("running").find((time) => time > Date.parse(queued[0]?.at ?? ""));
    expect((second ?? 0) - Date.parse(queued[0]?.at ?? "")).toBeGreaterThanOrEqual(1_900);
  });
});

function isReady(pod: Manifest): boolean {
  return JSON.stringify(pod["status"]).includes('"ready":true');
}

function isRunning(pod: Manifest): boolean {
  return JSON.stringify(pod["status"]).includes('"phase":"Running"');
}
