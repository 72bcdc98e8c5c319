// What an implementation of a route receives and answers, typed by its row of the route table. Types only.
import type { z } from "zod";
import type { AnswerOf, StreamName } from "../../api/client.ts";
import type { RouteName, Routes } from "../../api/routes.ts";
import type { AttemptName } from "../../engine/driving/callback.ts";
import type { EngineDependencies } from "../../engine/interface/dependencies.ts";
import type { WriteConditions } from "../../engine/interface/requests.ts";
import type { Registry } from "../../jobTypes/registry/registry.ts";
import type { Language } from "../../model/data/text.ts";
import type { Token } from "../../ports/store.ts";
import type { WaitPool } from "./waitPool.ts";

/** A row that says nothing of a part: nothing to read there, and nothing to spread. */
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

/** The model is read-only all the way down; the answers made from it may be too. */
export type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

export interface Reply<T> {
  /** Only a stream has one. */
  readonly kind?: undefined;
  readonly body: T;
  /** Without quotes. */
  readonly etag?: string;
  readonly location?: string;
  /** Where it is not the route's: 200 instead of 202, when a run that was waited for has ended. */
  readonly status?: 200;
}

export interface StreamItem<T> {
  readonly id?: number;
  readonly event?: string;
  readonly data: T;
}

export interface Stream<T> {
  readonly kind: "stream";
  readonly items: AsyncIterable<StreamItem<T>>;
}

type Answer<N extends RouteName> = N extends StreamName ? Stream<Frozen<AnswerOf<N>>> : Reply<Frozen<AnswerOf<N>>>;

export interface Context {
  readonly dependencies: EngineDependencies;
  /** Job types that were registered. */
  readonly registry: Registry;
  readonly version: string;
  /** Null on public routes only. */
  readonly token: Token | null;
  readonly language: Language;
  /** Requests that wait for the end of a run. */
  readonly waits: WaitPool;
  /** Aborts when the client goes away; for streams also when the server stops. */
  readonly signal: AbortSignal;
  /** On routes for an attempt: whose token came with the request. Throws NotSignedIn. */
  readonly attempt: () => AttemptName;
  /** Who asks, and from If-Match and Idempotency-Key: under which conditions. Throws InvalidRequest. */
  readonly conditions: () => WriteConditions;
}

export type Implementations = {
  readonly [N in RouteName]: (input: InputOf<N>, context: Context) => Promise<Answer<N>>;
};

/** A query without the parts that were not given: what optional fields of the engine's requests expect. */
export function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }; // only undefined values were left out
}
