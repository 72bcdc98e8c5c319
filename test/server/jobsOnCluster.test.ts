// Job types that run a program in a Kubernetes Job: which run the Job belongs to, and that no Job is left behind.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import type { PlannedJob } from "../../src/model/run/plan.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

type Run = AnswerOf<"getRun">;
const params = { project: "default" };

let server: TestServer;
/** Called between the check of the cluster and the start of the run. */
let before: (jobs: readonly PlannedJob[], run: string) => void = () => {};

beforeAll(async () => {
  server = await startTestServer({
    store: (store) => ({
      ...store,
      runs: {
        ...store.runs,
        create: (request) => {
          before(
            request.jobs.map((job) => job.plan),
            request.run.id,
          );
          return store.runs.create(request);
        },
      },
    }),
  });
});
afterAll(() => server.close());

const task = { name: "work", type: "task", properties: { image: "busybox:1.36", command: ["true"] } };
const external = {
  name: "work",
  type: "external",
  properties: { host: "db.example.com", port: 5432, check: { type: "tcp" } },
};

async function submit(name: string, component: JsonObject): Promise<string> {
  const body = JSON.stringify({ name, components: [{ ...component, name }] });
  return (await server.client.call("deployApplication", { params: { ...params, application: name }, body })).id;
}

async function ended(id: string): Promise<Run> {
  const call = { params, query: { run: id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  return server.client.call("getRun", { params: { ...params, run: id } });
}

const jobOf = (jobs: readonly PlannedJob[]): Manifest => {
  const found = jobs.flatMap((job) => job.objects).find(({ manifest }) => manifest.kind === "Job");
  if (found === undefined) throw new Error("no Job in the plan");
  return found.manifest;
};
const live = (name: string): Manifest | undefined =>
  server.sandbox.objects().find((one) => one.kind === "Job" && one.metadata.name === name);

describe.each([
  ["task", task],
  ["external", external],
])("a Job of %s", (type, component) => {
  it("that somebody else made under the same name is left alone, and told", async () => {
    let name = "";
    before = (jobs) => {
      const { metadata, ...job } = jobOf(jobs);
      name = metadata.name;
      const labels = { "app.kubernetes.io/managed-by": "Helm" };
      server.sandbox.place({ ...job, metadata: { name, namespace: "default", labels } });
    };
    const run = await ended(await submit(`foreign-${type}`, component));
    expect(run).toMatchObject({
      phase: "failed",
      jobs: [{ reason: { code: "OwnedByOther", params: { object: `Job/${name}` } } }],
    });
    expect(live(name)?.metadata.labels).toEqual({ "app.kubernetes.io/managed-by": "Helm" });
  });

  it("that was made before a crash is noted by its uid when it is taken up", async () => {
    let wanted: Manifest | undefined;
    before = (jobs, run) => {
      const job = jobOf(jobs);
      const annotations = { ...job.metadata.annotations, "kubemin.dev/attempt": `${run}/1` };
      wanted = { ...job, metadata: { ...job.metadata, annotations } };
      server.sandbox.place(wanted);
    };
    expect((await ended(await submit(`adopting-${type}`, component))).phase).toBe("succeeded");
    const name = wanted?.metadata.name ?? "";
    const owned = await server.dependencies.store.inventory.list("default", `adopting-${type}`);
    expect(owned.find((one) => one.name === name)?.uid).toBe(live(name)?.metadata.uid);
  });

  it("is removed by a cancel, also when the process ended before its uid was noted", async () => {
    let name = "";
    before = (jobs) => {
      name = jobOf(jobs).metadata.name;
    };
    // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
    const { follow } = server.sandbox;
    // A program that does not end.
    Object.assign(server.sandbox, { follow: () => () => {} });
    const application = `cancelled-${type}`;
    const id = await submit(application, component);
    for await (const { data } of server.client.stream(
      "streamEvents",
      { params, query: { run: id } },
      AbortSignal.timeout(15_000),
    ))
      if (data.type === "job.changed" && live(name) !== undefined) break;
    const owned = await server.dependencies.store.inventory.list("default", application);
    await server.dependencies.store.inventory.put(owned.map((one) => ({ ...one, uid: null })));
    await server.client.call("cancelRun", { params: { ...params, run: id } });
    expect((await ended(id)).phase).toBe("cancelled");
    expect(live(name)).toBeUndefined();
    Object.assign(server.sandbox, { follow });
  });
});
