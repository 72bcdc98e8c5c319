// Tests transcripts of the other commands: the output on a terminal, the output for scripts, and the exit code.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ApiJob } from "../../src/cli/follow/progress/progress.ts";
import { startTestServer } from "../support/testServer.ts";
import { type Answers, type FakeApi, fakeApi } from "./support/fakeApi.ts";
import { ended, job, plan, reason, run, status, summary } from "./support/fixtures.ts";
import { kubemin, NOW, type TestOptions, type Transcript, temporary } from "./support/terminal.ts";

let api: FakeApi | undefined;
afterEach(async () => await api?.close());

async function ask(line: string, answers: Answers, options: TestOptions = {}): Promise<Transcript> {
  api = await fakeApi(answers);
  return await kubemin(line, { ...options, env: { KUBEMIN_URL: api.url, KUBEMIN_TOKEN: "t", ...options.env } });
}
const asked = (route: string) => api?.asked.find((one) => one.route === route);
const { jobs: _jobs, lastEvent: _lastEvent, ...runRow } = ended("failed", []);
const SHOP: Answers = {
  listApplications: () => ({ json: { items: [summary()], next: null } }),
  getApplication: () => ({ json: { ...summary(), document: {} } }),
  getStatus: () => ({ json: status() }),
  listRuns: ({ query }) => ({ json: { items: query["application"] === "" ? [] : [runRow], next: null } }),
};

describe("kubemin diff --live", () => {
  const DRIFT: Answers = {
    getDrift: () => ({
      json: {
        application: "shop",
        revision: 2,
        drifted: true,
        objects: [
          {
            component: "web",
            object: { apiVersion: "v1", kind: "Service", namespace: "default", name: "web" },
            state: "same",
            fields: [],
          },
          {
            component: "web",
            object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: "web" },
            state: "different",
            fields: [{ path: "spec.replicas", live: 5, wanted: 2, managers: ["kubectl-scale"] }],
          },
        ],
      },
    }),
  };

  it("shows what the cluster holds, what the document wants, and who holds it", async () => {
    const told = await ask("diff shop --live", DRIFT);
    expect(told).toMatchObject({
      exit: 0,
      stderr: "shop v2 · 1 of 2 objects differ\n",
      stdout: "~ Deployment/web (web) · differs\n  spec.replicas · set by kubectl-scale\n    - 5\n    + 2\n",
    });
    expect(await ask("diff shop --live --exit-code -o name", DRIFT)).toMatchObject({
      exit: 10,
      stdout: "Deployment/web\n",
    });
  });

  it("takes no revision", async () => {
    expect((await ask("diff shop v1 --live", DRIFT)).exit).toBe(2);
  });
});

