// Two applications with the same object are deployed at the same time: neither run sees the other before both were
// created.
import { describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import type { Store } from "../../src/ports/store.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

type Run = AnswerOf<"getRun">;
const params = { project: "default" };
const SHARED = { cluster: "sandbox", apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "shared" };

/**
 * Delays the creation of runs until `count` of them are ready to be created, so that each has already checked for
 * conflicts.
 */
function together(count: number): (store: Store) => Store {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waiting = 0;
  return (store) => ({
    ...store,
    runs: {
      ...store.runs,
      async create(request) {
        if (++waiting === count) open();
        await gate;
        return store.runs.create(request);
      },
    },
  });
}

async function deployed(server: TestServer, name: string): Promise<Run> {
  const component = (called: string) => ({ name: called, type: "config", properties: { data: { from: name } } });
  const body = JSON.stringify({ name, components: [component("shared"), component(`only-${name}`)] });
  const { id } = await server.client.call("deployApplication", { params: { ...params, application: name }, body });
  for await (const { data } of server.client.stream(
    "streamEvents",
    { params, query: { run: id } },
    AbortSignal.timeout(15_000),
  ))
    if (data.type === "run.finished") break;
  return server.client.call("getRun", { params: { ...params, run: id } });
}

describe("two applications that deploy the same object at once", () => {
  it("one gets it, the other is told by whom; the list of what is owned says the same as the cluster", async () => {
    const server = await startTestServer({ store: together(2) });
    const runs = await Promise.all(["first", "second"].map((name) => deployed(server, name)));
    const won = runs.find((run) => run.phase === "succeeded");
    const lost = runs.find((run) => run.phase === "failed");
    expect(lost?.jobs.find((job) => job.name === "shared")?.reason).toMatchObject({
      code: "OwnedByOther",
      message: `ConfigMap/shared exists and belongs to application ${won?.application ?? ""} of project default`,
    });
    expect(lost?.jobs.find((job) => job.name !== "shared" && job.name.startsWith("only"))?.phase).toBe("succeeded");
    const live = server.sandbox.objects().find((one) => one.metadata.name === "shared");
    expect(live?.metadata.labels?.["kubemin.dev/application"]).toBe(won?.application);
    expect(await server.dependencies.store.inventory.owner(SHARED)).toMatchObject({ application: won?.application });
    await server.close();
  });
});
