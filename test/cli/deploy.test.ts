// Tests `kubemin deploy`: what it shows, asks and sends, and its exit code.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Answers, type FakeApi, fakeApi } from "./support/fakeApi.ts";
import { changed, ended, finished, job, logged, plan, reason, run, status, summary } from "./support/fixtures.ts";
import { kubemin, type TestOptions, type Transcript, temporary, testTerminal } from "./support/terminal.ts";

let api: FakeApi | undefined;
afterEach(async () => await api?.close());

const done = ended("succeeded", [job("redis", "succeeded"), job("migrate", "succeeded")]);
const failedJob = job("migrate", "failed", {
  type: "task",
  reason: reason("TaskFailed", "the task exited with code 1", "you"),
});
const DEPLOYED: Answers = {
  planApplication: () => ({ json: plan() }),
  getApplication: () => ({ json: { ...summary(), document: {} } }),
  deployApplication: () => ({ json: run() }),
  streamEvents: () => ({
    afterwards: "end",
    events: [
      changed(11, "redis", "succeeded"),
      changed(12, "migrate", "running", reason("TaskRunning", "the task is running")),
      logged(13, "migrate", "CREATE TABLE users"),
      changed(14, "migrate", "succeeded", reason("Completed", "completed")),
      finished(15, "succeeded"),
    ],
  }),
  getRun: () => ({ json: done }),
  getStatus: () => ({ json: status() }),
};

async function deploy(
  line: string,
  answers: Answers,
  options: TestOptions = {},
  terminal?: ReturnType<typeof testTerminal>,
): Promise<Transcript> {
  api = await fakeApi({ ...DEPLOYED, ...answers });
  const directory = temporary();
  writeFileSync(join(directory, "app.yaml"), "name: shop\ncomponents: []\n");
  const all = { directory, ...options, env: { KUBEMIN_URL: api.url, KUBEMIN_TOKEN: "t", ...options.env } };
  return await kubemin(line, all, terminal ? { ...terminal, env: all.env, directory } : testTerminal(all));
}

const deployRequest = () => api?.asked.find((one) => one.route === "deployApplication");