describe("kubemin status", () => {
  it("lists applications as a table on a terminal", async () => {
    const told = await ask("status", SHOP, { tty: true });
    expect(told.stdout).toBe(
      "APPLICATION  REVISION  LAST RUN     UPDATED    CLUSTER  NAMESPACE  WHY\nshop         v2        ● succeeded  2h00m ago  prod     default\n",
    );
  });

  it("gives scripts tab-separated rows with full timestamps", async () => {
    expect((await ask("status", SHOP)).stdout).toBe("shop\tv2\tsucceeded\t2026-03-04T12:02:00Z\tprod\tdefault\t\n");
  });

  it("follows all pages", async () => {
    const told = await ask("status -o name", {
      ...SHOP,
      listApplications: ({ query }) =>
        query["after"] === undefined
          ? { json: { items: [summary()], next: "x" } }
          : { json: { items: [summary({ name: "blog" })], next: null } },
    });
    expect(told.stdout).toBe("shop\nblog\n");
  });

  it("says first what somebody else changed", async () => {
    const object = (kind: string, name: string) => ({ apiVersion: "v1", kind, namespace: "default", name });
    const [redis, web] = status().components;
    const drift = [
      {
        object: object("Deployment", "web"),
        gone: false,
        fields: ["spec.replicas", "spec.paused"],
        managers: ["kubectl-edit"],
      },
      { object: object("Service", "web"), gone: true, fields: [], managers: [] },
    ];
    const json = status({ components: [redis, { ...web, drift }] as never });
    const english = await ask("status shop", { getStatus: () => ({ json }) });
    expect(english.stdout).toContain(
      "drifted: 2 fields, Service/web no longer exists, by kubectl-edit; image nginx:9 does not exist",
    );
    const chinese = await ask("status shop --lang zh", { getStatus: () => ({ json }) });
    expect(chinese.stdout).toContain("已偏离: 2 个字段, Service/web 已不存在, 由 kubectl-edit 修改");
  });

  it("tells components, why, and addresses of one", async () => {
    const told = await ask("status shop", SHOP, { tty: true });
    expect(told.stdout).toBe(
      [
        "shop · ✕ degraded · v2 · prod · default · run 3 ● succeeded 1h00m ago",
        "COMPONENT  TYPE        HEALTH      READY  WHY",
        "redis      store       ● healthy   1/1    ready",
        "web        webservice  ✕ degraded  0/2    image nginx:9 does not exist",
        "http://shop.example.com/",
        "",
      ].join("\n"),
    );
  });

  it("speaks Chinese, aligned", async () => {
    const told = await ask(
      "status shop --lang zh",
      { getStatus: () => ({ json: status({ clusterKind: "sandbox", cluster: "sandbox" }) }) },
      { tty: true },
    );
    expect(told.stdout.split("\n").slice(0, 3)).toEqual([
      "shop · ✕ 降级 · v2 · sandbox（模拟集群，不会真正运行） · default · 运行 3 ● 成功 1h00m前",
      "组件   类型        健康    就绪  原因",
      "redis  store       ● 健康  1/1   ready",
    ]);
    expect(asked("getStatus")?.headers["accept-language"]).toBe("zh");
  });

  it("gives the API's shape as JSON, chosen fields, or YAML", async () => {
    expect(JSON.parse((await ask("status shop -o json", SHOP)).stdout)).toEqual(status());
    expect(JSON.parse((await ask("status --json name,revision", SHOP)).stdout)).toEqual([
      { name: "shop", revision: 2 },
    ]);
    expect((await ask("status shop --output yaml", SHOP)).stdout).toContain("health: degraded\n");
  });
});

describe("failures", () => {
  it.each([
    ["NotSignedIn", 4],
    ["NotAllowed", 4],
    ["RunAlreadyEnded", 6],
    ["ClusterUnreachable", 3],
    ["Internal", 1],
  ] as const)("%s exits %i", async (error, exit) => {
    const told = await ask("status shop", {
      getStatus: () => ({ error, detail: "that is how it is", advice: "do this" }),
    });
    expect(told.stderr).toMatch(/^error: that is how it is\n {2}do this\n/);
    expect(told.exit).toBe(exit);
  });

  it("says that no server answers, and exits 1", async () => {
    const told = await kubemin("status", { env: { KUBEMIN_URL: "http://127.0.0.1:1" } });
    expect(told.stderr).toContain("error: no kubemin server answers at http://127.0.0.1:1");
    expect(told.exit).toBe(1);
  });

  it("refuses what is no address", async () => {
    expect((await kubemin("status --server localhost")).exit).toBe(2);
  });
});

