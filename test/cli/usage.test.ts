// Tests arguments, help, completion, the reference page, and how the server on this machine is found.
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { EXIT } from "../../src/cli/grammar/exitCodes.ts";
import {
  localServerFile,
  readLocalServer,
  removeLocalServer,
  stateHome,
  writeLocalServer,
} from "../../src/cli/reach/localServer.ts";
import { cliReference } from "../../src/cli/reference.ts";
import { ERRORS } from "../../src/model/errors/errors.ts";
import { type FakeApi, fakeApi } from "./support/fakeApi.ts";
import { summary } from "./support/fixtures.ts";
import { kubemin, type TestOptions, temporary } from "./support/terminal.ts";

let api: FakeApi | undefined;
afterEach(async () => await api?.close());
const shown = COMMANDS.filter((one) => !one.hidden);

describe("usage errors exit 2 and name what was meant", () => {
  it.each([
    ["depoly app.yaml", "there is no command depoly", "did you mean: kubemin deploy?"],
    ["deploy app.yaml --ye", "kubemin deploy has no option --ye", "did you mean --yes?"],
    ["deploy", "kubemin deploy needs FILE", "see: kubemin deploy --help"],
    ["status a b", "kubemin status takes no argument b", "see: kubemin status --help"],
    ["status --output jsn", "--output: jsn is not one of: table, wide, json, yaml, name", "did you mean json?"],
    ["watch shop --timeout soon", "--timeout: soon is not understood", "write a duration like 30s, 10m or 1h30m"],
    ["deploy app.yaml --message --yes", "--message needs a value", "write it like --message=TEXT"],
    ["deploy app.yaml --yes=true", "--yes takes no value", "write only --yes"],
    ["completion powershell", "bash|zsh|fish: powershell is not one of: bash, zsh, fish", "choose one of them"],
    ["serve --once", "--once can only be used with --deploy", "add --deploy FILE"],
    [
      "serve --host 0.0.0.0",
      "--host 0.0.0.0 would accept requests from other machines",
      "put a proxy with TLS in front",
    ],
  ])("%s", async (line, what, advice) => {
    const told = await kubemin(line);
    expect(told.stderr).toContain(`error: ${what}`);
    expect(told.stderr).toContain(advice);
    expect(told).toMatchObject({ exit: 2, stdout: "" });
  });

  it("is JSON when JSON was asked for", async () => {
    const told = await kubemin("status --outptu x --output json");
    expect(JSON.parse(told.stderr)).toMatchObject({
      code: "Usage",
      status: 0,
      detail: "kubemin status has no option --outptu",
    });
  });

  it("is in the user's language", async () => {
    expect((await kubemin("depoly", { env: { LANG: "zh_CN.UTF-8" } })).stderr).toBe(
      "错误：没有命令 depoly\n  是否想写：kubemin deploy？\n",
    );
    expect((await kubemin("--lang en depoly", { env: { LANG: "zh_CN.UTF-8" } })).stderr).toContain(
      "there is no command",
    );
  });
});

describe("help", () => {
  it("lists every command and every exit code", async () => {
    const { stdout, exit } = await kubemin("--help");
    for (const { name } of shown) expect(stdout).toContain(`\n  ${name} `);
    for (const { code, text } of Object.values(EXIT))
      expect(stdout).toMatch(new RegExp(`\\n  ${code} +${text.en.slice(0, 10)}`));
    expect(stdout).not.toContain("__complete");
    expect(exit).toBe(0);
  });

  it.each(shown.map((one) => one.name))("%s: begins with two examples, in both languages", async (name) => {
    const english = (await kubemin(`${name} --help`)).stdout;
    const chinese = (await kubemin(`${name} --help --lang zh`)).stdout;
    const [examples = "", usage = ""] = english.split("\nUsage\n");
    expect(examples.match(/^ {2}kubemin /gm)?.length).toBeGreaterThanOrEqual(2);
    expect(usage).toContain(`kubemin ${name}`);
    expect(chinese).toMatch(/示例\n {2}kubemin/);
    expect(chinese.split("\n")).toHaveLength(english.split("\n").length);
  });

  it("comes in Markdown for the reference", () => {
    const reference = cliReference();
    for (const { name, options } of shown) {
      expect(reference).toContain(`### kubemin ${name}\n`);
      for (const option of Object.keys(options)) expect(reference).toContain(`--${option}`);
    }
  });

  it("every error of the API has an exit code of the table", () => {
    const codes: readonly number[] = Object.values(EXIT).map((one) => one.code);
    for (const { exit } of Object.values(ERRORS)) expect(codes).toContain(exit);
  });
});

