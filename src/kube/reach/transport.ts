// The sockets to one API server, in two pools: a bounded pool for calls, which limits how many run at the same time
// (further calls wait in this process, not on the server), and an unbounded pool for watches and logs. Those keep their
// socket as long as they live and must never delay the calls.
// It uses Node's https instead of undici: 8 MB instead of 30 MB of memory for the same work (measured).
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, Agent as PlainAgent } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import { Agent, request as plainRequest } from "../../ports/nodeHttp.ts";
import type { Credential } from "./credentials.ts";
import type { ClusterTarget } from "./kubeconfig.ts";

/**
 * Default number of calls at the same time to one API server. client-go's default burst is 10; beyond that, the
 * server's priority and fairness limits apply.
 */
const CALLS = 16;
/** Milliseconds without data after which a connection counts as lost: a watch gets a bookmark about once a minute. */
const SILENCE = 90_000;
const CONNECT = 5_000;

interface TransportRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  readonly pool: "calls" | "streams";
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Buffer>;
}

export interface ApiTransport {
  /**
   * The client certificate and CA of the sockets. When they change, a new transport is opened, because a socket cannot
   * change its identity.
   */
  readonly identity: string;
  send(outgoing: TransportRequest): Promise<TransportResponse>;
  /** Aborts the requests that are still in progress. */
  close(): void;
}

export function identityOf(credential: Credential): string {
  return `${credential.certificate}\n${credential.ca}`;
}

export function openTransport(target: ClusterTarget, credential: Credential, calls = CALLS): ApiTransport {
  const base = new URL(target.server);
  const secure = base.protocol === "https:";
  const tls = {
    ...(credential.ca === "" ? {} : { ca: credential.ca }),
    ...(credential.certificate === "" ? {} : { cert: credential.certificate, key: credential.key }),
    ...(target.tlsServerName === "" ? {} : { servername: target.tlsServerName }),
    rejectUnauthorized: !target.insecure,
  };
  const proxy =
    target.proxyUrl === "" ? {} : { proxyEnv: { HTTPS_PROXY: target.proxyUrl, HTTP_PROXY: target.proxyUrl } };
  const pool = (maxSockets: number): PlainAgent => {
    const options = { keepAlive: true, maxSockets, ...proxy };
    return secure ? new SecureAgent({ ...options, ...tls }) : new Agent(options);
  };
  const pools = { calls: pool(calls), streams: pool(Number.POSITIVE_INFINITY) };
  const begin = secure ? secureRequest : plainRequest;
  return {
    identity: identityOf(credential),
    send: ({ method, path, headers, body, signal, pool: which }) => {
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const options = {
        method,
        path: `${base.pathname.replace(/\/$/, "")}${path}`,
        headers: { ...headers, ...length },
        agent: pools[which],
      };
      const request = begin(base, options);
      cutAtAbort(request, signal);
      return answerTo(request, body);
    },
    close: () => {
      pools.calls.destroy();
      pools.streams.destroy();
    },
  };
}

/**
 * This replaces the request's own `signal` option. Node passes that signal on to the socket, which stays in the pool,
 * and a later abort would end another request, or the process ("uncaught AbortError" of an idle socket).
 */
function cutAtAbort(request: ClientRequest, signal: AbortSignal): void {
  const cut = (): void => {
    const why: unknown = signal.reason;
    request.destroy(why instanceof Error ? why : new Error("aborted"));
  };
  if (signal.aborted) cut();
  signal.addEventListener("abort", cut, { once: true });
  request.once("close", () => signal.removeEventListener("abort", cut));
}

function answerTo(request: ClientRequest, body: string | undefined): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    request.on("socket", (socket) => watchSilence(socket, request));
    // This listener stays after the response: when the connection breaks later, the body reports it, and the error must
    // not become an uncaught one here.
    request.on("error", reject);
    request.on("response", (response: IncomingMessage) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response });
    });
    request.end(body);
  });
}

const heard = new WeakSet<Socket>();

/**
 * Between the end of a response and its return to the pool, a socket has no error listener of Node's. An error at that
 * moment would end the process.
 */
function hearErrors(socket: Socket): void {
  if (heard.has(socket)) return;
  heard.add(socket);
  socket.on("error", () => undefined);
}

/**
 * Limits how long a connection may be silent: CONNECT milliseconds until it is established, then SILENCE milliseconds
 * without data.
 */
function watchSilence(socket: Socket, request: ClientRequest): void {
  hearErrors(socket);
  request.setTimeout(SILENCE, () => request.destroy(new Error("the connection fell silent")));
  if (!socket.connecting) return;
  const timer = setTimeout(() => request.destroy(new Error(`no connection within ${CONNECT / 1_000}s`)), CONNECT);
  const stop = (): void => clearTimeout(timer);
  socket.once("connect", stop).once("close", stop);
}
