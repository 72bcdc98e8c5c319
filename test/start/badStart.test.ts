// Tests servers that cannot start: the user gets one sentence and advice, no stack trace, and nothing is left half
// started.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Backend, POSTGRES, SQLITE } from "../contracts/database/backends.ts";
import { startServer } from "../support/serverProcess.ts";

const PROGRAM = resolve(import.meta.dirname, "../../bin/kubemin");
const folder = mkdtempSync(join(tmpdir(), "kubemin-bad-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

interface Told {
  readonly code: number | null;
  readonly text: string;
}

function kubemin(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Told> {
  const home = mkdtempSync(join(folder, "home-"));
  const child = spawn(PROGRAM, words, {
    env: { PATH: process.env["PATH"] ?? "", HOME: home, KUBEMIN_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (text += more));
  return new Promise((done) => {
    child.once("close", (code) => {
      expect(existsSync(join(home, "server.json")), "it never said that it answers").toBe(false);
      done({ code, text });
    });
  });
}

let odd = false;

/** Checks that a start is refused. The languages alternate from call to call, because each start is a process. */
async function refused(words: readonly string[], en: RegExp, zh: RegExp, env: Readonly<Record<string, string>> = {}) {
  odd = !odd;
  const told = await kubemin(["serve", "--port", "0", ...words, ...(odd ? [] : ["--lang", "zh"])], env);
  expect(told.code, told.text).toBeGreaterThan(0);
  expect(told.text).not.toMatch(/\n\s+at |\.ts:\d+|node:internal|\[object/);
  expect(told.text.trim().split("\n").length, told.text).toBeLessThanOrEqual(3);
  expect(told.text).toMatch(odd ? en : zh);
}

const LIMIT = { timeout: 60_000 };

async function databaseOf(backend: Backend) {
  const database = await backend.create();
  await (await database.open()).close();
  return database;
}

describe("a server does not start", () => {
  it("on a PostgreSQL that nobody answers for", LIMIT, () =>
    refused(
      ["--database", "postgres://me:s3cr3t@127.0.0.1:1/shop"],
      /error: the PostgreSQL database 127\.0\.0\.1:1\/shop cannot be used: .*ECONNREFUSED.*\n {2}check that the database runs/,
      /错误：无法使用 PostgreSQL 数据库/,
    ),
  );

  it("on a PostgreSQL that refuses it", LIMIT, async () => {
    const url = new URL(process.env["KUBEMIN_TEST_POSTGRES"] ?? "");
    url.pathname = "/nowhere";
    await refused(["--database", url.href], /database "nowhere" does not exist/, /无法使用 PostgreSQL 数据库/);
  });

  it("on a PostgreSQL without the TLS that its address asks for", LIMIT, async () => {
    const url = new URL(process.env["KUBEMIN_TEST_POSTGRES"] ?? "");
    url.searchParams.set("sslmode", "require");
    await refused(["--database", url.href], /does not support SSL/, /does not support SSL/);
  });

  it("on what is no address of a database", LIMIT, () =>
    refused(
      ["--database", "mysql://root:s3cr3t@db/shop"],
      /mysql:\/\/… is not the address of a database\n {2}--database takes a file, or postgres:/,
      /不是数据库地址/,
    ),
  );

  it.each([SQLITE, POSTGRES].map((one) => [one.name, one] as const))(
    "on a %s of a newer version, which stays as it is",
    LIMIT,
    async (_, backend) => {
      const database = await databaseOf(backend);
      await database.sql("insert into migrations (name, at) values ('9999-later', 'now')");
      await refused(
        ["--database", database.address],
        /newer kubemin.*9999-later.*\n.*start the newer version/,
        /更新版本的 kubemin/,
      );
      expect(await database.sql("select count(*) as count from settings where name = 'vault-key'")).toMatchObject([
        { count: backend.shared ? "0" : 0 },
      ]);
      await database.remove();
    },
  );

  it("on a SQLite file that another server has open", LIMIT, async () => {
    const home = mkdtempSync(join(folder, "first-"));
    const data = join(home, "data");
    const first = await startServer(["--data", data], home);
    await refused(
      ["--data", data],
      /kubemin\.db is already in use by another kubemin process\n {2}stop that one/,
      /正被另一个 kubemin 进程使用/,
    );
    await first.client.call("listClusters", {});
    await first.stop();
  });

  it("on a file that is no database", LIMIT, async () => {
    const file = join(folder, "notes.db");
    writeFileSync(file, "these are notes, and no database at all, whatever the name may say\n".repeat(100));
    await refused(["--database", file], /notes\.db cannot be used: it is not a kubemin database/, /无法使用数据库/);
  });

  it("in a folder that cannot be written", LIMIT, async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    await refused(
      ["--data", join(file, "data")],
      /the folder .*a-file\/data cannot be written: .*\n {2}check its permissions/,
      /目录 .* 不可写/,
    );
  });

  it("on a port that is taken", LIMIT, async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo; // it listens on TCP
    await refused(["--port", String(port)], /another program uses port \d+ of 127\.0\.0\.1/, /已被其他程序占用/);
    await new Promise((done) => server.close(done));
  });

  it("with another key than before, or one that is none", LIMIT, async () => {
    const data = join(folder, "sealed");
    const home = mkdtempSync(join(folder, "sealed-home-"));
    await (await startServer(["--data", data], home)).stop();
    rmSync(join(data, "vault.key"));
    const env = { KUBEMIN_KEY: "ab".repeat(32) };
    await refused(["--data", data], /sealed with another key.*KUBEMIN_KEY\n {2}restore the vault\.key/, /密钥/, env);
    await refused(["--data", data], /KUBEMIN_KEY does not contain a vault key/, /不是主密钥/, { KUBEMIN_KEY: "short" });
  });

  it("with a kubeconfig that is no use", LIMIT, async () => {
    mkdirSync(join(folder, "kube"), { recursive: true });
    const file = join(folder, "kube", "config");
    writeFileSync(file, "clusters: []\n");
    await refused(
      ["--kubeconfig", file, "--context", "prod"],
      /there is no context prod in .*config/,
      /无法连接集群 prod/,
    );
  });

  it("with an age of what is kept that is none", LIMIT, () =>
    refused(["--keep", "runs=soon"], /--keep: runs=soon is not understood/, /无法识别 runs=soon/),
  );
});

const tokenOf = (home: string): string =>
  (JSON.parse(readFileSync(join(home, "server.json"), "utf8")) as { token: string }).token; // the server wrote this file
const readKey = (data: string): string => readFileSync(join(data, "vault.key"), "utf8");

describe("backup and restore as commands", () => {
  it("carry a running server's store elsewhere, with its key and not without", { timeout: 90_000 }, async () => {
    const home = mkdtempSync(join(folder, "from-"));
    const data = join(home, "data");
    const server = await startServer(["--data", data], home);
    const token = await server.client.call("addToken", { body: { name: "ci", project: "default", role: "read" } });
    const file = join(folder, "kubemin.backup");
    const taken = await kubemin(["backup", file, "--server", server.url], { KUBEMIN_TOKEN: tokenOf(home) });
    expect(taken.text).toMatch(/rows; the file does not contain the key/);
    const again = await kubemin(["backup", file, "--server", server.url], { KUBEMIN_TOKEN: tokenOf(home) });
    expect(again).toMatchObject({ code: 6, text: expect.stringMatching(/already exists/) });
    await server.stop();

    const to = join(folder, "to");
    const keyless = await kubemin(["restore", file, "--data", to]);
    expect(keyless.text).toMatch(/there is no key in .*\n {2}put the vault\.key/);
    const otherwise = await kubemin(["restore", file, "--data", to], { KUBEMIN_KEY: "cd".repeat(32) });
    expect(otherwise.text).toMatch(/sealed with another key than that of KUBEMIN_KEY/);
    writeFileSync(join(to, "vault.key"), readKey(data), { mode: 0o600 });
    const restored = await kubemin(["restore", file, "--data", to]);
    expect(restored, restored.text).toMatchObject({ code: 0 });
    const twice = await kubemin(["restore", file, "--data", to, "--lang", "zh"]);
    expect(twice.text).toMatch(/不为空/);
    const cut = join(folder, "cut.backup");
    writeFileSync(cut, "not gzip");
    const damaged = await kubemin(["restore", cut, "--database", join(folder, "other.db"), "--data", to]);
    expect(damaged.text).toMatch(/cut\.backup is not a complete backup/);

    const second = await startServer(["--data", to], mkdtempSync(join(folder, "to-home-")));
    const tokens = await second.client.call("listTokens", {});
    expect(tokens.items.map((one) => one.name)).toContain(token.name);
    await second.stop();
    const offline = await kubemin(["backup", join(folder, "offline.backup"), "--data", to]);
    expect(offline, offline.text).toMatchObject({ code: 0 });
  });
});