describe("kubemin plan", () => {
  const directory = temporary();
  writeFileSync(join(directory, "app.yaml"), "name: shop\n");

  it("exits 10 with --exit-code when there are changes, and gives rows to scripts", async () => {
    const told = await ask("plan app.yaml --exit-code", { planApplication: () => ({ json: plan() }) }, { directory });
    expect(told.stdout).toBe(
      "update\trolling\tweb\tDeployment/web\tspec.template.spec.containers[web].image\t\nunchanged\tnone\tredis\tStatefulSet/redis\t\t\n",
    );
    expect(told.exit).toBe(10);
  });

  it("exits 0 with --exit-code when nothing changes", async () => {
    const told = await ask(
      "plan app.yaml --exit-code",
      { planApplication: () => ({ json: plan({ changes: [] }) }) },
      { directory },
    );
    expect(told.exit).toBe(0);
  });

  it("says what the cluster would refuse, and exits 3", async () => {
    const message = "cluster prod can never run Job/train: no node has B200";
    const refused = { code: "NeverRoom", severity: "refused", pointer: "/components/0", message };
    const answers = { planApplication: () => ({ json: plan({ warnings: [refused] }) }) };
    const told = await ask("plan app.yaml --exit-code", answers, { directory });
    expect(told.stderr).toContain(`refused: ${message} [NeverRoom]`);
    expect(told.stderr).toContain("a run of it would be rejected");
    expect(told.exit).toBe(3);
  });

  it("says what was changed on the cluster, by whom, and what is gone from it", async () => {
    const [web, redis] = plan().changes;
    const fields = [
      { path: "spec.replicas", before: 2, after: 1, by: ["kubectl"] },
      { path: "spec.paused", before: true, by: [] },
    ];
    const drifted = { ...web, class: "in-place", fields };
    const gone = { ...redis, action: "create", class: "create", gone: true };
    const answers = { planApplication: () => ({ json: plan({ changes: [drifted, gone] }) }) };
    const told = await ask("plan app.yaml --exit-code", answers, { directory, tty: true });
    expect(told.exit).toBe(10);
    expect(told.stdout).toContain("spec.replicas: 2 → 1 · set on the cluster by kubectl\n");
    expect(told.stdout).toContain("spec.paused: true → – · the cluster has another value\n");
    expect(told.stdout).toContain("StatefulSet/redis (redis) · it no longer exists on the cluster\n");
  });

  it("never prints a sealed token", async () => {
    const sealed = "sealed:v1:abc";
    const manifest = { kind: "Secret", data: { password: sealed } };
    const change = {
      ...plan().changes[0],
      fields: [{ path: "data.password", before: sealed, after: { deep: sealed } }],
    };
    const jobs = [{ ...plan().jobs[0], objects: [{ manifest, keep: false }] }];
    const answers: Answers = { planApplication: () => ({ json: plan({ changes: [change], jobs }) }) };
    for (const line of ["plan app.yaml", "plan app.yaml --objects"]) {
      const told = await ask(line, answers, { directory, tty: true });
      expect(told.stdout + told.stderr).not.toContain("sealed:");
      expect(told.stdout).toContain("••••••");
    }
  });
});

describe("kubemin diff, rollback, delete", () => {
  const change = plan().changes[0];
  const answers: Answers = {
    ...SHOP,
    listRevisions: () => ({
      json: {
        items: [2, 1].map((number) => ({
          number,
          cluster: "prod",
          namespace: "default",
          actor: "lin",
          message: "",
          createdAt: "2026-03-04T12:02:00Z",
          hash: "h",
        })),
        next: null,
      },
    }),
    diffRevisions: () => ({ json: { from: "v1", to: "v2", changes: [change] } }),
    rollbackApplication: () => ({ json: run() }),
    deleteApplication: () => ({ json: run({ kind: "delete" }) }),
  };

  it("compares the newest revision with the one before", async () => {
    const told = await ask("diff shop", answers);
    expect(asked("diffRevisions")?.query).toEqual({ from: "1", to: "2" });
    expect(told.stdout).toBe(
      "~ update Deployment/web (web) · rolling, pods are replaced one after another\n  spec.template.spec.containers[web].image\n    - nginx:1.27\n    + nginx:1.28\n",
    );
  });

  it("compares the two that were named", async () => {
    await ask("diff shop v1 4", answers);
    expect(asked("diffRevisions")?.query).toEqual({ from: "1", to: "4" });
  });

  it("refuses what is no revision", async () => {
    const told = await ask("diff shop newest", answers);
    expect(told.stderr).toContain("newest is not a revision");
    expect(told.exit).toBe(2);
  });

  it("shows what a rollback changes before it asks", async () => {
    const told = await ask("rollback shop v1", answers, { tty: true, answers: ["no"] });
    expect(told.stderr).toContain("shop v2 → v1 · prod · 1 to update");
    expect(told.questions).toEqual(["Roll shop back to v1? [y/N] "]);
    expect(asked("rollbackApplication")).toBeUndefined();
  });

  it("rolls back from the revision that was shown", async () => {
    await ask("rollback shop v1 --yes --detach", answers);
    expect(asked("rollbackApplication")).toMatchObject({ body: '{"revision":1}', headers: { "if-match": '"rev-2"' } });
  });

  it("keeps volumes, and says so", async () => {
    const objects = ["StatefulSet", "PersistentVolumeClaim"].map((kind) => ({
      object: { apiVersion: "v1", kind, namespace: "default", name: "redis" },
      state: "ready",
      reason: reason("Ready", "ready"),
      evidence: [],
    }));
    const components = [{ ...status().components[0], objects }];
    const told = await ask("delete shop --yes --detach", {
      ...answers,
      getStatus: () => ({ json: status({ components }) }),
    });
    expect(told.stderr).toContain(
      "  - delete StatefulSet/redis\n  = keep PersistentVolumeClaim/redis\nvolumes are kept\n",
    );
    expect(asked("deleteApplication")?.query).toEqual({ volumes: "false" });
  });

  it("deletes data only by the dangerous option, and asks in capitals", async () => {
    const told = await ask("delete shop --dangerous-delete-volumes", answers, { tty: true, answers: ["y"] });
    expect(told.questions).toEqual(["Delete shop and ALL ITS DATA? [y/N] "]);
    expect(asked("deleteApplication")?.query).toEqual({ volumes: "true" });
  });
});

