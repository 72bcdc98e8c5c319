// Answers of people to steps that ask for approval: which are accepted, which are refused, and with which messages.
// Over the API, as people give them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Client, createClient } from "../../src/api/client.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

const PROJECT = "default";
let server: TestServer;
const people = new Map<string, Client>();

async function meet(name: string): Promise<Client> {
  const made = await server.client.call("addToken", { body: { name, project: PROJECT, role: "write" } });
  const client = createClient({ url: server.url, token: made.token });
  people.set(name, client);
  return client;
}
const as = (name: string): Client => people.get(name) ?? server.client;

beforeAll(async () => {
  server = await startTestServer();
  for (const name of ["alice", "bob", "mallory"]) await meet(name);
});
afterAll(() => server.close());

const asking = (name: string, who?: readonly string[], more: object = {}) => ({
  name,
  type: "approve",
  properties: { message: `Go on with ${name}?`, ...(who === undefined ? {} : { who }) },
  ...more,
});

async function begin(steps: readonly object[]): Promise<string> {
  const document = { name: "release", workflow: { mode: "DAG", steps } } as never; // JSON, as a user would write it
  return (await server.client.call("startRun", { params: { project: PROJECT }, body: { document } })).id;
}

const runOf = (run: string) => server.client.call("getRun", { params: { project: PROJECT, run } });

/** The run once the condition is true; it is read after each of its events. */
async function once(run: string, what: (at: Awaited<ReturnType<typeof runOf>>) => boolean) {
  const call = { params: { project: PROJECT }, query: { run, after: 0 } };
  for await (const _ of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000))) {
    const at = await runOf(run);
    if (what(at)) return at;
  }
  throw new Error(`run ${run} ended before that was true`);
}
const asks = (run: string, job: string) =>
  once(run, (at) => at.jobs.some((one) => one.name === job && one.reason.code === "Approval"));

const answer = (
  by: Client,
  run: string,
  job: string,
  more: { decision?: string; comment?: string; attempt?: number } = {},
) => {
  const { attempt, decision = "approve", ...rest } = more;
  return by.call("tellJob", {
    params: { project: PROJECT, run, job },
    body: { kind: "approval", data: { decision, ...rest }, ...(attempt === undefined ? {} : { attempt }) },
  });
};
const refused = (status: number, code: string, words: readonly string[], advice: readonly string[] = []) => ({
  status,
  body: {
    code,
    detail: expect.stringMatching(new RegExp(words.join(".*"))),
    advice: expect.stringMatching(new RegExp(advice.join(".*"))),
  },
});

