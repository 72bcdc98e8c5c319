// Clusters that are registered while the server runs: what is accepted, what is refused and with which message, and
// that no credential is in a response.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startClusterRegistry } from "../../src/clusters/registry.ts";
import { systemClock } from "../../src/engine/systemClock.ts";
import { kubernetesOpener } from "../../src/kube/opener.ts";
import { type FakeApiServer, startFakeApiServer } from "../support/fakeApiServer.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
let fake: FakeApiServer;
beforeAll(async () => {
  [server, fake] = await Promise.all([startTestServer({ allowedPlugins: ["trusted-login"] }), startFakeApiServer()]);
});
afterAll(async () => {
  await server.close();
  await fake.close();
});

const add = (body: object, token?: string) =>
  server.request("/api/v1/clusters", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(token === undefined ? {} : { token }),
  });
const refusal = async (answer: Response) => {
  const body = (await answer.json()) as { code: string; detail: string; advice: string };
  return { status: answer.status, code: body.code, text: `${body.detail} | ${body.advice}` };
};
const everythingStored = async (): Promise<string> => JSON.stringify(await server.dependencies.store.clusters.list());

describe("a cluster is registered", () => {
  it("by kubeconfig, and is usable at once, without its credential in any answer, log or row", async () => {
    fake.tokens.add("s3cr3t-token");
    const answer = await add({ name: "by-file", kubeconfig: fake.kubeconfig("s3cr3t-token") });
    expect(answer.status).toBe(201);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({
      name: "by-file",
      reachable: true,
      version: "v1.36.0-fake",
      origin: "registered",
      auth: "token",
      user: "user-of-s3cr3t-token",
      server: fake.url,
    });
    const listed = await (await server.request("/api/v1/clusters")).text();
    const shown = await (await server.request("/api/v1/clusters/by-file")).text();
    expect(listed).toContain("by-file");
    const told = [text, listed, shown, JSON.stringify(server.log), await everythingStored()].join();
    expect(told.replaceAll("user-of-s3cr3t-token", "")).not.toContain("s3cr3t-token");
  });

  it("by server and token", async () => {
    const made = await server.client.call("addCluster", {
      body: { name: "by-token", server: fake.url, token: "good" },
    });
    expect(made).toMatchObject({ reachable: true, auth: "token" });
  });

  it("under a name that is free only", async () => {
    for (const name of ["by-token", "sandbox"])
      expect(await refusal(await add({ name, server: fake.url, token: "good" }))).toMatchObject({
        status: 409,
        code: "ClusterKnown",
      });
  });

  it("by an administrator of the whole server only", async () => {
    const token = await server.addToken({ project: "mine", role: "admin" });
    const { status } = await add({ name: "theirs", server: fake.url, token: "good" }, token);
    expect(status).toBe(403);
  });
});

describe("a cluster is refused", () => {
  const config = (change: (config: { users: { user: object }[]; clusters: { cluster: object }[] }) => void): string => {
    const value = JSON.parse(fake.kubeconfig("good")) as never; // built above
    change(value);
    return JSON.stringify(value);
  };
  const CASES: readonly (readonly [name: string, body: () => object, status: number, code: string, text: RegExp])[] = [
    ["that does not let us in", () => ({ kubeconfig: fake.kubeconfig("bad") }), 503, "CredentialRefused", /revoked/],
    [
      "that nobody answers for",
      () => ({ server: "http://127.0.0.1:1", token: "good" }),
      503,
      "ClusterUnreachable",
      /ECONNREFUSED/,
    ],
    ["whose kubeconfig is no YAML", () => ({ kubeconfig: "{" }), 422, "KubeconfigInvalid", /not valid YAML/],
    ["whose kubeconfig is a list", () => ({ kubeconfig: "[]" }), 422, "KubeconfigInvalid", /not a kubeconfig/],
    [
      "whose context is not there",
      () => ({ kubeconfig: fake.kubeconfig("good"), context: "nowhere" }),
      422,
      "KubeconfigInvalid",
      /no context nowhere.*known contexts: here/,
    ],
    [
      "whose kubeconfig names a file of the server",
      () => ({ kubeconfig: fake.kubeconfig("", { tokenFile: "/etc/passwd" }) }),
      422,
      "KubeconfigNamesFiles",
      /tokenFile.*--flatten/,
    ],
    [
      "whose kubeconfig names a certificate file",
      () => ({
        kubeconfig: config((one) => Object.assign(one.users[0] ?? {}, { user: { "client-certificate": "x" } })),
      }),
      422,
      "KubeconfigNamesFiles",
      /client-certificate/,
    ],
    [
      "whose kubeconfig would run a program",
      () => ({ kubeconfig: fake.kubeconfig("", { exec: { command: "/bin/sh", args: ["-c", "id"] } }) }),
      422,
      "PluginNotAllowed",
      /\/bin\/sh.*--allow-exec/,
    ],
    [
      "whose credential would travel in clear",
      () => ({ server: "http://192.0.2.1:8080", token: "good" }),
      422,
      "CredentialInClear",
      /https/,
    ],
    [
      "that is described twice",
      () => ({ server: fake.url, token: "good", kubeconfig: "x" }),
      400,
      "InvalidRequest",
      /not both/,
    ],
    ["that is not described", () => ({}), 400, "InvalidRequest", /either kubeconfig/],
  ];
  it.each(CASES)("%s", async (_, body, status, code, text) => {
    const before = await everythingStored();
    const told = await refusal(await add({ name: "refused", ...body() }));
    expect(told).toMatchObject({ status, code });
    expect(told.text).toMatch(text);
    expect(await everythingStored()).toBe(before);
    expect((await server.request("/api/v1/clusters/refused")).status).toBe(404);
  });

  it("in Chinese too", async () => {
    const answer = await server.request("/api/v1/clusters", {
      method: "POST",
      headers: { "content-type": "application/json", "accept-language": "zh" },
      body: JSON.stringify({ name: "refused", kubeconfig: fake.kubeconfig("bad") }),
    });
    expect((await refusal(answer)).text).toMatch(/凭据/);
  });
});