describe("kubemin runs, retry, cancel, why, logs, token", () => {
  it("lists runs by the names that other commands take", async () => {
    const told = await ask("runs shop --phase failed", SHOP, { tty: true });
    expect(told.stdout).toContain("shop#3  ✕ failed  v2");
    expect(asked("listRuns")?.query).toEqual({ limit: "20", application: "shop", phase: "failed" });
  });

  it("lists what a run does, and why it does not go on, not that it has not ended", async () => {
    const held = run({
      state: "queued",
      reason: reason("PlacesTaken", "2 of 2 slots of this project are in use by shop#1, shop#2"),
    });
    const later = run({ state: "scheduled", reason: reason("Scheduled", "starts at 2027-06-01T00:00:00Z"), number: 4 });
    const told = await ask("runs", { listRuns: () => ({ json: { items: [held, later], next: null } }) });
    expect(told.stdout).toContain("queued");
    expect(told.stdout).toContain("2 of 2 slots of this project are in use by shop#1, shop#2");
    expect(told.stdout).toContain("starts at 2027-06-01T00:00:00Z");
    expect(told.stdout).not.toContain("running");
  });

  it("says in every list which attempt runs, and how the one before it ended", async () => {
    const before = {
      attempt: 1,
      at: "2026-03-04T12:00:00Z",
      reason: reason("Interrupted", "the cluster interrupted it: Preempted"),
    };
    const repeated = { job: "web", attempt: 2, before };
    const answers: Answers = {
      ...SHOP,
      listRuns: () => ({ json: { items: [run({ application: "", workflow: "ai-eval", repeated })], next: null } }),
      getStatus: () => ({
        json: { ...status(), components: status().components.map((one) => ({ ...one, repeated })) },
      }),
    };
    for (const line of ["runs", "status", "status shop"]) {
      const told = "attempt 2; attempt 1 ended: the cluster interrupted it: Preempted";
      expect((await ask(line, answers)).stdout, line).toContain(told);
      expect((await ask(`${line} --lang zh`, answers)).stdout, line).toContain("第 2 次；第 1 次的结局：");
    }
  });

  it("explains runs: by number, and by the id of one that belongs to no application", async () => {
    const chain = [
      { subject: "scan", reason: reason("Approval", "waits for an approval by lin", "you"), evidence: [] },
    ];
    const why = () => ({ json: { sentence: "scan: waits for an approval by lin.", chain } });
    expect((await ask("why shop#3", { ...SHOP, getRun: () => ({ json: run() }), explainRun: why })).stdout).toContain(
      "waits for an approval by lin",
    );
    expect(asked("explainWhy")).toBeUndefined();
    const told = await ask("why 01run/scan", { getRun: () => ({ json: run({ application: "" }) }), explainRun: why });
    expect(asked("explainRun")).toMatchObject({ params: { run: "01run" }, query: { job: "scan" } });
    expect(told.exit).toBe(0);
    expect((await ask("why nothing", {})).exit).toBe(5);
  });

  it("asks how a run stood then: by a moment, a time of day, or how long ago", async () => {
    const link = { reason: reason("SkippedAt", "was skipped at 14:03: its condition is not met"), evidence: [] };
    const kept = [{ source: "decision", object: "/inputs/stage", text: '"test"' }];
    const at = "2026-03-04T11:00:00.000Z";
    const moment = {
      at,
      jobs: [{ name: "ship", phase: "skipped", since: at, reason: link.reason, evidence: kept }],
      more: 3,
    };
    const json = { sentence: "shop: at 11:00 …", chain: [{ subject: "ship", ...link }], moment };
    const answers: Answers = { ...SHOP, getRun: () => ({ json: run() }), explainRun: () => ({ json }) };
    const told = await ask("why shop#3 --at 2026-03-04T12:00:00+01:00", answers);
    expect(asked("explainRun")?.query).toEqual({ at });
    expect(told.stdout).toContain(
      'skipped ship: was skipped at 14:03: its condition is not met\n    /inputs/stage (decision): "test"\nand 3 more\n',
    );
    await ask("why shop#3/ship --at 10m", answers);
    expect(asked("explainRun")?.query).toEqual({ job: "ship", at: new Date(NOW.getTime() - 600_000).toISOString() });
    const midnight = new Date(NOW);
    midnight.setHours(0, 3, 0, 0);
    await ask("why shop#3 --at 00:03", answers);
    expect(asked("explainRun")?.query).toEqual({ at: midnight.toISOString() });
    expect(await ask("why shop#3 --at yesterday", answers)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("a time of today like 14:03"),
    });
  });

  it("asks the run of an application that was the newest one then", async () => {
    const at = (createdAt: string, number: number) => ({ ...runRow, id: `run-${number}`, number, createdAt });
    const items = [at("2026-03-04T10:00:00Z", 4), at("2026-03-04T08:00:00Z", 3), at("2026-03-04T06:00:00Z", 2)];
    const answers: Answers = {
      listRuns: () => ({ json: { items, next: null } }),
      explainRun: () => ({ json: { sentence: "x", chain: [] } }),
    };
    expect((await ask("why shop --at 2026-03-04T09:00:00Z", answers)).exit).toBe(0);
    expect(asked("explainRun")?.params).toMatchObject({ run: "run-3" });
    const none = await ask("why shop --at 2026-03-04T05:00:00Z", answers);
    expect(none).toMatchObject({ exit: 5, stderr: expect.stringContaining("had no run at 2026-03-04T05:00:00.000Z") });
  });

  it("retries from a job", async () => {
    const found = { json: ended("failed", [job("redis", "failed")]) };
    await ask("retry shop#3 --from migrate --detach", {
      ...SHOP,
      getRun: () => found,
      retryRun: () => ({ json: run() }),
    });
    expect(asked("retryRun")).toMatchObject({ body: '{"from":"migrate"}', params: { run: "01run" } });
  });

  it("cancels", async () => {
    const told = await ask("cancel 01run", { getRun: () => ({ json: run() }), cancelRun: () => ({ json: run() }) });
    expect(told.stderr).toBe("the run is being cancelled; watch it until it has ended: kubemin watch shop#3\n");
  });

  it("prints the one sentence, then the evidence", async () => {
    const chain = [
      { subject: "web", reason: reason("DependencyFailed", "because migrate did not succeed"), evidence: [] },
      {
        subject: "migrate",
        reason: reason("TaskFailed", "exit 1"),
        evidence: [{ source: "log", object: "Pod/migrate-x", text: "no such table" }],
      },
    ];
    const told = await ask("why shop/web", {
      explainWhy: () => ({ json: { sentence: "web waits because migrate failed", chain } }),
    });
    expect(asked("explainWhy")?.query).toEqual({ component: "web" });
    expect(told.stdout).toBe(
      "web waits because migrate failed\n  web: because migrate did not succeed\n    migrate: exit 1\n      Pod/migrate-x (log): no such table\n",
    );
  });

  it("says that there are more lines of a kept log than it shows", async () => {
    const items = [{ at: "2026-03-04T12:00:00Z", pod: "migrate-x", container: "migrate", text: "last" }];
    const answers: Answers = {
      ...SHOP,
      getRun: () => ({ json: ended("succeeded", [job("migrate", "succeeded")]) }),
      listRuns: () => ({ json: { items: [run()], next: null } }),
      getJobLog: () => ({ json: { items, next: null, total: 5_000 } }),
    };
    const told = await ask("logs shop/migrate --run 3", answers);
    expect(told.stdout).toContain("last");
    expect(told.stderr).toContain("the last 1 of 5000 stored lines; --tail N shows more, at most 10000 of each task");
  });

  it("filters logs, in the form that the output asks for", async () => {
    const line = (text: string) => ({ data: { at: "2026-03-04T14:01:30Z", pod: "web-1", container: "web", text } });
    const answers: Answers = {
      streamLogs: () => ({ afterwards: "end", events: [line("GET / 200"), line("GET /x 500")] }),
    };
    expect((await ask("logs shop/web --since 10m --grep 500$", answers)).stdout).toBe(
      "2026-03-04T14:01:30Z\tweb-1/web\tGET /x 500\n",
    );
    expect(asked("streamLogs")?.query).toEqual({ component: "web", since: "600", previous: "false", follow: "false" });
    expect((await ask("logs shop/web", answers, { tty: true })).stdout).toBe(
      "web-1/web │ GET / 200\nweb-1/web │ GET /x 500\n",
    );
    expect((await ask("logs shop -o json", answers)).stdout.split("\n")).toHaveLength(3);
  });

  it("says why a component without a pod has no log", async () => {
    const waits = job("web", "pending", { reason: reason("CapacityShort", "waits for room: asks for 8 GPUs") });
    const answers: Answers = {
      ...SHOP,
      streamLogs: () => ({ afterwards: "end", events: [] }),
      getRun: ({ params }) =>
        params["run"] === "shop"
          ? { error: "NotFound", detail: "" }
          : { json: run({ jobs: [waits, job("redis", "succeeded")] }) },
    };
    expect(await ask("logs shop/web", answers)).toMatchObject({
      exit: 0,
      stdout: "",
      stderr: "web has no log yet: its program has not started. pending: waits for room: asks for 8 GPUs\n",
    });
    expect((await ask("logs shop/redis", answers)).stderr).toBe("");
  });

  it("opens a followed log again where it broke, and repeats no line", async () => {
    const line = (at: string, text: string) => ({ data: { at, pod: "web-1", container: "web", text } });
    let opened = 0;
    const told = await ask("logs shop -f", {
      streamLogs: () =>
        ++opened === 1
          ? { afterwards: "break", events: [line("2026-03-04T14:01:30Z", "one")] }
          : opened === 2
            ? { afterwards: "end", events: [line("2026-03-04T14:01:30Z", "one"), line("2026-03-04T14:01:31Z", "two")] }
            : { error: "NotFound", detail: "there is no application shop" },
    });
    expect(told.stdout).toBe("2026-03-04T14:01:30Z\tweb-1/web\tone\n2026-03-04T14:01:31Z\tweb-1/web\ttwo\n");
    expect(told.exit).toBe(5);
  });

  it("prints a new token on stdout and nothing else there", async () => {
    const token = {
      id: "t1",
      name: "ci",
      project: "default",
      role: "write",
      createdAt: "2026-03-04T12:02:00Z",
      expiresAt: null,
      madeBy: "ada",
    };
    const told = await ask("token add ci --role write --expires 90d", {
      addToken: () => ({ json: { ...token, token: "km_secret" } }),
    });
    expect(told.stdout).toBe("km_secret\n");
    expect(asked("addToken")?.body).toBe('{"name":"ci","project":"default","role":"write","expiresIn":"90d"}');
  });
});

