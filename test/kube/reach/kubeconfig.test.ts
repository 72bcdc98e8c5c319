import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentialsOf } from "../../../src/kube/reach/credentials.ts";
import { findTarget, type TargetQuery } from "../../../src/kube/reach/kubeconfig.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { ClusterError } from "../../../src/ports/cluster.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
});
afterAll(() => rm(folder, { recursive: true }));

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const FILE = `
apiVersion: v1
kind: Config
current-context: a
contexts:
  - { name: a, context: { cluster: one, user: certificate } }
  - { name: b, context: { cluster: two, user: token } }
  - { name: broken, context: { cluster: absent, user: token } }
clusters:
  - { name: one, cluster: { server: "https://one:6443", certificate-authority-data: ${base64("CA")}, tls-server-name: real } }
  - { name: two, cluster: { server: "https://two:6443", insecure-skip-tls-verify: true, certificate-authority: ca.crt } }
users:
  - { name: certificate, user: { client-certificate-data: ${base64("CERT")}, client-key-data: ${base64("KEY")} } }
  - { name: token, user: { tokenFile: token.txt } }
`;
const SECOND = `
contexts:
  - { name: a, context: { cluster: shadowed, user: x } }
  - { name: c, context: { cluster: three, user: basic } }
clusters: [{ name: three, cluster: { server: "http://three:8080" } }]
users: [{ name: basic, user: { username: u, password: p } }]
`;

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function query(context?: string, text = FILE): Promise<TargetQuery> {
  return { name: "test", kubeconfig: await file("config", text), context };
}

const detailOf = (wanted: TargetQuery): Promise<string> =>
  findTarget(wanted).then(
    () => "found",
    (cause: unknown) => (cause instanceof ClusterError ? String(cause.reason.params["detail"]) : String(cause)),
  );

let now = Date.parse("2026-01-01T00:00:00Z");
const clock: Clock = { now: () => new Date(now), sleep: () => Promise.resolve() };

describe("kubeconfig", () => {
  it("takes the current context, with certificates from the file itself", async () => {
    const target = await findTarget(await query());
    expect(target).toMatchObject({ server: "https://one:6443", tlsServerName: "real", insecure: false });
    expect(await credentialsOf(target, clock).get()).toEqual({
      authorization: "",
      certificate: "CERT",
      key: "KEY",
      ca: "CA",
    });
  });

  it("takes the context that was named, with files beside the kubeconfig that are read again", async () => {
    await file("ca.crt", "CA2");
    await file("token.txt", "first\n");
    const target = await findTarget(await query("b"));
    const credentials = credentialsOf(target, clock);
    expect(target.insecure).toBe(true);
    expect(await credentials.get()).toMatchObject({ authorization: "Bearer first", ca: "CA2" });
    await file("token.txt", "second");
    now += 61_000;
    expect(await credentials.get()).toMatchObject({ authorization: "Bearer second" });
  });

  it("merges several files: the first that says something wins", async () => {
    const KUBECONFIG = [await file("config", FILE), join(folder, "absent"), await file("second", SECOND)].join(
      delimiter,
    );
    const several = { name: "test", kubeconfig: undefined, environment: { KUBECONFIG } };
    await expect(findTarget({ ...several, context: "d" })).rejects.toThrow("a, b, broken, c");
    expect((await findTarget({ ...several, context: "a" })).server).toBe("https://one:6443");
    const basic = await findTarget({ ...several, context: "c" });
    expect((await credentialsOf(basic, clock).get()).authorization).toBe(`Basic ${base64("u:p")}`);
  });

  it("asks a credential plugin, and again only when its answer has expired", async () => {
    const counter = join(folder, "count");
    await writeFile(counter, "");
    const answer = (expires: string): string =>
      JSON.stringify({ status: { token: "t", expirationTimestamp: expires } });
    const command = `printf x >> ${counter}; echo '${answer(new Date(now + 3_600_000).toISOString())}'`;
    const text = `
contexts: [{ name: a, context: { cluster: one, user: plugin } }]
clusters: [{ name: one, cluster: { server: "https://one" } }]
users: [{ name: plugin, user: { exec: { command: sh, args: ["-c", ${JSON.stringify(command)}], apiVersion: client.authentication.k8s.io/v1 } } }]
`;
    const credentials = credentialsOf(await findTarget(await query("a", text)), clock);
    const asked = async (): Promise<number> =>
      (await import("node:fs/promises")).readFile(counter, "utf8").then((marks) => marks.length);
    expect((await credentials.get()).authorization).toBe("Bearer t");
    await credentials.get();
    expect(await asked()).toBe(1);
    now += 3_600_000;
    await credentials.get();
    expect(await asked()).toBe(2);
    credentials.forget();
    await credentials.get();
    expect(await asked()).toBe(3);
  });

  it("says what is wrong, where, and what is known", async () => {
    expect(await detailOf(await query("nope"))).toMatch(/no context nope in .*config; known contexts: a, b, broken$/);
    expect(await detailOf(await query("broken"))).toMatch(/context broken names cluster absent.*known: one, two/);
    expect(await detailOf(await query(undefined, "contexts: []"))).toMatch(/no current-context; name one of: none/);
    expect(await detailOf(await query("a", "a: [")).then((detail) => detail.split(":")[0])).toMatch(
      /is not valid YAML/,
    );
    expect(await detailOf({ name: "test", kubeconfig: join(folder, "absent"), context: "a" })).toMatch(
      /absent cannot be read/,
    );
    expect(await detailOf({ name: "test", kubeconfig: undefined, context: "in-cluster", environment: {} })).toMatch(
      /service account/,
    );
  });

  it("finds the API server of its own pod", async () => {
    const environment = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" };
    expect((await findTarget({ name: "test", kubeconfig: undefined, context: "in-cluster", environment })).server).toBe(
      "https://10.0.0.1:443",
    );
  });
});