describe("kubemin deploy", () => {
  it("shows the plan, watches to the end, prints the addresses", async () => {
    const told = await deploy("deploy app.yaml --yes --message hello --priority high", {});
    expect(told.stderr).toBe(
      [
        "shop in namespace default on prod: 1 to update, 1 unchanged, 2 jobs",
        "~ update Deployment/web (web) · rolling, pods are replaced one after another",
        "    spec.template.spec.containers[web].image: nginx:1.27 → nginx:1.28",
        "Order: redis → web",
        "14:01:00 run 3 started shop v2 2 jobs on prod",
        "14:01:02 redis running 0 of 1 replicas ready",
        "14:01:24 redis succeeded 22s",
        "14:01:24 migrate running the task is running",
        "14:01:30 migrate │ CREATE TABLE users",
        "14:01:24 migrate succeeded 0ms",
        "14:01:41 run 3 succeeded",
        "",
      ].join("\n"),
    );
    expect(told.stdout).toBe("shop v2 · run 3 · ● succeeded · 41s · prod · default\n  http://shop.example.com/\n");
    expect(told.exit).toBe(0);
    expect(deployRequest()?.query).toEqual({ message: "hello", priority: "high" });
    expect(deployRequest()?.headers["if-match"]).toBe('"rev-2"');
    expect(deployRequest()?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(deployRequest()?.headers.authorization).toBe("Bearer t");
  });

  it("starts nothing when nobody can be asked", async () => {
    const told = await deploy("deploy app.yaml", {});
    expect(told.exit).toBe(2);
    expect(told.stderr).toContain(
      "kubemin cannot ask for confirmation here, so nothing was changed\n  check the changes above, then add --yes",
    );
    expect(deployRequest()).toBeUndefined();
  });

  it("asks on a terminal and takes no for an answer", async () => {
    const told = await deploy("deploy app.yaml", {}, { tty: true, answers: ["n"] });
    expect(told.questions).toEqual(["Deploy shop? [y/N] "]);
    expect(told.stderr).toContain("nothing was changed");
    expect(told.exit).toBe(0);
    expect(deployRequest()).toBeUndefined();
  });

  it("deploys after a yes on a terminal", async () => {
    const told = await deploy("deploy app.yaml", {}, { tty: true, answers: ["y"] });
    expect(told.exit).toBe(0);
    expect(told.stderr).toContain("● migrate  succeeded");
  });

  it("says that a sandbox runs nothing, in the plan, in the progress and at the end", async () => {
    const sandbox = { cluster: "sandbox", clusterKind: "sandbox" } as const;
    const told = await deploy("deploy app.yaml --yes", {
      planApplication: () => ({ json: plan(sandbox) }),
      deployApplication: () => ({ json: run(sandbox) }),
      getRun: () => ({ json: { ...done, ...sandbox } }),
    });
    expect(told.stderr.split("sandbox (simulated, nothing runs)").length - 1).toBe(2);
    expect(told.stdout).toContain("sandbox (simulated, nothing runs)");
  });

  it("prints problems like a compiler and starts nothing", async () => {
    const problems = [
      {
        code: "Required",
        severity: "error",
        pointer: "/components",
        line: 2,
        column: 1,
        message: "image is missing",
        hint: "add one",
      },
    ];
    const told = await deploy("deploy app.yaml --yes", {
      planApplication: () => ({ error: "InvalidDocument", detail: "the document has 1 problems", problems }),
    });
    expect(told.stderr).toBe(
      "app.yaml:2:1: error: image is missing [Required]  add one\n  2 | components: []\n    | ^\n1 problem; nothing was started\n",
    );
    expect(told.exit).toBe(2);
  });

  it.each([
    ["Denied", "rejected", "approve", "what to do: ask the person who denied it, then retry"],
    ["GaveUpWaiting", "expired", "approve", "what to do: retry, and approve it in time"],
    ["CallFailed", "failed", "http", "what to do: fix the workflow or the programs that it calls, then run it again"],
  ] as const)("gives advice that fits %s of a run that deploys nothing", async (code, phase, type, advice) => {
    const gate = job("gate", phase, { type, component: "", reason: reason(code, "no", "you") });
    const told = await deploy("deploy app.yaml --yes", {
      getRun: () => ({ json: { ...ended("failed", [gate]), kind: "workflow" } }),
    });
    expect(told.stderr).toContain(advice);
    expect(told.stderr).not.toContain("deploy again");
  });

  it("shows evidence, the last lines of the log, the cause and what to do when the run failed", async () => {
    const evidence = [{ source: "container" as const, object: "Pod/migrate-x", text: "exit code 1" }];
    const told = await deploy("deploy app.yaml --yes", {
      getRun: () => ({ json: ended("failed", [job("redis", "succeeded"), { ...failedJob, evidence }]) }),
      getJobLog: () => ({
        json: {
          items: [{ at: "2026-03-04T14:01:30Z", pod: "p", container: "c", text: "no such table users" }],
          next: null,
          total: 1,
        },
      }),
      explainRun: () => ({ json: { sentence: "shop is degraded because migrate failed: exit 1", chain: [] } }),
    });
    expect(told.exit).toBe(1);
    expect(told.stdout).toBe("shop v2 · run 3 · ✕ failed · 41s · prod · default\n");
    expect(told.stderr).toContain(
      [
        "✕ failed migrate: the task exited with code 1",
        "  Pod/migrate-x: exit code 1",
        "  end of its log:",
        "  │ no such table users",
        "",
        "shop is degraded because migrate failed: exit 1",
        "",
        "what to do: fix the document or the program, then deploy again",
        "  kubemin logs shop/migrate --run 3",
        "  kubemin retry shop#3 --from migrate",
      ].join("\n"),
    );
  });

  it("exits 3 when the platform rejected", async () => {
    const told = await deploy("deploy app.yaml --yes", {
      getRun: () => ({ json: ended("rejected", [job("redis", "rejected")]) }),
    });
    expect(told.exit).toBe(3);
  });

  it("exits 6 when somebody deployed in between", async () => {
    const told = await deploy("deploy app.yaml --yes --if-revision 1", {
      deployApplication: () => ({
        error: "StaleEtag",
        detail: "shop is at rev-2, not at rev-1",
        advice: "read it again, then decide",
      }),
    });
    expect(deployRequest()?.headers["if-match"]).toBe('"rev-1"');
    expect(told.stderr).toContain("error: shop is at rev-2, not at rev-1\n  read it again, then decide\n");
    expect(told.exit).toBe(6);
  });

  it("returns at once with --detach, and says how to come back", async () => {
    const told = await deploy("deploy app.yaml --yes --detach", {});
    expect(told.stdout).toBe("shop v2 · run 3 · ◐ running · prod · default\n");
    expect(told.stderr).toContain("watch it again: kubemin watch shop#3   cancel it: kubemin cancel shop#3");
    expect(told.exit).toBe(0);
  });

  it("exits 8 when --timeout ended, and the run goes on", async () => {
    const told = await deploy("deploy app.yaml --yes --timeout 1s", {
      streamEvents: () => ({ afterwards: "stay", events: [] }),
      getRun: () => ({ json: run() }),
    });
    expect(told.stderr).toContain("still running after 1s\nthe run continues; watch it again: kubemin watch shop#3");
    expect(told.exit).toBe(8);
  });

  it("detaches at Ctrl-C with 130 and leaves no listener behind", async () => {
    const terminal = testTerminal();
    const told = await deploy(
      "deploy app.yaml --yes",
      {
        streamEvents: () => {
          setImmediate(() => terminal.interrupt());
          return { afterwards: "stay", events: [] };
        },
        getRun: () => ({ json: run() }),
      },
      {},
      terminal,
    );
    expect(told.exit).toBe(130);
    expect(told.stderr).toContain("cancel it: kubemin cancel shop#3");
    expect(terminal.listeners()).toBe(0);
  });

  it("gives the API's own shape with --output json, nothing else on stdout", async () => {
    const told = await deploy("deploy app.yaml --yes -o json", {});
    expect(JSON.parse(told.stdout)).toEqual(done);
  });

  it("gives failures as JSON too, on stderr", async () => {
    const told = await deploy("deploy app.yaml --yes -o json", {
      planApplication: () => ({
        error: "InvalidDocument",
        detail: "the document has 1 problems",
        problems: [{ code: "Required", severity: "error", pointer: "", message: "m" }],
      }),
    });
    expect(told.stdout).toBe("");
    expect(JSON.parse(told.stderr)).toMatchObject({
      code: "InvalidDocument",
      status: 422,
      problems: [{ code: "Required" }],
    });
    expect(told.exit).toBe(2);
  });
});