describe("completion", () => {
  const complete = async (words: string, options: TestOptions = {}) =>
    (await kubemin(`__complete ${words}`, options)).stdout.trim().split("\n");

  it("offers commands, options, choices and definitions", async () => {
    expect(await complete("ro")).toEqual(["rollback"]);
    expect(await complete("deploy --cr")).toEqual(["--create-namespace"]);
    expect(await complete("status --output j")).toEqual(["json"]);
    expect(await complete("token re")).toEqual(["remove"]);
    expect(await complete("explain trait stor")).toEqual(["store", "storage"]);
  });

  it("offers applications of the server, kept for ten seconds, and is silent on failure", async () => {
    api = await fakeApi({ listApplications: () => ({ json: { items: [summary()], next: null } }) });
    const options = { home: temporary(), patient: true, env: { KUBEMIN_URL: api.url, KUBEMIN_TOKEN: "t" } };
    expect(await complete("status sh", options)).toEqual(["shop"]);
    expect(await complete("status sh", options)).toEqual(["shop"]);
    expect(api.asked).toHaveLength(1);
    const told = await kubemin("__complete status sh", { env: { KUBEMIN_URL: "http://127.0.0.1:1" } });
    expect(told).toMatchObject({ exit: 0, stdout: "", stderr: "" });
  });
});

describe("the server on this machine", () => {
  it("is found by a file that only its owner can read", async () => {
    const nothing = () => ({ json: { items: [], next: null } });
    api = await fakeApi({ listApplications: nothing, listRuns: nothing });
    const home = join(temporary(), "state");
    writeLocalServer(home, { url: api.url, token: "local", pid: process.pid });
    expect(statSync(localServerFile(home)).mode & 0o777).toBe(0o600);
    expect((await kubemin("status", { home })).exit).toBe(0);
    expect(api.asked[0]?.headers.authorization).toBe("Bearer local");
    removeLocalServer(home, 1);
    expect(readLocalServer(home)).toBeDefined();
    removeLocalServer(home);
    expect(readLocalServer(home)).toBeUndefined();
  });

  it("is told as gone when its process is", async () => {
    const home = temporary();
    writeLocalServer(home, { url: "http://127.0.0.1:1", token: "local", pid: 2 ** 22 + 1 });
    const told = await kubemin("status", { home });
    expect(told.stderr).toContain("no longer runs\n  start one with: kubemin serve\n");
    expect(told.exit).toBe(1);
  });

  it("is told as missing when the file is not understood", async () => {
    const home = temporary();
    writeFileSync(localServerFile(home), "{");
    expect((await kubemin("status", { home })).stderr).toContain("none runs on this machine");
  });

  it("gives its token to nobody but itself", async () => {
    api = await fakeApi({ listApplications: () => ({ json: { items: [], next: null } }) });
    const home = temporary();
    writeLocalServer(home, { url: "http://127.0.0.1:1", token: "local", pid: process.pid });
    await kubemin(`status --server ${api.url}`, { home });
    expect(api.asked[0]?.headers.authorization).toBeUndefined();
  });

  it("takes the token from a file when that is named", async () => {
    api = await fakeApi({ listApplications: () => ({ json: { items: [], next: null } }) });
    const file = join(mkdtempSync(join(temporary(), "token-")), "token");
    writeFileSync(file, "from-file\n");
    await kubemin("status", { env: { KUBEMIN_URL: api.url, KUBEMIN_TOKEN_FILE: file } });
    expect(api.asked[0]?.headers.authorization).toBe("Bearer from-file");
  });

  it("lives in the state directory", () => {
    expect(stateHome({ KUBEMIN_HOME: "/a" })).toBe("/a");
    expect(stateHome({ XDG_STATE_HOME: "/b" })).toBe("/b/kubemin");
    expect(stateHome({ HOME: "/c" })).toBe("/c/.local/state/kubemin");
  });
});