describe("a program that the operator allowed", () => {
  it("is run for the credential", async () => {
    const kubeconfig = fake.kubeconfig("", {
      exec: { command: "trusted-login", apiVersion: "client.authentication.k8s.io/v1" },
    });
    // The program does not exist here; the error shows that the server tried to run it.
    expect((await refusal(await add({ name: "plugged", kubeconfig }))).text).toMatch(
      /credential plugin trusted-login failed \(ENOENT\)/,
    );
  });
});

describe("a registered cluster", () => {
  it("gets another credential while it goes on, and keeps being the same cluster", async () => {
    const cluster = server.dependencies.clusters.get("by-token");
    fake.tokens.delete("good");
    fake.tokens.add("renewed");
    const away = await server.client.call("getCluster", { params: { cluster: "by-token" } });
    expect(away).toMatchObject({ reachable: false });
    expect(away.detail).toMatch(/does not accept kubemin's credential/);
    const body = { server: fake.url, token: "renewed" };
    const renewed = await server.client.call("updateCluster", { params: { cluster: "by-token" }, body });
    expect(renewed).toMatchObject({ reachable: true, user: "user-of-renewed" });
    expect(server.dependencies.clusters.get("by-token")).toBe(cluster);
    fake.uid = "uid-2";
    const other = server.client.call("updateCluster", { params: { cluster: "by-token" }, body });
    await expect(other).rejects.toMatchObject({ body: { code: "OtherCluster" } });
    fake.uid = "uid-1";
  });

  it("is changed by one at a time", async () => {
    const params = { cluster: "by-token" };
    const etag = (await server.request("/api/v1/clusters/by-token")).headers.get("etag") ?? "";
    const change = (calls: number) =>
      server.client.call("updateCluster", { params, headers: { "if-match": etag }, body: { calls } });
    expect(await change(4)).toMatchObject({ calls: 4 });
    await expect(change(5)).rejects.toMatchObject({ status: 412 });
  });

  it("is for the projects that it was given to, and to others it is not even shown", async () => {
    const params = { cluster: "by-token" };
    await server.client.call("updateCluster", { params, body: { projects: ["inside"] } });
    const insider = await server.addToken({ project: "inside", role: "write" });
    const outsider = await server.addToken({ project: "outside", role: "write" });
    expect((await server.request("/api/v1/clusters/by-token", { token: insider })).status).toBe(200);
    expect((await server.request("/api/v1/clusters/by-token", { token: outsider })).status).toBe(404);
    expect(await (await server.request("/api/v1/clusters", { token: outsider })).text()).not.toContain("by-token");
    const document = "name: web\ncomponents: [{ name: web, type: worker, properties: { image: busybox } }]\n";
    const deploy = (project: string) =>
      server.request(`/api/v1/projects/${project}/plan?cluster=by-token`, {
        method: "POST",
        headers: { "content-type": "application/yaml" },
        body: document,
      });
    expect(await refusal(await deploy("outside"))).toMatchObject({ status: 403, code: "ClusterNotForProject" });
    expect((await refusal(await deploy("inside"))).code).not.toBe("ClusterNotForProject");
    await server.client.call("updateCluster", { params, body: { projects: [] } });
  });

  it("is not changed or removed when the server was started with it", async () => {
    const params = { cluster: "sandbox" };
    const change = server.client.call("updateCluster", { params, body: { calls: 1 } });
    await expect(change).rejects.toMatchObject({ body: { code: "ClusterFromStart" } });
    const removal = server.client.call("removeCluster", { params, query: {} });
    await expect(removal).rejects.toMatchObject({ body: { code: "ClusterFromStart" } });
  });

  it("is seen, changed and gone in another process without a restart", async () => {
    const { store, vault } = server.dependencies;
    const log = { write: () => undefined };
    const opener = kubernetesOpener({ clock: systemClock, log, allowedPlugins: [] });
    const other = await startClusterRegistry({ fixed: [], store, vault, opener, clock: systemClock, log });
    const changed = () => new Promise<void>((resolve) => void other.onChange(resolve));
    expect(other.names()).toContain("by-token");
    const appears = changed();
    await server.client.call("addCluster", { body: { name: "late", server: fake.url, token: "renewed" } });
    await appears;
    expect(other.names()).toContain("late");
    const goes = changed();
    await server.client.call("removeCluster", { params: { cluster: "late" }, query: {} });
    await goes;
    expect(other.names()).not.toContain("late");
    await server.client.call("addCluster", { body: { name: "later", server: fake.url, token: "renewed" } });
    // `find` knows the cluster before the news of its registration arrives.
    expect((await other.find("later"))?.name).toBe("later");
    await other.close();
  });

  it("that hangs holds up neither the list nor the other clusters, and nothing is asked of it in vain", async () => {
    const body = { name: "hangs", server: fake.url, token: "renewed" };
    await server.client.call("addCluster", { body });
    fake.mode = "hangs";
    const cluster = server.dependencies.clusters.get("hangs");
    const { items } = await server.client.call("listClusters", {});
    expect(items.find((one) => one.name === "sandbox")).toMatchObject({ reachable: true });
    const silent = () => cluster?.namespaceExists("default", AbortSignal.timeout(50)).catch(() => undefined);
    await silent();
    fake.mode = "answers";
    const back = await cluster?.probe(AbortSignal.timeout(5_000));
    expect(back).toBe("v1.36.0-fake");
  });
});
