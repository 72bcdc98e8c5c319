// The requests that the tests of registered types often send to a server.
import type { AnswerOf } from "../../src/api/client.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { TestServer } from "../support/testServer.ts";

export interface Refusal {
  readonly status: number;
  readonly code: string;
  /** One text `code pointer` for each problem. */
  readonly problems: readonly string[];
  readonly failed: readonly string[];
  readonly body: JsonObject;
}

interface Where {
  readonly version?: string;
  readonly project?: string;
}

export interface TypeServer {
  readonly register: (document: JsonObject, project?: string) => Promise<AnswerOf<"getJobType">>;
  /** Registers a document and returns the refusal. */
  readonly refused: (document: JsonObject | string) => Promise<Refusal>;
  readonly start: (type: string, input: JsonObject, more?: Where) => Promise<string>;
  readonly run: (type: string, input: JsonObject, more?: Where) => Promise<AnswerOf<"getRun">>;
  readonly ended: (run: string, project?: string) => Promise<AnswerOf<"getRun">>;
  /** Sends any request and returns its status and JSON. */
  readonly ask: (
    path: string,
    body?: JsonObject,
    method?: string,
  ) => Promise<{ readonly status: number; readonly body: JsonObject }>;
}

interface Told {
  readonly code?: string;
  readonly problems?: readonly { readonly code: string; readonly pointer: string }[];
  readonly checks?: readonly { readonly check: string; readonly result: string }[];
}

export function typeServer(server: () => TestServer): TypeServer {
  const start: TypeServer["start"] = async (type, input, { project = "default", ...more } = {}) => {
    const { id } = await server().client.call("startRun", { params: { project }, body: { type, input, ...more } });
    return id;
  };
  const ended: TypeServer["ended"] = async (run, project = "default") => {
    const call = { params: { project }, query: { run } };
    for await (const { data } of server().client.stream("streamEvents", call, AbortSignal.timeout(20_000)))
      if (data.type === "run.finished") break;
    return server().client.call("getRun", { params: { project, run } });
  };
  return {
    start,
    ended,
    register: (document, project = "default") =>
      server().client.call("registerJobType", { params: { project }, body: JSON.stringify(document) }),
    async refused(document) {
      const answer = await server().request("/api/v1/projects/default/job-types", {
        method: "POST",
        body: typeof document === "string" ? document : JSON.stringify(document),
        headers: { "content-type": "application/yaml" },
      });
      const body = (await answer.json()) as JsonObject & Told; // the test looks at it
      return {
        status: answer.status,
        code: body.code ?? "",
        problems: (body.problems ?? []).map((one) => `${one.code} ${one.pointer}`),
        failed: (body.checks ?? []).filter((one) => one.result === "failed").map((one) => one.check),
        body,
      };
    },
    run: async (type, input, more = {}) => ended(await start(type, input, more), more.project),
    async ask(path, body, method = body === undefined ? "GET" : "POST") {
      const headers = { "content-type": "application/json" };
      const sent = body === undefined ? {} : { body: JSON.stringify(body), headers };
      const answer = await server().request(`/api/v1${path}`, { method, ...sent });
      const text = await answer.text();
      return { status: answer.status, body: (text === "" ? {} : JSON.parse(text)) as JsonObject }; // answers are JSON
    },
  };
}