describe("an answer", () => {
  it("counts once, and the events say what, who, with which token, when and why", async () => {
    const run = await begin([asking("gate", ["alice", "bob"])]);
    await asks(run, "gate");
    const four = await Promise.allSettled(
      ["alice", "bob", "alice", "bob"].map((name) => answer(as(name), run, "gate", { comment: `says ${name}` })),
    );
    expect(four.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    for (const one of four) if (one.status === "rejected") expect(one.reason).toMatchObject({ status: 409 });
    const ended = await once(run, (at) => at.phase !== "running");
    const { actor } = z.object({ actor: z.string() }).parse(ended.jobs[0]?.output);
    expect(ended.jobs[0]?.output).toMatchObject({ decision: "approve", comment: `says ${actor}` });
    const events = await server.dependencies.store.events.after({ project: PROJECT, run }, 0, 1_000);
    expect(events.filter((one) => one.type === "job.told").map((one) => one.data)).toEqual([
      expect.objectContaining({
        job: "gate",
        kind: "approval",
        actor,
        attempt: 1,
        data: { decision: "approve", comment: `says ${actor}` },
        token: expect.any(String),
        tokenMadeAt: expect.any(String),
        tokenMadeBy: "admin of *",
      }),
    ]);
  });

  it("that comes before the question is refused, and not used when the question comes", async () => {
    const run = await begin([asking("first"), asking("second", ["bob"], { dependsOn: ["first"] })]);
    await asks(run, "first");
    await expect(answer(as("bob"), run, "second")).rejects.toMatchObject(
      refused(409, "NotAsking", ["second", "does not ask yet, it is waiting"], ["answer now: first$"]),
    );
    await answer(as("alice"), run, "first");
    await asks(run, "second");
    await answer(as("bob"), run, "second", { decision: "deny" });
    expect(await once(run, (at) => at.phase !== "running")).toMatchObject({ phase: "rejected" });
  });

  it("to a step that was skipped, has ended, is of another run or of another kind is refused", async () => {
    const never = { if: "/run/project == 'nowhere'" };
    const run = await begin([
      asking("left-out", undefined, never),
      asking("gate"),
      { name: "tell", type: "notify", properties: { message: "hi" } },
    ]);
    const other = await begin([asking("elsewhere")]);
    await asks(run, "gate");
    await asks(other, "elsewhere");
    await once(run, (at) => at.jobs.find((one) => one.name === "tell")?.phase === "succeeded");
    await expect(answer(as("bob"), run, "left-out")).rejects.toMatchObject(
      refused(409, "NotAsking", ["left-out", "has ended: skipped"], ["gate"]),
    );
    await expect(answer(as("bob"), run, "elsewhere")).rejects.toMatchObject(
      refused(404, "NotFound", ["elsewhere"], ["gate"]),
    );
    await expect(answer(as("bob"), run, "tell")).rejects.toMatchObject(
      refused(409, "NotAsking", ["takes no approval"]),
    );
    await answer(as("bob"), run, "gate");
    await once(run, (at) => at.phase !== "running");
    await expect(answer(as("bob"), run, "gate")).rejects.toMatchObject(
      refused(409, "NotAsking", ["has ended: succeeded"]),
    );
  });

  it("to an earlier attempt is refused", async () => {
    const run = await begin([asking("gate")]);
    await asks(run, "gate");
    await expect(answer(as("bob"), run, "gate", { attempt: 2 })).rejects.toMatchObject(
      refused(409, "NotAsking", ["attempt 2 is over, attempt 1 asks"]),
    );
    await answer(as("bob"), run, "gate", { attempt: 1 });
    expect(await once(run, (at) => at.phase !== "running")).toMatchObject({ phase: "succeeded" });
  });
});

describe("a question of a final step of a call, after a cancel", () => {
  it("is asked, and takes an answer", async () => {
    const document = JSON.stringify({
      name: "lease",
      components: [{ name: "settings", type: "config", properties: { data: { a: "b" } } }],
      workflow: { steps: [{ name: "rest", type: "wait", properties: { for: "1h" } }], finally: [asking("undone")] },
    });
    const at = { project: PROJECT, application: "lease" };
    const deployed = await server.client.call("deployApplication", { params: at, body: document });
    const stop = (run: string) =>
      server.client.call("cancelRun", { params: { project: PROJECT, run }, body: { finally: "skip" } });
    await stop(deployed.id);
    const run = await begin([{ name: "call", type: "workflow", properties: { application: "lease" } }]);
    await once(run, (at) => at.jobs.some((one) => one.name === "call.rest" && one.reason.code === "WaitingUntil"));
    await server.client.call("cancelRun", { params: { project: PROJECT, run }, body: { finally: "run" } });
    await asks(run, "call.undone");
    await answer(as("bob"), run, "call.undone");
    const ended = await once(run, (at) => at.phase !== "running");
    expect(ended.phase).toBe("cancelled");
    expect(ended.jobs.find((one) => one.name === "call.undone")?.phase).toBe("succeeded");
  });
});

describe("who may answer", () => {
  it("is said by the step in words: names, or anyone who may deploy", async () => {
    const run = await begin([asking("named", ["alice", "bob"]), asking("open")]);
    await asks(run, "named");
    const { jobs } = await asks(run, "open");
    expect(jobs.map((one) => one.reason.message)).toEqual([
      "waits for an approval by alice, bob: Go on with named?",
      "waits for an approval by anyone who may deploy: Go on with open?",
    ]);
    const params = { project: PROJECT, run };
    const why = await server.client.call("explainRun", { params, query: { job: "open" } });
    expect(why.sentence).toBe("open: waits for an approval by anyone who may deploy: Go on with open?");
    const chinese = await server.request(`/api/v1/projects/${PROJECT}/runs/${run}`, {
      headers: { "accept-language": "zh" },
    });
    expect(await chinese.text()).toContain("等待 任一可部署者 批准：Go on with open?");
    await server.client.call("cancelRun", { params, body: { finally: "run" } });
  });

  it("is said to all others", async () => {
    const run = await begin([asking("gate", ["alice", "bob"])]);
    await asks(run, "gate");
    await expect(answer(as("mallory"), run, "gate")).rejects.toMatchObject(
      refused(403, "NotTheApprover", ["gate", "from alice, bob", "called mallory"], ["ask one of them"]),
    );
    await answer(as("alice"), run, "gate");
  });

  it("is nobody with a token that was made later, under whichever name", async () => {
    const body = { name: "alice", project: "*", role: "admin" } as const;
    await expect(server.client.call("addToken", { body })).rejects.toMatchObject(
      refused(409, "TokenNameTaken", ["alice"]),
    );
    const run = await begin([asking("gate", ["carol"])]);
    await asks(run, "gate");
    const carol = await meet("carol");
    await expect(answer(carol, run, "gate")).rejects.toMatchObject(
      refused(403, "TokenNewerThanQuestion", ["carol", "after step gate"]),
    );
    // A new token with the name of a removed one: it may not answer a question that is older than itself either.
    const me = await carol.call("whoAmI", {});
    await server.client.call("removeToken", { params: { token: me.id } });
    await expect(answer(await meet("carol"), run, "gate")).rejects.toMatchObject({ status: 403 });
    const next = await begin([asking("gate", ["carol"])]);
    await asks(next, "gate");
    await answer(as("carol"), next, "gate");
    const told = await server.dependencies.store.events.after({ project: PROJECT }, 0, 10_000);
    const changes = told.filter((one) => one.type === "token.changed" && one.data["name"] === "carol");
    expect(changes.map((one) => [one.data["change"], one.data["actor"]])).toEqual([
      ["added", "admin of *"],
      ["removed", "admin of *"],
      ["added", "admin of *"],
    ]);
  });
});