describe("kubemin approve", () => {
  const waits = (name: string, message: string, more = {}) =>
    job(name, "pending", { type: "approve", attempt: 2, reason: reason("Approval", message, "you"), ...more });
  const release = waits("checks.release", "waits for an approval by alice: Release?", { step: ["checks", "release"] });
  const purge = waits("purge", "waits for an approval by bob: Purge?");
  const approving = (jobs: readonly ApiJob[], words: string) => {
    const shown = run({ jobs: [...jobs] });
    return ask(`approve ${words}`, {
      ...SHOP,
      getRun: ({ params }) =>
        params["run"] === shown.id ? { json: shown } : { error: "NotFound", detail: "there is no run shop" },
      tellJob: () => ({ json: shown }),
    });
  };

  it("answers the only step that waits, and the attempt that was seen", async () => {
    const told = await approving([job("web", "succeeded"), purge], "shop --comment fine");
    expect(told).toMatchObject({ exit: 0, stdout: "approved purge\n" });
    expect(asked("tellJob")?.params["job"]).toBe("purge");
    expect(JSON.parse(asked("tellJob")?.body ?? "")).toEqual({
      kind: "approval",
      data: { decision: "approve", comment: "fine" },
      attempt: 2,
    });
  });

  it("names them when several wait, and takes the name of one", async () => {
    const unsaid = await approving([release, purge], "shop");
    expect(unsaid.exit).toBe(2);
    expect(unsaid.stderr).toContain("2 steps of run shop#3 wait for an approval");
    expect(unsaid.stderr).toContain("checks.release: waits for an approval by alice: Release?");
    expect(unsaid.stderr).toContain("purge: waits for an approval by bob: Purge?");
    expect(unsaid.stderr).toContain("kubemin approve shop#3 checks.release");
    expect(asked("tellJob")).toBeUndefined();
    expect(await approving([release, purge], "shop release --deny")).toMatchObject({
      exit: 0,
      stdout: "denied checks.release\n",
    });
  });

  it("says so when none waits", async () => {
    const told = await approving([job("web", "running")], "shop");
    expect(told.exit).toBe(5);
    expect(told.stderr).toContain("no step of run shop#3 waits for an approval");
  });
});

