// What the engine does before and after a chart is rendered: it opens secret values only for the renderer, seals
// secrets again, and reports problems at the right field.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isObject, type JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { problem } from "../../../src/model/problems/problem.ts";
import { ChartError, type ChartRequest } from "../../../src/ports/charts.ts";
import { startTestServer, type TestServer } from "../../support/testServer.ts";

const PASSWORD = "open sesame 4711";
let server: TestServer;
const asked: ChartRequest[] = [];
let render: (values: JsonObject) => readonly Manifest[];

beforeAll(async () => {
  const charts = {
    render: async (request: ChartRequest) => {
      asked.push(request);
      return render(request.values);
    },
  };
  server = await startTestServer({ charts });
});
afterAll(() => server.close());

const object = (kind: string, more: JsonObject): Manifest => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "made" },
  ...more,
});
const passwordIn = (values: JsonObject): string => {
  const { login } = values;
  return isObject(login) && typeof login["password"] === "string" ? login["password"] : "";
};

async function planned(properties: JsonObject = {}): Promise<{ readonly status: number; readonly text: string }> {
  const all = {
    chart: "x",
    values: { login: { user: "me" } },
    secretValues: { login: { password: PASSWORD } },
    ...properties,
  };
  const body = JSON.stringify({ name: "charts", components: [{ name: "one", type: "helm", properties: all }] });
  const headers = { "content-type": "application/json" };
  const answer = await server.request("/api/v1/projects/default/plan", { method: "POST", body, headers });
  return { status: answer.status, text: await answer.text() };
}

describe("a chart's secret values", () => {
  it("reach only the renderer in clear, and replace the other values", async () => {
    render = (values) => [
      object("Secret", {
        stringData: { a: passwordIn(values) },
        data: { b: Buffer.from(passwordIn(values)).toString("base64") },
      }),
    ];
    const { status, text } = await planned();
    expect(status, text).toBe(200);
    expect(asked.at(-1)?.values).toEqual({ login: { user: "me", password: PASSWORD } });
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(Buffer.from(PASSWORD).toString("base64"));
    expect(text).toContain("••••••");
  });

  it.each([
    ["in clear", (text: string) => text],
    ["in a longer text", (text: string) => `db://me:${text}@db`],
    ["in base64", (text: string) => Buffer.from(text).toString("base64")],
  ])("are refused outside of Secrets: %s", async (_how, write) => {
    render = (values) => [object("ConfigMap", { data: { dsn: write(passwordIn(values)) } })];
    const { status, text } = await planned();
    expect(status).toBe(422);
    expect(text).toContain("SecretInClear");
    expect(text).toContain("data.dsn");
    expect(text).not.toContain(PASSWORD);
  });

  it("are masked in what the renderer complains about, at the place where they are written", async () => {
    render = () => {
      throw new ChartError([
        problem("ChartValue", ["values", "login", "password"], { detail: `'${PASSWORD}' is bad` }),
      ]);
    };
    const { status, text } = await planned();
    expect(status).toBe(422);
    expect(text).toContain("/components/0/properties/secretValues/login/password");
    expect(text).not.toContain(PASSWORD);
  });

  it("are text", async () => {
    const { status, text } = await planned({ secretValues: { login: { password: 12345678 } } });
    expect(status).toBe(422);
    expect(text).toContain("put it in quotes");
    expect(text).not.toContain("12345678");
  });
});
