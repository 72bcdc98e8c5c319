// Which tasks run: the plan shows it before, the run and the status show it afterwards. Over HTTP, on the sandbox.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const project = "default";
const params = { project };
type Run = AnswerOf<"getRun">;

async function taskChanges(document: JsonObject) {
  const { changes } = await server.client.call("planApplication", { params, body: JSON.stringify(document) });
  return changes.filter((one) => one.object.kind === "Job");
}

async function ended(id: string): Promise<Run> {
  const call = { params, query: { run: id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  return server.client.call("getRun", { params: { project, run: id } });
}

const nameOf = ({ name }: JsonObject): string => (typeof name === "string" ? name : "");

async function deploy(document: JsonObject): Promise<Run> {
  const application = nameOf(document);
  const body = JSON.stringify(document);
  return ended((await server.client.call("deployApplication", { params: { project, application }, body })).id);
}

const task = (name: string, word: string, more: JsonObject = {}): JsonObject => ({
  name,
  type: "task",
  properties: { image: "busybox:1.36", command: ["sh", "-c", `echo ${word}`], ...more },
});
const jobOf = (run: Run, name: string) => run.jobs.find((one) => one.name === name);
const uidOf = (prefix: string) =>
  server.sandbox.objects().find((one) => one.kind === "Job" && one.metadata.name.startsWith(prefix))?.metadata.uid;

describe("a task", () => {
  it("that ran with this content before is not announced, and says in which run that was", async () => {
    const [one, two] = [
      { name: "hookish", components: [task("hm", "one")] },
      { name: "hookish", components: [task("hm", "two")] },
    ];
    expect(await taskChanges(one)).toMatchObject([{ action: "create", class: "create" }]);
    await deploy(one);
    expect(await taskChanges(one)).toMatchObject([{ action: "unchanged", task: "done", doneIn: 1 }]);
    expect(await taskChanges(two)).toMatchObject([{ action: "create", class: "new-name" }, { action: "delete" }]);
    await deploy(two);
    expect(await taskChanges(one)).toMatchObject([
      { action: "unchanged", class: "none", task: "done", doneIn: 1 },
      { action: "delete" },
    ]);
    const back = await deploy(one);
    const text = "already done with this content in run 1";
    expect(jobOf(back, "hm")).toMatchObject({
      phase: "succeeded",
      reason: { code: "AlreadyDoneIn", params: { run: 1 }, message: text },
      output: { lines: expect.any(Number) },
    });
    expect(uidOf("hm-")).toBeUndefined();
    const { components } = await server.client.call("getStatus", { params: { project, application: "hookish" } });
    expect(components).toMatchObject([{ health: "healthy", reason: { message: text } }]);
  });

  it("that failed runs again, and the plan says so, though the document is the same", async () => {
    const document = { name: "again", components: [task("again-task", "x", { image: "busybox:task-fails" })] };
    expect((await deploy(document)).phase).toBe("failed");
    expect(await taskChanges(document)).toMatchObject([{ action: "update", class: "recreate", task: "again" }]);
  });

  it("with always runs at each deploy, also from a step of the workflow", async () => {
    const document = {
      name: "smoke",
      components: [
        { name: "smoke-app", type: "worker", properties: { image: "busybox:1.36" } },
        { ...task("smoke-test", "ok", { always: true }), dependsOn: ["smoke-app"] },
      ],
      workflow: {
        steps: [
          { name: "app", type: "deploy", properties: { components: ["smoke-app"] } },
          { name: "test", type: "deploy", properties: { components: ["smoke-test"] } },
        ],
      },
    };
    expect(await taskChanges(document)).toMatchObject([{ action: "create", task: "always" }]);
    await deploy(document);
    const first = uidOf("smoke-test-");
    expect(await taskChanges(document)).toMatchObject([{ action: "update", class: "recreate", task: "always" }]);
    const second = await deploy(document);
    const test = second.jobs.find((one) => one.component === "smoke-test");
    expect(test).toMatchObject({ phase: "succeeded", reason: { code: "Completed" } });
    expect(first).toBeDefined();
    expect(uidOf("smoke-test-")).toBeDefined();
    expect(uidOf("smoke-test-")).not.toBe(first);
    // Without `always: true`, a task with the same content counts as done.
    const { components, ...rest } = document;
    const once = { ...rest, components: [components[0], { ...task("smoke-test", "ok"), dependsOn: ["smoke-app"] }] };
    expect(await taskChanges(once as JsonObject)).toMatchObject([{ action: "unchanged", task: "done", doneIn: 2 }]); // JSON
  });
});

describe("a Job among plain objects", () => {
  const document = (name: string, word: string): JsonObject => ({
    name,
    drift: "repair",
    components: [
      {
        name: `${name}-objects`,
        type: "objects",
        properties: {
          objects: [
            {
              apiVersion: "batch/v1",
              kind: "Job",
              metadata: { name: `${name}-job` },
              spec: {
                ttlSecondsAfterFinished: 0,
                template: {
                  spec: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox:1.36", args: [word] }] },
                },
              },
            },
            { apiVersion: "v1", kind: "ConfigMap", metadata: { name: `${name}-config` }, data: { a: "1" } },
          ],
        },
      },
    ],
  });
  const ref = (name: string) => ({ apiVersion: "batch/v1", kind: "Job", namespace: "default", name });

  it("that was seen complete is done when it is gone: healthy, no change, and not made again", async () => {
    await deploy(document("ttl", "one"));
    expect(server.sandbox.vanish(ref("ttl-job"))).toBe(true);
    const status = await server.client.call("getStatus", { params: { project, application: "ttl" } });
    expect(status).toMatchObject({ health: "healthy", components: [{ health: "healthy" }] });
    expect(JSON.stringify(status.components)).not.toContain("drift");
    expect(await taskChanges(document("ttl", "one"))).toMatchObject([{ action: "unchanged", task: "done", doneIn: 1 }]);
    expect((await deploy(document("ttl", "one"))).phase).toBe("succeeded");
    expect(uidOf("ttl-job")).toBeUndefined();
  });

  it("runs when its content is another", async () => {
    expect(await taskChanges(document("ttl", "two"))).toMatchObject([{ action: "create", gone: true }]);
    expect((await deploy(document("ttl", "two"))).phase).toBe("succeeded");
    expect(uidOf("ttl-job")).toBeDefined();
  });

  it("that never ended is missed, and made again", async () => {
    const failing = JSON.stringify(document("broken", "one")).replace("busybox:1.36", "busybox:task-fails");
    const made = JSON.parse(failing) as JsonObject; // as it was written
    expect((await deploy(made)).phase).toBe("failed");
    expect(server.sandbox.vanish(ref("broken-job"))).toBe(true);
    expect(await taskChanges(made)).toMatchObject([{ action: "create", gone: true }]);
    const { health } = await server.client.call("getStatus", { params: { project, application: "broken" } });
    expect(health).toBe("degraded");
  });
});