const clusterAway = (name: string, detail: string) => ({
  name,
  kind: "kubernetes",
  reachable: false,
  detail,
  version: "",
  origin: "start",
  breaker: "closed",
  milliseconds: 1,
  server: "",
  insecure: false,
  auth: "unknown",
  user: "",
  projects: [],
  calls: 0,
  createdAt: null,
  updatedAt: null,
});

describe("kubemin doctor", () => {
  it("goes through everything and says what to do", async () => {
    const told = await ask(
      "doctor",
      {
        getVersion: () => ({ json: { version: "0.1.0", api: "v1", node: "v24" } }),
        whoAmI: () => ({
          json: {
            id: "t",
            name: "first",
            project: "*",
            role: "admin",
            createdAt: "2026-03-04T12:02:00Z",
            expiresAt: null,
            madeBy: null,
          },
        }),
        listClusters: () => ({
          json: {
            items: [clusterAway("prod", "connection refused")],
            next: null,
          },
        }),
      },
      { tty: true },
    );
    expect(told.stdout).toContain(
      "ok    token: first · admin · *\nfail  cluster prod: prod · connection refused\n      check the cluster",
    );
    expect(told.exit).toBe(1);
  });
});

describe("a workflow file", () => {
  const steps = (type: string) =>
    `name: x\nworkflow:\n  steps:\n    - { name: a, type: ${type}, properties: { script: x } }\n    - { name: b, type: notify, properties: { message: { $from: /steps/a/outputs/text } } }\n`;

  it("with a type that only a server may know is valid here, with a warning", async () => {
    const told = await kubemin("validate -", { input: steps("sh") });
    expect(told.exit).toBe(0);
    expect(told.stderr).toContain("warning: sh is not one of kubemin's own types: this step is not checked here");
    const plan = await kubemin("plan - --offline", { input: steps("sh") });
    expect(plan.exit).toBe(0);
    expect(plan.stdout + plan.stderr).toMatch(/a +sh +only the server knows what this step becomes/);
  });

  it("with a misspelt type is told what may have been meant", async () => {
    const told = await kubemin("validate -", { input: steps("notfy") });
    expect(told.stderr).toContain("notify");
  });

  it("that makes the plan warn is told with its lines by validate, by run and by run --plan", async () => {
    const lock = (name: string, limit: number) =>
      `    - { name: ${name}, type: wait, locks: [{ key: k, limit: ${limit} }], properties: { for: 0s } }\n`;
    const input = `name: x\nworkflow:\n  steps:\n${lock("a", 1)}${lock("b", 2)}`;
    const validated = await kubemin("validate -", { input });
    expect(validated.stderr).toContain("<stdin>:5:38: warning: key k has limit 2 here and 1 at 4:38");
    const server = await startTestServer();
    const env = { KUBEMIN_URL: server.url, KUBEMIN_TOKEN: await server.addToken({}) };
    const warned = validated.stderr.slice(0, validated.stderr.indexOf("<stdin>: valid"));
    for (const words of ["--plan", "--detach"])
      expect((await kubemin(`run --file - ${words}`, { input, env })).stderr).toContain(warned);
    await server.close();
  });

  it("that is no document is told by run as it is by validate", async () => {
    const input = "name: x\nbase: &b { type: wait }\nworkflow:\n  steps:\n    - { <<: *b, name: a }\n";
    const validated = await kubemin("validate -", { input });
    const ran = await kubemin("run --file -", {
      input,
      env: { KUBEMIN_URL: "http://127.0.0.1:1", KUBEMIN_TOKEN: "t" },
    });
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toBe(validated.stderr);
  });
});

