// Tests `kubemin serve`: its output, how it stops, and how a document passes through a real server with the sandbox.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Root, ServeOptions, Serving } from "../../src/cli/grammar/root.ts";
import { writeLocalServer } from "../../src/cli/reach/localServer.ts";
import { serve } from "../../src/serve.ts";
import { fakeApi } from "./support/fakeApi.ts";
import { ended, job, plan, run, status, summary } from "./support/fixtures.ts";
import { catalog, kubemin, type TestOptions, type Transcript, temporary, testTerminal } from "./support/terminal.ts";

interface Served {
  readonly options: ServeOptions[];
  stopped: number;
}

function pretended(
  url: string,
  clusters: Serving["clusters"],
): { readonly root: Partial<Root>; readonly served: Served } {
  const served: Served = { options: [], stopped: 0 };
  const root: Partial<Root> = {
    async serve(options) {
      served.options.push(options);
      const ended = Promise.withResolvers<void>();
      const stop = async () => {
        served.stopped++;
        ended.resolve();
      };
      return { role: "all", url, token: "t", tokenFile: "/state/server.json", clusters, stop, done: ended.promise };
    },
  };
  return { root, served };
}

describe("kubemin serve", () => {
  const SANDBOX = [{ name: "sandbox", kind: "sandbox" }] as const;

  it("says where it listens and, loudly, that a sandbox runs nothing; stops at Ctrl-C", async () => {
    const { root, served } = pretended("http://127.0.0.1:8384", SANDBOX);
    const terminal = testTerminal();
    const told = kubemin("serve", { root }, terminal);
    await expect.poll(() => terminal.listeners()).toBe(1);
    terminal.interrupt();
    expect(await told).toMatchObject({ exit: 0, stdout: "http://127.0.0.1:8384\n" });
    expect(terminal.out.stderr).toContain("cluster SANDBOX (simulated, nothing runs)\n");
    expect(terminal.out.stderr).toContain("token in /state/server.json");
    expect(served).toMatchObject({
      stopped: 1,
      options: [{ host: "127.0.0.1", port: 8384, contexts: [], sandbox: true }],
    });
  });

  it("ends all the same when something does not let it stop", async () => {
    const { root } = pretended("http://127.0.0.1:8384", SANDBOX);
    const hanging = new Promise<void>(() => {});
    const serving = async (options: ServeOptions) => {
      const one = await root.serve?.(options);
      if (one === undefined) throw new Error("nothing is served");
      return { ...one, stop: () => hanging, done: hanging };
    };
    const waits: number[] = [];
    const terminal = { ...testTerminal(), sleep: async (milliseconds: number) => void waits.push(milliseconds) };
    void kubemin("serve", { root: { serve: serving } }, terminal);
    await expect.poll(() => terminal.listeners()).toBe(1);
    terminal.interrupt();
    await expect.poll(() => terminal.out.exits).toEqual([1]);
    expect(waits, "sooner than a kubelet kills").toEqual([25_000]);
    expect(terminal.out.stderr).toContain("something hangs");
  });

  it("touches the named contexts only: the sandbox is then gone unless asked for", async () => {
    const api = await fakeApi({ planApplication: () => ({ error: "Internal", detail: "kubemin itself failed" }) });
    const { root, served } = pretended(api.url, [{ name: "prod", kind: "kubernetes" }]);
    const told = await kubemin("serve --context prod --context eu --port 0 --deploy - --once", {
      root,
      input: "name: shop",
    });
    expect(served.options[0]).toMatchObject({ contexts: ["prod", "eu"], sandbox: false, port: 0 });
    expect(told.exit).toBe(1);
    expect(served.stopped).toBe(1);
    await api.close();
  });

  it("deploys with --deploy --once and ends with the run's exit code", async () => {
    const api = await fakeApi({
      planApplication: () => ({ json: plan() }),
      getApplication: () => ({ json: { ...summary(), document: {} } }),
      deployApplication: () => ({ json: run() }),
      streamEvents: () => ({ afterwards: "break", events: [] }),
      getRun: () => ({ json: ended("rejected", [job("redis", "rejected")]) }),
      getStatus: () => ({ json: status() }),
    });
    const { root, served } = pretended(api.url, SANDBOX);
    const told = await kubemin("serve --deploy - --once", { root, input: "name: shop" });
    expect(told.exit).toBe(3);
    expect(served.stopped).toBe(1);
    await api.close();
  });

  it("starts nothing when the document to deploy is not there", async () => {
    const { root, served } = pretended("http://127.0.0.1:1", SANDBOX);
    expect((await kubemin("serve --deploy nothing.yaml", { root })).exit).toBe(2);
    expect(served.options).toEqual([]);
  });

  it("refuses to be the second one on the same store", async () => {
    const api = await fakeApi({ getVersion: () => ({ json: { version: "0.1.0", api: "v1", node: "v24" } }) });
    const home = temporary();
    writeLocalServer(home, { url: api.url, token: "t", pid: process.pid });
    const { root, served } = pretended(api.url, SANDBOX);
    const told = await kubemin("serve", { root, home, patient: true });
    expect(told).toMatchObject({ exit: 6 });
    expect(told.stderr).toContain(`a kubemin server already runs on this machine: ${api.url}`);
    expect(served.options).toEqual([]);
    await api.close();
  });

  it("says when the port is taken", async () => {
    const root: Partial<Root> = {
      serve: () => Promise.reject(Object.assign(new Error("listen"), { code: "EADDRINUSE" })),
    };
    const told = await kubemin("serve --port 9", { root });
    expect(told).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining("error: another program uses port 9 of 127.0.0.1"),
    });
  });
});

