// Tests that inputs from the command line reach a real server with their declared types.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../support/testServer.ts";
import { kubemin, temporary } from "../support/terminal.ts";

let server: TestServer;
let file = "";
beforeAll(async () => {
  server = await startTestServer();
  file = join(temporary(), "wf.yaml");
  writeFileSync(
    file,
    `name: inputs
workflow:
  inputs:
    text: { type: string, default: "" }
    count: { type: integer, default: 0 }
    on: { type: boolean, default: false }
    list: { type: array, default: [] }
  steps:
    - name: tell
      type: notify
      properties: { message: hi, data: { text: { $from: /inputs/text } } }
`,
  );
});
afterAll(() => server.close());

const tell = (...words: readonly string[]) =>
  kubemin(`run --file ${file} --detach ${words.join(" ")}`, {
    env: { KUBEMIN_URL: server.url, KUBEMIN_TOKEN: server.secret },
  });

async function newestInputs(): Promise<unknown> {
  const { items } = await server.client.call("listRuns", { params: { project: "default" }, query: { limit: 1 } });
  const run = await server.client.call("getRun", { params: { project: "default", run: items[0]?.id ?? "" } });
  return run.inputs;
}

describe("--input", () => {
  it.each(["58467965", "true", "5846e79", "1.20", "007", "null", "[1]", '"quoted"', "12345678901234567890", "a=b"])(
    "of a declared string arrives as the text %s",
    async (text) => {
      const told = await tell("--input", `text=${text}`);
      expect(told.exit, told.stderr).toBe(0);
      expect(await newestInputs()).toMatchObject({ text });
    },
  );

  it("of other types arrives as what it is", async () => {
    const told = await tell("--input", "count=7", "--input", "on=true", "--input", 'list=["1.20",2]');
    expect(told.exit, told.stderr).toBe(0);
    expect(await newestInputs()).toMatchObject({ count: 7, on: true, list: ["1.20", 2] });
  });

  it.each([
    ["count=many", "--input count: expected integer, got many"],
    ["count=1.5", "--input count: expected integer, got 1.5"],
    ["on=yes", "--input on: expected boolean, got yes"],
    ["count=9007199254740993", "--input count: 9007199254740993 has too many digits"],
    ["list=[9007199254740993]", "--input list: 9007199254740993 has too many digits"],
    ["txt=1", "--input txt"],
  ])("%s is refused by the name of the option", async (given, words) => {
    const told = await tell("--input", given);
    expect(told.exit).toBe(2);
    expect(told.stderr).toContain(words);
    expect(told.stderr).not.toContain("wf.yaml:");
  });
});

describe("--input-file", () => {
  it("is compared with what is declared, and named when it does not fit", async () => {
    const values = join(temporary(), "values.yaml");
    writeFileSync(values, "text: 1.20\n");
    const told = await tell("--input-file", values);
    expect(told.exit).toBe(2);
    expect(told.stderr).toContain(`--input-file ${values}: text: expected string, got 1.2`);
    writeFileSync(values, 'text: "1.20"\ncount: 3\n');
    expect(await tell("--input-file", values)).toMatchObject({ exit: 0 });
    expect(await newestInputs()).toMatchObject({ text: "1.20", count: 3 });
    writeFileSync(values, "count: 9007199254740993\n");
    const inexact = await tell("--input-file", values);
    expect(inexact.exit).toBe(2);
    expect(inexact.stderr).toContain(`${values}:1:8: not valid YAML: this number has too many digits`);
  });
});

describe("a number in a request", () => {
  it("that would become another one is refused", async () => {
    const body = '{"type":"wait","input":{"for":"1s"},"inputs":{"n":9007199254740993}}';
    const headers = { "content-type": "application/json" };
    const answer = await server.request("/api/v1/projects/default/runs", { method: "POST", body, headers });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("9007199254740993 has too many digits");
  });
});
