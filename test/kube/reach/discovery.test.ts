// Discovery, and removing objects when the served versions of a kind change, against a small HTTP server that answers
// like an API server. A real API server that stops serving a version, or whose aggregated API does not answer, would
// disturb every other test.
import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { openConnection } from "../../../src/kube/reach/connection.ts";
import { openDiscovery } from "../../../src/kube/reach/discovery.ts";
import { removeObject } from "../../../src/kube/write/remove.ts";
import type { Json } from "../../../src/model/data/json.ts";
import type { Clock } from "../../../src/ports/clock.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const signal = AbortSignal.timeout(15_000);
const GONE = Symbol("404 without an object");
type Answers = Record<string, Json | typeof GONE | number>;

/** `answers` maps method and path to a response; it may change while the server runs. */
async function api(answers: Answers) {
  let now = 0;
  const clock: Clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
  const asked: string[] = [];
  const started = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://x").pathname;
    const key = request.method === "GET" ? path : `${request.method ?? ""} ${path}`;
    asked.push(key);
    const answer = answers[key] ?? GONE;
    if (answer === GONE) response.writeHead(404).end("404 page not found");
    else if (typeof answer === "number")
      response.writeHead(answer).end(JSON.stringify({ details: { kind: "things" } }));
    else response.end(JSON.stringify(answer));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const user = { certificate: null, key: null, token: null, username: "", password: "", exec: null };
  const target = {
    server: `http://127.0.0.1:${port}`,
    ca: null,
    insecure: false,
    tlsServerName: "",
    proxyUrl: "",
    user,
  };
  const connection = openConnection("test", target, clock);
  const discovery = openDiscovery(connection, clock);
  const remove = (apiVersion: string, kind: string) =>
    removeObject({
      api: { connection, discovery },
      ref: { apiVersion, kind, namespace: "n", name: "one" },
      options: { uid: "u", signal },
      clock,
    });
  return { discovery, remove, asked, later: () => (now += 10_000) };
}

const resource = (kind: string, plural: string) => ({ resource: plural, scope: "Namespaced", responseKind: { kind } });
const group = (name: string, ...versions: Json[]) => ({ metadata: name === "" ? {} : { name }, versions });
const listed = (...items: Json[]) => ({ kind: "APIGroupDiscoveryList", items });
const CORE = listed(group("", { version: "v1", resources: [resource("Pod", "pods")] }));
const THING = (version: string) => listed(group("example.org", { version, resources: [resource("Thing", "things")] }));
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const things = (version: string) => `/apis/example.org/${version}/namespaces/n/things`;

describe("an API that does not answer", () => {
  const plain = {
    "/api": { versions: ["v1"] },
    "/api/v1": { resources: [{ name: "pods", kind: "Pod", namespaced: true }] },
    "/apis": { groups: [{ versions: [{ groupVersion: "metrics.example.org/v1" }, { groupVersion: "apps/v1" }] }] },
    "/apis/apps/v1": { resources: [{ name: "deployments", kind: "Deployment", namespaced: true }] },
    "/apis/metrics.example.org/v1": 503,
  };
  const aggregated = {
    "/api": CORE,
    "/apis": listed(
      group("metrics.example.org", { version: "v1", resources: [], freshness: "Stale" }),
      group("apps", { version: "v1", resources: [resource("Deployment", "deployments")], freshness: "Current" }),
    ),
  };

  it.each<[string, Answers, Answers]>([
    [
      "before Kubernetes 1.27",
      plain,
      { "/apis/metrics.example.org/v1": { resources: [{ name: "usages", kind: "Usage", namespaced: true }] } },
    ],
    [
      "since then",
      aggregated,
      {
        "/apis": listed(
          group("metrics.example.org", {
            version: "v1",
            resources: [resource("Usage", "usages")],
            freshness: "Current",
          }),
        ),
      },
    ],
  ])("leaves its kinds unknown and not absent, and all others known (%s)", async (_name, first, mended) => {
    const answers = { ...first };
    const { discovery, later } = await api(answers);
    expect(await discovery.find("apps/v1", "Deployment", signal)).toMatchObject({ plural: "deployments" });
    await expect(discovery.find("metrics.example.org/v1", "Usage", signal)).rejects.toMatchObject({
      retryable: true,
      reason: { code: "ApiSilent", params: { api: "metrics.example.org/v1" } },
    });
    expect(await discovery.find("apps/v1", "Nothing", signal)).toBeUndefined();
    Object.assign(answers, mended);
    later();
    expect(await discovery.find("metrics.example.org/v1", "Usage", signal)).toMatchObject({ plural: "usages" });
  });

  it("is not taken for a cluster that is away", async () => {
    const { discovery } = await api({ ...plain, "/api/v1": 503 });
    await expect(discovery.find("apps/v1", "Deployment", signal)).rejects.toThrow();
  });
});

describe("removing an object whose version is not served any more", () => {
  it.each([false, true])("finds it in another version of its group (known before: %s)", async (known) => {
    const answers: Answers = { "/api": CORE, "/apis": THING(known ? "v1beta1" : "v1") };
    const { discovery, remove, asked, later } = await api(answers);
    if (known) await discovery.find("example.org/v1beta1", "Thing", signal);
    later();
    Object.assign(answers, { "/apis": THING("v1"), [`DELETE ${things("v1")}/one`]: {}, [`${things("v1")}/one`]: 404 });
    expect(await remove("example.org/v1beta1", "Thing")).toBe(true);
    expect(asked).toContain(`DELETE ${things("v1")}/one`);
  });

  it("is gone with its definition, and only out of reach without a version", async () => {
    const definition = { metadata: { name: "things.example.org" }, spec: { names: { kind: "Thing" } } };
    const others = { metadata: { name: "stones.example.org" }, spec: { names: { kind: "Stone" } } };
    const answers: Answers = {
      "/api": CORE,
      "/apis": listed(),
      [DEFINITIONS]: { items: [others] },
      [`${DEFINITIONS}/stones.example.org`]: others,
      [`${DEFINITIONS}/things.example.org`]: definition,
    };
    const { remove } = await api(answers);
    expect(await remove("example.org/v1", "Thing")).toBe(false);
    answers[DEFINITIONS] = { items: [others, definition] };
    await expect(remove("example.org/v1", "Thing")).rejects.toMatchObject({
      retryable: false,
      reason: { code: "KindNotServed", params: { object: "Thing/one", kind: "example.org/v1 Thing" } },
    });
    // Kinds of Kubernetes itself have no CustomResourceDefinition whose removal would prove that the object is gone.
    for (const version of ["policy/v1beta1", "flowcontrol.apiserver.k8s.io/v1beta1", "v1"])
      await expect(remove(version, "Old")).rejects.toMatchObject({ reason: { code: "KindNotServed" } });
    expect(await remove("gateway.networking.k8s.io/v1", "HTTPRoute")).toBe(false);
  });
});