describe("kubemin init and validate", () => {
  it.each(["web", "web-worker-redis", "task"])("writes %s, which is valid, and never overwrites", async (name) => {
    const directory = mkdtempSync(join(temporary(), "init-"));
    expect((await kubemin(`init ${name}`, { directory })).exit).toBe(0);
    expect(readFileSync(join(directory, "app.yaml"), "utf8")).toMatch(
      /^# yaml-language-server: \$schema=\.\/kubemin\.schema\.json\n/,
    );
    expect(JSON.parse(readFileSync(join(directory, "kubemin.schema.json"), "utf8"))).toMatchObject({ type: "object" });
    const valid = await kubemin("validate app.yaml", { directory });
    expect(valid).toMatchObject({ exit: 0, stderr: "app.yaml: valid\n" });
    expect((await kubemin("plan app.yaml --offline", { directory })).exit).toBe(0);
    expect((await kubemin(`init ${name}`, { directory })).exit).toBe(6);
    expect((await kubemin(`init ${name} --force`, { directory })).exit).toBe(0);
  });

  it("tells all problems with place, excerpt and hint, and exits 2", async () => {
    const input = "name: shop\ncomponents:\n  - name: web\n    type: webservise\n    dependsOn: [redis]\n";
    const told = await kubemin("validate -", { input });
    expect(told.exit).toBe(2);
    expect(told.stderr).toContain(
      "<stdin>:4:5: error: unknown component type webservise [UnknownComponentType]  did you mean webservice?",
    );
    expect(told.stderr).toContain("  4 |     type: webservise\n    |     ^\n");
    expect(told.stderr).toContain("there is no component redis");
  });

  it("offers the problems as JSON", async () => {
    const told = await kubemin("validate - -o json", { input: "{" });
    expect(JSON.parse(told.stdout)).toMatchObject({ items: [{ code: "Syntax", severity: "error", line: 1 }] });
    expect(told.exit).toBe(2);
  });

  it("names a missing file", async () => {
    const told = await kubemin("validate nothing.yaml");
    expect(told).toMatchObject({
      exit: 2,
      stderr: "error: there is no file nothing.yaml\n  create one with: kubemin init\n",
    });
  });
});
