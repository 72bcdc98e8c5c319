// What the sandbox stores and logs: its file, and log lines that cannot be mistaken for real ones.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { job, secret } from "../contracts/cluster/objects.ts";
import { createVirtualClock } from "../support/virtualClock.ts";
import { NAMESPACE, signal, timedSandbox, web } from "./world.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubemin-sandbox-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("the sandbox's file", () => {
  it("restores every object, with its uid and its readiness", async () => {
    const file = join(folder, "data", "sandbox.json");
    const before = timedSandbox(file);
    const applied = await before.apply(web({ replicas: 2 }));
    await before.apply(secret("password", { namespace: NAMESPACE }, { value: "sealed:v1:token" }));
    await before.clock.advance(5_000);
    await before.sandbox.close();
    const after = timedSandbox(file);
    await after.clock.advance(5_000);
    expect(after.sandbox.objects()).toEqual(before.sandbox.objects());
    expect(await after.last(applied)).toMatchObject({ state: "ready", facts: { ready: 2 } });
    expect(await after.apply(web({ replicas: 2 }))).toEqual({ ...applied, action: "unchanged" });
    expect(await readFile(file, "utf8")).toContain("sealed:v1:token");
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it("of a version without nodes is read: its pods keep running, and then have nodes", async () => {
    const file = join(folder, "sandbox.json");
    const before = timedSandbox(file);
    const applied = await before.apply(web({ replicas: 2, container: { resources: { limits: { cpu: "40" } } } }));
    await before.clock.advance(5_000);
    await before.sandbox.close();
    const written = JSON.parse(await readFile(file, "utf8"));
    for (const one of written.objects) for (const pod of one.pods) delete pod.node;
    await writeFile(file, JSON.stringify(written));
    const after = timedSandbox(file);
    await after.clock.advance(5_000);
    expect(await after.last(applied)).toMatchObject({ state: "ready", facts: { ready: 2 } });
    await after.apply(secret("other", { namespace: NAMESPACE }, { value: "sealed:v1:token" }));
    expect(await after.last(applied)).toMatchObject({ state: "ready", facts: { ready: 2 } });
    const overview = await after.sandbox.capacity?.overview("contract", signal);
    expect(overview?.flavors[0]).toMatchObject({ flavor: "cpu", holders: { own: ["suite/web"], others: 0 } });
  });

  it("contains what was answered, however many applies run at the same time", async () => {
    const file = join(folder, "sandbox.json");
    const { apply } = timedSandbox(file);
    const names = Array.from({ length: 30 }, (_, index) => `config-${index}`);
    await Promise.all(names.map((name) => apply(secret(name, { namespace: NAMESPACE }, { a: "sealed:v1:b" }))));
    expect(timedSandbox(file).sandbox.objects()).toHaveLength(30);
  });

  it("is not discarded when a sandbox did not write it", async () => {
    const file = join(folder, "sandbox.json");
    await writeFile(file, "precious");
    expect(() => createSandbox({ name: "sandbox", clock: createVirtualClock(), file })).toThrow(
      "does not contain sandbox objects",
    );
    expect(await readFile(file, "utf8")).toBe("precious");
  });
});

describe("the sandbox's logs", () => {
  const owner = { project: "contract", namespace: NAMESPACE, application: "suite" };

  it("say that nothing was run, and mask sealed values", async () => {
    const { apply, clock, sandbox } = timedSandbox();
    await apply(
      job("migrate", { namespace: NAMESPACE, script: "create tables", container: { args: ["sealed:v1:token"] } }),
    );
    await clock.advance(10_000);
    const lines = await Array.fromAsync(sandbox.logs({ ...owner, job: "migrate" }, { signal, follow: true }));
    expect(lines.map((line) => line.text)).toEqual([
      "sandbox: the task was not really run: sh -c create tables ••••••",
      "sandbox: the task counts as done",
    ]);
  });

  it("are followed as time passes, until the caller leaves", async () => {
    const { apply, clock, sandbox } = timedSandbox();
    const abort = new AbortController();
    const heard: string[] = [];
    const listening = (async () => {
      for await (const line of sandbox.logs(owner, { signal: abort.signal, follow: true })) heard.push(line.text);
    })();
    await clock.advance(10);
    expect(heard).toEqual([]);
    await apply(web());
    await clock.advance(10);
    expect(heard).toHaveLength(1);
    await clock.advance(5_000);
    expect(heard.at(-1)).toBe("sandbox: it counts as ready");
    abort.abort();
    await listening;
  });

  it("show the previous container run only where there was one", async () => {
    const { apply, clock, sandbox } = timedSandbox();
    await apply(web());
    await clock.advance(5_000);
    const previous = () => Array.fromAsync(sandbox.logs(owner, { signal, follow: false, previous: true }));
    expect(await previous()).toEqual([]);
    await apply(web({ image: "app:crash-loop" }));
    await clock.advance(5_000);
    expect((await previous()).at(-1)?.text).toBe("sandbox: it counts as crashed, exit code 1");
  });
});
