// A server that answers from fixtures, so that renderers, exit codes and failures are tested without an engine. Each
// answer is checked with the API's schemas, so that a fixture which the real server could not send fails.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { ROUTES, type Route, type RouteName } from "../../../src/api/routes.ts";
import { ERRORS, type ErrorCode } from "../../../src/model/errors/errors.ts";

export interface Asked {
  readonly route: RouteName;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}
export interface Failing {
  readonly error: ErrorCode;
  readonly detail: string;
  readonly advice?: string;
  readonly problems?: readonly unknown[];
}
export interface Streaming {
  /** What happens after the events: `end` closes the stream, `break` cuts the connection, `stay` leaves it open. */
  readonly afterwards: "end" | "break" | "stay";
  readonly events: readonly { readonly sequence?: number; readonly data: unknown }[];
}
export type Answer = { readonly json: unknown } | Failing | Streaming;
export type Answers = { readonly [N in RouteName]?: (asked: Asked) => Answer };

export interface FakeApi {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

export async function fakeApi(answers: Answers): Promise<FakeApi> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, answers, asked);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  answers: Answers,
  all: Asked[],
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake");
  const chunks: string[] = [];
  for await (const chunk of request) chunks.push(String(chunk));
  const found = match(request.method ?? "", url.pathname);
  if (found === undefined) return fail(response, { error: "NoSuchRoute", detail: `no route ${url.pathname}` });
  const asked: Asked = {
    ...found,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: chunks.join(""),
  };
  all.push(asked);
  checkAsked(asked);
  const given = answers[found.route]?.(asked) ?? { error: "NotFound", detail: `nothing for ${found.route}` };
  if ("error" in given) return fail(response, given);
  if ("json" in given) return succeed(response, found.route, given.json);
  return stream(response, given);
}

function match(method: string, path: string): { route: RouteName; params: Record<string, string> } | undefined {
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    // the keys of the table are its names
    if (route.method !== method) continue;
    const pattern = new RegExp(`^${route.path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
    const groups = pattern.exec(path)?.groups;
    if (pattern.test(path))
      return {
        route: name,
        params: Object.fromEntries(
          Object.entries(groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
        ),
      };
  }
  return undefined;
}

/** Checks that the client sent a request that the API allows. */
function checkAsked(asked: Asked): void {
  const route: Route = ROUTES[asked.route];
  route.params?.parse(asked.params);
  route.query?.parse(asked.query);
  route.headers?.parse(asked.headers);
  if (route.body !== undefined && route.body !== "document") route.body.parse(JSON.parse(asked.body || "{}"));
}

function succeed(response: ServerResponse, name: RouteName, json: unknown): void {
  const route: Route = ROUTES[name];
  const body = route.status === 204 ? "" : JSON.stringify((route.response as z.ZodType).parse(json)); // the caller has checked that it is not a stream
  response.writeHead(route.status, { "content-type": "application/json" }).end(body);
}

function fail(response: ServerResponse, { error, detail, advice = "", problems }: Failing): void {
  const { status, who } = ERRORS[error];
  const body = {
    type: "about:blank",
    title: error,
    status,
    detail,
    code: error,
    who,
    advice,
    requestId: "r-1",
    ...(problems ? { problems } : {}),
  };
  response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
}

function stream(response: ServerResponse, { events, afterwards }: Streaming): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const { sequence, data } of events)
    response.write(`${sequence === undefined ? "" : `id: ${sequence}\n`}data: ${JSON.stringify(data)}\n\n`);
  if (afterwards === "end") response.end();
  if (afterwards === "break") setImmediate(() => response.destroy());
}
