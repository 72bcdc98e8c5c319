// Runs of registered types answer like runs of applications, on the command line and in both languages. The test decides
// what the cluster answers about capacity.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CapacityVerdict, NO_HOLDERS } from "../../src/model/kubernetes/capacity.ts";
import { type Reason, reason } from "../../src/model/reasons/reason.ts";
import type { CapacityQuestion, DryRun } from "../../src/ports/cluster.ts";
import { kubemin, type Transcript } from "../cli/support/terminal.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { aDocument } from "./documents.ts";

const params = { project: "default" };
const SHORT = reason("CapacityShort", { need: "8 nvidia.com/gpu", node: "gpu-1", have: "0" });
const ENGLISH = "waits for room: asks for 8 nvidia.com/gpu on one node, the best node gpu-1 has 0 free";
const CHINESE = "等待资源：单节点需要 8 nvidia.com/gpu，最合适的节点 gpu-1 空闲 0";
let server: TestServer;
let verdict: { readonly class: CapacityVerdict["class"]; readonly reason: Reason };

const capacity: CapacityQuestion = {
  check: () => Promise.resolve({ ...verdict, missing: [], holders: NO_HOLDERS, nodes: { total: 1, suitable: 1 } }),
  overview: () => Promise.reject(new Error("not asked here")),
  leave: () => undefined,
  subscribe: () => () => undefined,
};

beforeAll(async () => {
  server = await startTestServer();
  Object.assign(server.sandbox, { capacity });
  for (const name of ["ai-eval", "ai-train"])
    await server.client.call("registerJobType", { params, body: JSON.stringify(aDocument(name)) });
});
afterAll(() => server.close());
beforeEach(() => {
  verdict = { class: "waits", reason: SHORT };
});

const say = (line: string): Promise<Transcript> =>
  kubemin(line, { patient: true, env: { KUBEMIN_URL: server.url, KUBEMIN_TOKEN: server.secret } });

async function pending(type: string): Promise<string> {
  const { id } = await server.client.call("startRun", { params, body: { type, input: { who: "ada" } } });
  await expect
    .poll(async () => (await server.client.call("getRun", { params: { ...params, run: id } })).state)
    .toBe("pending");
  return id;
}

async function cancelled(id: string): Promise<void> {
  expect(await say(`cancel ${id}`)).toMatchObject({ exit: 0 });
  expect((await say(`watch ${id}`)).exit).toBe(15);
}

describe("a run of a type that waits for capacity", () => {
  it("is pending in every list, with what it waits for, and is found by its phase and type", async () => {
    const [one, other] = [await pending("ai-eval"), await pending("ai-train")];
    for (const line of ["runs", "runs --phase pending", "runs --phase unfinished", "status"]) {
      const { stdout } = await say(line);
      const row = stdout.split("\n").find((text) => text.startsWith(one)) ?? "";
      expect(row.split("\t"), line).toEqual(expect.arrayContaining(["pending", ENGLISH]));
      expect((await say(`${line} --lang zh`)).stdout, line).toContain(CHINESE);
    }
    expect((await say("runs --type ai-train -o name")).stdout).toBe(`${other}\n`);
    expect((await say("runs --type ai-train --phase running -o name")).stdout).toBe("");
    await cancelled(other);
    expect((await say("runs --phase pending -o name")).stdout).toBe(`${one}\n`);
    await cancelled(one);
  });

  it("answers why, status and logs by its id and by its type, with the same sentence", async () => {
    const id = await pending("ai-eval");
    const [job] = (await server.client.call("getRun", { params: { ...params, run: id } })).jobs;
    for (const word of [id, "ai-eval"]) {
      expect((await say(`why ${word}`)).stdout).toContain(ENGLISH);
      expect((await say(`why ${word}/${job?.name}`)).stdout).toContain(ENGLISH);
      const status = await say(`status ${word}`);
      expect(status.stdout.split("\n")[0]?.split("\t")).toEqual([
        job?.name,
        "ai-eval",
        "pending",
        expect.any(String),
        ENGLISH,
      ]);
      const logs = await say(`logs ${word}/${job?.name}`);
      expect(logs).toMatchObject({
        exit: 0,
        stdout: "",
        stderr: expect.stringContaining("has not started. pending: waits"),
      });
    }
    expect((await say(`logs ${id} --lang zh`)).stderr).toBe(
      `${job?.name} 还没有日志：其程序尚未启动。等待资源：${CHINESE}\n`,
    );
    expect((await say(`why ${id} --at ${new Date().toISOString()}`)).stdout).toContain("1 of its jobs were under way");
    await cancelled(id);
  });
});

describe("a question about nothing", () => {
  it("is answered with the applications and runs that there are", async () => {
    const id = await pending("ai-eval");
    for (const line of ["why nope", "status nope", "logs nope", "watch nope", "cancel nope"]) {
      const told = await say(line);
      expect(told.exit, line).toBe(5);
      expect(told.stderr, line).toContain("there is no application or run nope");
      expect(told.stderr, line).toContain(`${id} (ai-eval)`);
    }
    expect((await say("why nope --lang zh")).stderr).toContain("没有名为 nope 的应用或运行");
    const job = await say(`logs ${id}/nope`);
    expect(job).toMatchObject({ exit: 5, stderr: expect.stringContaining("its jobs:") });
    await cancelled(id);
  });
});

describe("a type that asks for a grant", () => {
  it("does not call the quota before the grant a refusal", async () => {
    const before = { ...server.sandbox };
    const params = { quota: "kubemin", requested: "nvidia.com/gpu=1", used: "0", limited: "0" };
    const tried: DryRun = { refused: { reason: reason("QuotaExceeded", params), class: "waits", grace: 0 } };
    Object.assign(server.sandbox, { dryRun: () => Promise.resolve(tried) });
    const body = JSON.stringify(aDocument("asks", { capabilities: { network: ["models:443"] } }));
    await server.client.call("registerJobType", { params: { project: "default" }, body });
    Object.assign(server.sandbox, before);
    const told = (await say("type show asks")).stdout;
    expect(told).toMatch(/skipped dry-run +the quota of the job namespace grows with the grant/);
    expect(told).toMatch(/skipped grant +it waits for an administrator/);
    expect((await say("type show asks --lang zh")).stdout).toContain("作业命名空间的配额随授权增加");
    expect((await say("type grant asks")).stdout).toMatch(/ok +grant *\n/);
    expect((await say("type show asks")).stdout).toMatch(/ok +grant *\n/);
  });
});

describe("a run of a type that never started", () => {
  it("gave up waiting: its own exit code, and advice about waiting", async () => {
    const run = await say("run ai-eval --who ada --detach -o name");
    await cancelled(run.stdout.trim());
    verdict = {
      class: "rejected",
      reason: reason("NeverFits", { need: "9 nvidia.com/gpu", node: "gpu-1", have: "8" }),
    };
    const refused = await say("run ai-eval --who ada");
    expect(refused.exit).toBe(3);
    expect(refused.stderr).toContain("what to do: ask for what the cluster has, as kubemin capacity shows it");
    expect(refused.stderr).not.toContain("fix the");
    const id = (await say("runs --limit 1 -o name")).stdout.trim();
    expect(refused.stderr).toContain(`kubemin why ${id}/`);
    expect((await say(`logs ${id}`)).stderr).toContain("its program never ran. rejected: no node can ever take it");
    expect((await say("run ai-eval --who ada --lang zh")).stderr).toContain(
      "怎么办：按 kubemin capacity 显示的集群资源调整请求",
    );
  });
});
