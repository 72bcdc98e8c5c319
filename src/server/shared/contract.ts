// The types of what the implementation of a route receives and returns, derived from its row of the route table
// (src/api/routes.ts).
import type { z } from "zod";
import type { AnswerOf, StreamName } from "../../api/client.ts";
import type { RouteName, Routes } from "../../api/routes.ts";
import type { EngineDependencies } from "../../engine/contract/dependencies.ts";
import type { WriteConditions } from "../../engine/contract/requests.ts";
import type { AttemptName } from "../../engine/driving/callback.ts";
import type { Registry } from "../../jobTypes/registry/registry.ts";
import type { Language } from "../../model/data/text.ts";
import type { Token } from "../../ports/store.ts";
import type { WaitPool } from "./waitPool.ts";

/** The type of a part (params, query, headers) that the row does not have: it has no fields and can still be spread. */
type Nothing = object;
type Part<R, K extends string> = R extends { readonly [P in K]: infer S }
  ? S extends z.ZodType
    ? z.output<S>
    : Nothing
  : Nothing;

export interface DocumentBody {
  readonly text: string;
  readonly format: "json" | "auto";
}

type Body<R> = R extends { readonly body: "document" }
  ? DocumentBody
  : R extends { readonly body: infer S }
    ? S extends z.ZodType
      ? z.output<S>
      : undefined
    : undefined;

export interface InputOf<N extends RouteName> {
  readonly params: Part<Routes[N], "params">;
  readonly query: Part<Routes[N], "query">;
  readonly headers: Part<Routes[N], "headers">;
  readonly body: Body<Routes[N]>;
}

/** Deeply read-only: the types of the model are, so the responses that are built from them may be too. */
export type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

export interface Reply<T> {
  /** Always `undefined`. Only a Stream has a kind, which distinguishes the two. */
  readonly kind?: undefined;
  readonly body: T;
  /** Value of the ETag header, without quotes. */
  readonly etag?: string;
  readonly location?: string;
  /** Status instead of the route's own: 200 instead of 202 when the caller waited for a run and it has ended. */
  readonly status?: 200;
}

export interface ServerStreamItem<T> {
  readonly id?: number;
  readonly event?: string;
  readonly data: T;
}

export interface Stream<T> {
  readonly kind: "stream";
  readonly items: AsyncIterable<ServerStreamItem<T>>;
}

type RouteResponse<N extends RouteName> = N extends StreamName
  ? Stream<Frozen<AnswerOf<N>>>
  : Reply<Frozen<AnswerOf<N>>>;

export interface RouteContext {
  readonly dependencies: EngineDependencies;
  /** The registered job types. */
  readonly registry: Registry;
  readonly version: string;
  /** The caller's token; `null` on public routes and on routes for an attempt. */
  readonly token: Token | null;
  readonly language: Language;
  /** The pool of requests that wait for the end of a run. */
  readonly waits: WaitPool;
  /** Aborts when the client closes the connection; for streams also when the server stops. */
  readonly signal: AbortSignal;
  /** On routes for an attempt: the attempt that the token of the request names. Throws NotSignedIn. */
  readonly attempt: () => AttemptName;
  /**
   * The name of the caller's token, and the conditions from If-Match and Idempotency-Key. Throws NotSignedIn and
   * InvalidRequest.
   */
  readonly conditions: () => WriteConditions;
}

export type Implementations = {
  readonly [N in RouteName]: (input: InputOf<N>, context: RouteContext) => Promise<RouteResponse<N>>;
};

/** The object without its undefined fields: optional fields of the engine's requests must be absent, not undefined. */
export function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }; // only undefined values were left out
}
