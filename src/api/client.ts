// The typed client of the API: `call` for the rows of the route table (routes.ts), and `stream` for rows that answer
// with events. The command line and the console reach a server only through it, so the API offers everything that they
// can do.
import { EventSourceParserStream } from "eventsource-parser/stream";
import type { z } from "zod";
import { ROUTES, type Route, type RouteName, type Routes } from "./routes.ts";
import type { ErrorView } from "./views.ts";

type Input<R, K extends string> = R extends { readonly [P in K]: infer S }
  ? S extends z.ZodType
    ? z.input<S>
    : never
  : never;
type Part<R, K extends "params" | "query" | "headers"> = [Input<R, K>] extends [never]
  ? { readonly [P in K]?: never }
  : { readonly [P in K]?: Input<R, K> };
type Body<R> = R extends { readonly body: "document" }
  ? { readonly body: string }
  : [Input<R, "body">] extends [never]
    ? { readonly body?: never }
    : { readonly body?: Input<R, "body"> };
type Params<R> = [Input<R, "params">] extends [never]
  ? { readonly params?: never }
  : { readonly params: Input<R, "params"> };

export type CallOf<N extends RouteName> = Params<Routes[N]> &
  Part<Routes[N], "query"> &
  Part<Routes[N], "headers"> &
  Body<Routes[N]>;
export type AnswerOf<N extends RouteName> = Routes[N]["response"] extends infer S
  ? S extends z.ZodType
    ? z.output<S>
    : S extends { readonly events: infer E }
      ? E extends z.ZodType
        ? z.output<E>
        : never
      : never
  : never;
export type StreamName = {
  [N in RouteName]: Routes[N]["response"] extends { readonly events: z.ZodType } ? N : never;
}[RouteName];

interface ClientOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly language?: string;
  readonly userAgent?: string;
}

export interface StreamItem<T> {
  /** The id of the event, to be sent as Last-Event-ID; `undefined` when the event has none. */
  readonly id: string | undefined;
  readonly data: T;
}

/** An answer that is not a success. `body` is the error as the API describes it. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: z.output<typeof ErrorView>;

  constructor(status: number, body: z.output<typeof ErrorView>) {
    super(body.detail);
    this.name = "ApiError";
    this.status = status;
    this.body = body;
  }
}

/** No server answered at the address. */
export class UnreachableError extends Error {
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`no kubemin server answers at ${url}`, { cause });
    this.name = "UnreachableError";
    this.url = url;
  }
}

type Scalars = Readonly<Record<string, unknown>>;

interface Call {
  readonly params?: Scalars;
  readonly query?: Scalars;
  readonly headers?: Scalars;
  readonly body?: unknown;
}

export interface Client {
  call<N extends RouteName>(name: N, input: CallOf<N>): Promise<AnswerOf<N>>;
  stream<N extends StreamName>(name: N, input: CallOf<N>, signal: AbortSignal): AsyncIterable<StreamItem<AnswerOf<N>>>;
}

export function createClient(options: ClientOptions): Client {
  return {
    async call(name, input) {
      const response = await send(options, ROUTES[name], input);
      // The server checks its answers against the same table.
      return (response.status === 204 ? null : await response.json()) as never;
    },
    async *stream(name, input, signal) {
      const response = await send(options, ROUTES[name], input, signal);
      if (response.body === null) return;
      const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      for await (const event of events) {
        if (event.event === "problem") throw problemOf(event.data);
        // The server checks its answers against the same table.
        yield { id: event.id, data: JSON.parse(event.data) as never };
      }
    },
  };
}

async function send(options: ClientOptions, route: Route, input: Call, signal?: AbortSignal): Promise<Response> {
  const url = new URL(fillPath(route.path, input.params ?? {}), options.url);
  for (const [key, value] of given(input.query)) url.searchParams.set(key, value);
  let response: Response;
  try {
    response = await fetch(url, {
      method: route.method,
      headers: headersOf(options, route, input),
      ...bodyOf(route, input),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UnreachableError(options.url, error);
  }
  if (response.ok) return response;
  throw await errorOf(response);
}

/** The last event of a stream that fails describes the error. */
function problemOf(data: string): ApiError {
  const body = JSON.parse(data) as z.output<typeof ErrorView>; // The contract says so.
  return new ApiError(body.status, body);
}

function fillPath(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

function headersOf(options: ClientOptions, route: Route, input: Call): Record<string, string> {
  const headers: Record<string, string> = {
    accept: "application/json, text/event-stream",
    "user-agent": options.userAgent ?? "kubemin-client",
  };
  if (options.token !== undefined) headers["authorization"] = `Bearer ${options.token}`;
  if (options.language !== undefined) headers["accept-language"] = options.language;
  if (route.body !== undefined)
    headers["content-type"] = route.body === "document" ? "application/yaml" : "application/json";
  for (const [key, value] of given(input.headers)) headers[key] = value;
  return headers;
}

/** The given values as texts. The route table allows strings, numbers and booleans in a query and in headers. */
function given(values: Scalars = {}): [string, string][] {
  return Object.entries(values).flatMap(([key, value]) =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? [[key, `${value}`]] : [],
  );
}

function bodyOf(route: Route, input: Call): { body?: string } {
  if (route.body === undefined) return {};
  return { body: route.body === "document" ? String(input.body) : JSON.stringify(input.body ?? {}) };
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    // The contract says problem+json. A body that is not JSON is handled below.
    return new ApiError(response.status, JSON.parse(text) as z.output<typeof ErrorView>);
  } catch {
    const body = {
      type: "about:blank",
      title: response.statusText,
      status: response.status,
      detail: text.slice(0, 500),
      code: "Unknown",
      who: "operator" as const,
      advice: "",
      requestId: "",
    };
    return new ApiError(response.status, body);
  }
}
