// Requests to one API server: JSON in, JSON out, with a deadline for each call. Retries happen only here.
// Every request that kubemin sends can be repeated safely (reads, server-side apply, delete with a uid), so 429, 5xx
// and a lost connection are retried, after the server's Retry-After if it sent one. Other 4xx answers are thrown as
// ApiError.
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { VERSION } from "../../model/data/version.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { apiError, KubernetesError } from "../refusals/apiError.ts";
import { type CallBreaker, createBreaker } from "./breaker.ts";
import { type Credentials, credentialsOf } from "./credentials.ts";
import type { ClusterTarget } from "./kubeconfig.ts";
import { type ApiTransport, identityOf, openTransport, type TransportResponse } from "./transport.ts";

export interface Call {
  readonly method?: "GET" | "PATCH" | "DELETE" | "POST";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: JsonObject;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal: AbortSignal;
  /** Milliseconds for all attempts together. */
  readonly deadline?: number;
  /** Sends the call once, without retries, even when the breaker is open. */
  readonly probe?: boolean;
}

interface ApiResponse {
  readonly status: number;
  readonly body: JsonObject;
}

export interface Connection {
  readonly cluster: string;
  call(call: Call): Promise<ApiResponse>;
  /** The response body, chunk by chunk as it arrives. For watches and logs. */
  stream(call: Call): Promise<AsyncIterable<Buffer>>;
  /**
   * Changes the address or credential of the same cluster. Later requests use the new target; requests in progress are
   * aborted.
   */
  retarget(target: ClusterTarget, calls: number): void;
  breakerOpen(): boolean;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** Maximum number of calls at the same time; further calls wait in this process. Default: CALLS in transport.ts. */
  readonly calls?: number;
  /**
   * Credential programs that a kubeconfig may name. `undefined` allows any, for a kubeconfig that the operator chose.
   */
  readonly allowedPlugins?: readonly string[];
}

const DEADLINE = 20_000;
const ATTEMPTS = 4;
const BACKOFF = 200;
const LONGEST_PAUSE = 10_000;
const GIVEN_UP = 4_000;

interface State {
  readonly cluster: string;
  readonly clock: Clock;
  calls: number | undefined;
  readonly breaker: CallBreaker;
  target: ClusterTarget;
  credentials: Credentials;
  transport: ApiTransport | null;
}

export function openConnection(
  cluster: string,
  target: ClusterTarget,
  clock: Clock,
  options: ConnectionOptions = {},
): Connection {
  const credentials = credentialsOf(target, clock, options.allowedPlugins);
  const breaker = createBreaker(clock);
  const state: State = { cluster, target, clock, calls: options.calls, breaker, credentials, transport: null };
  return {
    cluster,
    call: async (call) => {
      refuseWhileSilent(state, call);
      const limit = AbortSignal.timeout(call.deadline ?? DEADLINE);
      const signal = AbortSignal.any([call.signal, limit]);
      return attempt(state, { ...call, signal }, call.signal);
    },
    stream: async (call) => {
      refuseWhileSilent(state, call);
      const response = await send(state, call, "streams").catch((cause: unknown) => {
        throw unreachable(state, cause, call.signal);
      });
      breaker.answered();
      if (response.status === 401) throw notLetIn(state);
      if (response.status >= 400) throw apiError(response.status, await textOf(response.body), undefined);
      return response.body;
    },
    retarget: (next, calls) => {
      state.calls = calls;
      state.target = next;
      state.credentials = credentialsOf(next, clock, options.allowedPlugins);
      state.transport?.close();
      state.transport = null;
      breaker.answered();
    },
    breakerOpen: () => breaker.open(),
    close: async () => {
      state.transport?.close();
    },
  };
}

/**
 * `outer` is the caller's signal; its abort is passed on unchanged. The call's own deadline counts as a cluster without
 * an answer.
 */