describe("against the real server with the sandbox", () => {
  const home = temporary();
  const directory = join(temporary(), "work");
  let serving: Serving;
  const say = (line: string, more: TestOptions = {}): Promise<Transcript> =>
    kubemin(line, { home, directory, ...more });

  beforeAll(async () => {
    mkdirSync(directory);
    const options: ServeOptions = {
      role: "all",
      host: "127.0.0.1",
      port: 0,
      data: undefined,
      database: undefined,
      kubeconfig: undefined,
      contexts: [],
      sandbox: true,
    };
    serving = await serve(options, { home, catalog, env: {} });
  });
  afterAll(async () => await serving.stop());

  it("goes the whole way: init, deploy, again, break, why, diff, roll back, delete", async () => {
    await say("init web");
    const first = await say("deploy app.yaml --yes");
    expect(first.exit).toBe(0);
    expect(first.stderr).toContain("web succeeded");
    expect(first.stdout).toMatch(/^hello v1 · run 1 · ● succeeded · .*sandbox \(simulated, nothing runs\)/);

    const again = await say("deploy app.yaml --yes");
    expect(again.stderr).toContain("unchanged, nothing written");
    expect(again.exit).toBe(0);

    writeFileSync(
      join(directory, "bad.yaml"),
      "name: hello\ncomponents:\n  - name: web\n    type: webservice\n    properties: { image: nginx:does-not-exist, port: 80 }\n",
    );
    const broken = await say("deploy bad.yaml --yes");
    expect(broken.exit).toBe(12);
    expect(broken.stderr).toContain("could not start web: image nginx:does-not-exist does not exist");
    expect((await say("why hello/web")).stdout).toContain("nginx:does-not-exist");
    expect((await say("status hello -o json")).stdout).toContain('"health": "degraded"');
    expect((await say("diff hello")).stdout).toContain("    - nginx:1.27\n    + nginx:does-not-exist\n");

    const back = await say("rollback hello v1 --yes");
    expect(back.exit).toBe(0);
    expect((await say("versions hello")).stdout.split("\n")[0]).toContain("sandbox (simulated, nothing runs)");
    expect((await say("runs hello -o name")).stdout).toMatch(/^hello#4\nhello#3\nhello#2\nhello#1\n$/);

    expect((await say("delete hello --yes")).exit).toBe(0);
    const gone = await say("status hello");
    expect(gone.exit).toBe(5);
    expect(gone.stderr).toContain("hello");
  });

  it("refuses a bad document with line and column, and starts nothing", async () => {
    const told = await say("deploy - --yes", {
      input: "name: oops\ncomponents:\n  - name: web\n    type: webservise\n",
    });
    expect(told.exit).toBe(2);
    expect(told.stderr).toContain("<stdin>:4:5: error: unknown component type webservise");
    expect((await say("runs oops")).stdout).toBe("");
  });

  it("makes a token that works, once shown and then revoked", async () => {
    const token = (await say("token add ci --role read")).stdout.trim();
    const env = { KUBEMIN_TOKEN: token };
    expect((await say("status", { env })).exit).toBe(0);
    expect((await say("token list", { env })).exit).toBe(4);
    expect((await say("token remove ci")).exit).toBe(0);
    expect((await say("status", { env })).exit).toBe(4);
    expect((await say("doctor")).exit).toBe(0);
  });
});
