// Capacity in the API: warnings of a plan, and the free resources of a cluster. The test decides what the cluster
// answers.
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type CapacityOverview,
  type CapacityRequest,
  type CapacityVerdict,
  NO_HOLDERS,
} from "../../src/model/kubernetes/capacity.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import { type CapacityQuestion, ClusterError } from "../../src/ports/cluster.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

const params = { project: "default" };
const NEVER = reason("NeverFits", { need: "8 nvidia.com/gpu", node: "gpu-1", have: "4" });
const OVERVIEW: CapacityOverview = {
  nodes: { total: 2, open: 1 },
  flavors: [
    {
      flavor: "nvidia.com/gpu A10",
      resource: "nvidia.com/gpu",
      nodes: 2,
      total: "8",
      free: "0",
      holders: { own: ["shop/train"], others: 3 },
    },
  ],
  waiting: [
    { name: "", flavor: "nvidia.com/gpu A10", position: 1, since: 0, reason: reason("NoNodes") },
    {
      name: "shop/train",
      flavor: "nvidia.com/gpu A10",
      position: 3,
      before: {
        own: ["shop/eval"],
        others: 1,
        shares: { first: { used: "1", share: "4" }, own: { used: "3", share: "4" } },
      },
      since: 0,
      reason: reason("NoNodes"),
    },
  ],
};

let server: TestServer;
const asked: CapacityRequest[] = [];

/** More than two replicas never fit; two do not fit now. */
const capacity: CapacityQuestion = {
  check: (request) => {
    asked.push(request);
    const count = request.groups[0]?.count ?? 0;
    const verdict: CapacityVerdict["class"] = count > 2 ? "rejected" : count > 1 ? "waits" : "fits";
    const why = { rejected: NEVER, waits: reason("NoNodes"), fits: reason("FitsNow"), unknown: NEVER }[verdict];
    return Promise.resolve({
      class: verdict,
      reason: why,
      missing: [],
      holders: NO_HOLDERS,
      nodes: { total: 1, suitable: 1 },
    });
  },
  overview: () => Promise.resolve(OVERVIEW),
  leave: () => undefined,
  subscribe: () => () => undefined,
};

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const plan = (replicas: number) => {
  const properties = { image: "busybox:1.36", port: 80, replicas };
  const body = JSON.stringify({ name: "shop", components: [{ name: "web", type: "webservice", properties }] });
  return server.client.call("planApplication", { params, body });
};

it("a cluster that does not tell of its nodes warns of nothing, and says so when it is asked", async () => {
  Object.assign(server.sandbox, { capacity: undefined });
  expect((await plan(9)).warnings).toEqual([]);
  expect(await server.client.call("getCapacity", { params })).toMatchObject({
    unknown: { code: "NoNodesTold" },
    flavors: [],
  });
});

it("a plan warns of what never fits, of what does not fit now, and of nothing else", async () => {
  Object.assign(server.sandbox, { capacity });
  expect((await plan(1)).warnings).toEqual([]);
  expect((await plan(2)).warnings).toMatchObject([{ code: "NoRoomNow", severity: "warning" }]);
  const [warning] = (await plan(3)).warnings;
  expect(warning).toMatchObject({ code: "NeverRoom", severity: "refused", pointer: "/components/0" });
  expect(warning?.message).toBe(
    "cluster sandbox can never run Deployment/web: no node can ever take it: it asks for 8 nvidia.com/gpu, the largest node gpu-1 has 4 in total",
  );
  expect(asked.at(-1)?.groups[0]?.pod).toMatchObject({ kind: "Pod", metadata: { name: "web", namespace: "default" } });
});

it("tells what is free, with sentences in the reader's language", async () => {
  const found = await server.client.call("getCapacity", { params });
  expect(found).toMatchObject({ cluster: "sandbox", nodes: OVERVIEW.nodes, flavors: OVERVIEW.flavors });
  const answer = await server.request("/api/v1/projects/default/capacity", { headers: { "accept-language": "zh" } });
  expect(await answer.json()).toMatchObject({ waiting: [{ reason: { message: "等待：集群没有节点" } }, {}] });
});

it("says why others come first, only for the jobs of the project", async () => {
  const { waiting } = await server.client.call("getCapacity", { params });
  expect(waiting.map(({ before }) => before.map(({ message }) => message))).toEqual([
    [],
    [
      "before it: shop/eval of this project",
      "jobs of other projects before it: 1; the first of their projects uses 1 of its share of 4, this project uses 3 of 4",
    ],
  ]);
});

it("a job whose creation is refused frees the room that was found for it, and waited with the priority of its run", async () => {
  const left: string[] = [];
  const leave = (_: string, room: string): void => void left.push(room);
  Object.assign(server.sandbox, { capacity: { ...capacity, leave } });
  server.sandbox.failApplies(1, new ClusterError(reason("QuotaExceeded"), false));
  const components = [{ name: "train", type: "task", properties: { image: "busybox:1.36", command: ["true"] } }];
  const run = await server.client.call("deployApplication", {
    params: { ...params, application: "refused" },
    query: { priority: "high" },
    body: JSON.stringify({ name: "refused", components }),
  });
  const call = { params, query: { run: run.id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  expect((await server.client.call("getRun", { params: { ...params, run: run.id } })).phase).toBe("rejected");
  expect(left).toEqual(["keep", "free"]);
  expect(asked.at(-1)?.ticket).toMatchObject({ name: "refused/train", priority: "high" });
});

it("the weights of a project reach the queue, and only their project and administrators of the server see them", async () => {
  const share = { project: "default", flavor: "nvidia.com/gpu", weight: 3 };
  expect(await server.client.call("setCapacityShare", { body: share })).toEqual(share);
  await server.client.call("setCapacityShare", { body: { project: "other", weight: 2 } });
  Object.assign(server.sandbox, { capacity });
  const components = [{ name: "train", type: "task", properties: { image: "busybox:1.36", command: ["true"] } }];
  const body = JSON.stringify({ name: "weighed", components });
  const run = await server.client.call("deployApplication", { params: { ...params, application: "weighed" }, body });
  const call = { params, query: { run: run.id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  expect(asked.at(-1)?.ticket?.weights).toMatchObject([{ flavor: "nvidia.com/gpu", weight: 3 }]);
  expect((await server.client.call("listCapacityShares", {})).items).toHaveLength(2);
  const { token } = await server.client.call("addToken", { body: { name: "reader", project: "other", role: "read" } });
  const seen: unknown = await (await server.request("/api/v1/capacity-shares", { token })).json();
  expect(seen).toMatchObject({ items: [{ project: "other", flavor: null, weight: 2 }] });
  const put = { token, method: "PUT", body: JSON.stringify(share) };
  expect((await server.request("/api/v1/capacity-shares", put)).status).toBe(403);
  for (const [project, flavor] of [
    ["default", "nvidia.com/gpu"],
    ["other", undefined],
  ] as const)
    await server.client.call("removeCapacityShare", {
      query: { project, ...(flavor === undefined ? {} : { flavor }) },
    });
  expect((await server.client.call("listCapacityShares", {})).items).toEqual([]);
});