async function attempt(state: State, call: Call, outer: AbortSignal): Promise<ApiResponse> {
  const began = state.clock.now().getTime();
  for (let count = 1; ; count += 1) {
    try {
      return await once(state, call);
    } catch (cause) {
      // A caller that gave up after GIVEN_UP milliseconds without an answer counts for the breaker too.
      if (outer.aborted && state.clock.now().getTime() - began >= GIVEN_UP) state.breaker.silent("no answer");
      outer.throwIfAborted();
      const refused = cause instanceof KubernetesError && cause.status === 401 ? notLetIn(state) : undefined;
      if (call.signal.aborted || call.probe === true || count >= attemptsFor(cause))
        throw cause instanceof KubernetesError
          ? (refused ?? cause)
          : unreachable(state, call.signal.aborted ? call.signal.reason : cause, outer);
      await state.clock.sleep(pauseAfter(cause, count), call.signal);
    }
  }
}

function attemptsFor(cause: unknown): number {
  // ECONNRESET: the server restarts or a load balancer moves the connection, so it gets all attempts. A refused
  // connection or silence gets only one more.
  if (!(cause instanceof KubernetesError))
    return cause instanceof Error && "code" in cause && cause.code === "ECONNRESET" ? ATTEMPTS : 2;
  if (cause.status === 401) return 2;
  return cause.passing ? ATTEMPTS : 1;
}

function pauseAfter(cause: unknown, count: number): number {
  const asked = cause instanceof KubernetesError ? cause.retryAfter : undefined;
  return Math.min(asked ?? BACKOFF * 2 ** (count - 1), LONGEST_PAUSE);
}

async function once(state: State, call: Call): Promise<ApiResponse> {
  const response = await send(state, call, "calls");
  const text = await textOf(response.body);
  state.breaker.answered();
  if (response.status >= 400) throw apiError(response.status, text, response.headers["retry-after"]);
  const body: unknown = text === "" ? {} : JSON.parse(text);
  return { status: response.status, body: isObject(body) ? body : {} };
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString("utf8");
}

async function send(state: State, call: Call, pool: "calls" | "streams"): Promise<TransportResponse> {
  const credential = await state.credentials.get();
  // A new certificate needs new sockets. Requests on the old ones are aborted: they used an identity that is no longer
  // valid.
  if (state.transport !== null && state.transport.identity !== identityOf(credential)) state.transport.close();
  if (state.transport?.identity !== identityOf(credential))
    state.transport = openTransport(state.target, credential, state.calls);
  const pairs = Object.entries(call.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]);
  const query = new URLSearchParams(pairs).toString();
  return state.transport.send({
    method: call.method ?? "GET",
    path: `${call.path}${query === "" ? "" : `?${query}`}`,
    headers: {
      accept: call.accept ?? "application/json",
      "user-agent": `kubemin/${VERSION}`,
      ...(credential.authorization === "" ? {} : { authorization: credential.authorization }),
      ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
    },
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
    signal: call.signal,
    pool,
  });
}

function refuseWhileSilent({ breaker, cluster }: State, { probe }: Call): void {
  const silence = probe === true ? null : breaker.refusal();
  if (silence !== null) throw new ClusterError(reason("ClusterUnreachable", { cluster, ...silence }), true);
}

/** Retryable: the operator may register another credential, and a credential file is read again on the next request. */
function notLetIn({ credentials, cluster }: State): ClusterError {
  credentials.forget();
  return new ClusterError(reason("CredentialRefused", { cluster }), true);
}

function unreachable(state: State, cause: unknown, outer: AbortSignal): unknown {
  if (outer.aborted) return outer.reason;
  const detail = cause instanceof Error ? wordsFor(cause) : String(cause);
  state.breaker.silent(detail);
  return new ClusterError(reason("ClusterUnreachable", { cluster: state.cluster, detail }), true);
}

function wordsFor(cause: Error): string {
  if (cause.name === "TimeoutError" || cause.name === "AbortError") return "NoAnswerInTime";
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  const message = inner instanceof Error ? inner.message : cause.message;
  return message === "" ? cause.name : message;
}
