// For teams that run a job type in their own service: answers kubemin's calls, runs the handler, sends heartbeats and
// reports the end. The handler must be safe to run twice, because after a crash on either side the same attempt may be
// sent again.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isObject, type JsonObject } from "../model/data/json.ts";
import { SIGNATURE_HEADERS, signedHeaders, verifySignature } from "../outgoing/signature.ts";

export interface Task {
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
  readonly type: string;
  readonly input: JsonObject;
  /** Aborts when the attempt is over for kubemin: it was cancelled, it timed out, or a newer attempt replaced it. */
  readonly signal: AbortSignal;
  /** Reports progress, which users see live; `percent` is from 0 to 100. */
  readonly progress: (percent: number, detail?: string) => void;
}

/**
 * Resolves with the outputs. Throw a TaskFailure to say whether a retry may help; after any other error there is no
 * retry.
 */
export type TaskFunction = (task: Task) => Promise<JsonObject>;

export class TaskFailure extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, { retryable = false } = {}) {
    super(message);
    this.name = "TaskFailure";
    this.code = code;
    this.retryable = retryable;
  }
}

export interface WorkerOptions {
  /** The secret of the registration, with which both sides sign. */
  readonly secret: string;
  readonly handlers: Readonly<Record<string, TaskFunction>>;
  readonly port?: number;
  readonly host?: string;
}

export interface RunningWorker {
  readonly url: string;
  close(): Promise<void>;
}

interface Order {
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
  readonly type: string;
  readonly input: JsonObject;
  readonly heartbeatEvery: number;
  readonly callback: { readonly url: string; readonly token: string };
}

const LONGEST_BODY = 4 * 1024 * 1024;

export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const running = new Set<string>();
  const server = createServer((request, response) => {
    void answer(options, running, { request, response }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const { address, port } = server.address() as AddressInfo; // The server listens on a port, not on a pipe.
  return { url: `http://${address.includes(":") ? `[${address}]` : address}:${port}`, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(options: WorkerOptions, running: Set<string>, { request, response }: Exchange): Promise<void> {
  const body = await bodyOf(request);
  const [status, data] = await respond(options, running, { request, body });
  const text = JSON.stringify(data);
  const headers = signedHeaders({ keyId: "worker", secret: options.secret }, text, new Date());
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    // An IncomingMessage without an encoding yields buffers.
    const bytes = part as Buffer;
    length += bytes.length;
    if (length > LONGEST_BODY) throw new Error("the request is too long");
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString("utf8");
}

async function respond(
  { secret, handlers }: WorkerOptions,
  running: Set<string>,
  { request, body }: { readonly request: IncomingMessage; readonly body: string },
): Promise<readonly [number, JsonObject]> {
  if (request.method === "GET" && request.url === "/healthz") return [200, { ok: true }];
  if (request.method !== "POST" || request.url !== "/v1/execute") return [404, { message: "POST /v1/execute" }];
  if (!isSigned(request, body, secret)) return [401, { message: "the signature is missing, wrong or too old" }];
  const order = orderOf(body);
  if (order === null) return [400, { message: "the body is not an order of kubemin" }];
  const handler = handlers[order.type];
  if (handler === undefined) return [404, { message: `no handler for ${order.type}` }];
  const name = `${order.runId}/${order.step}/${order.attempt}`;
  // An attempt that is sent again while it runs is not started a second time.
  if (!running.has(name)) {
    running.add(name);
    void carryOut(handler, order).finally(() => running.delete(name));
  }
  return [202, { accepted: true }];
}

function isSigned(request: IncomingMessage, body: string, secret: string): boolean {
  const headers = Object.fromEntries(
    Object.values(SIGNATURE_HEADERS).map((name) => [name, String(request.headers[name] ?? "")]),
  );
  try {
    verifySignature({ host: "kubemin", headers, body }, secret, new Date());
    return true;
  } catch {
    return false;
  }
}

function orderOf(body: string): Order | null {
  try {
    const value: unknown = JSON.parse(body);
    // The cast is safe because kubemin signed the body, and kubemin sends only this shape.
    return isObject(value) && isObject(value["callback"]) ? (value as unknown as Order) : null;
  } catch {
    return null;
  }
}

async function carryOut(handler: TaskFunction, order: Order): Promise<void> {
  const over = new AbortController();
  let standing: { progress?: number; detail?: string } = {};
  const beat = async (): Promise<void> => {
    const said = await tell(order, "heartbeat", standing);
    if (said === "over") over.abort();
  };
  const timer = setInterval(() => void beat(), (order.heartbeatEvery * 1_000) / 2);
  const progress = (percent: number, detail = ""): void => {
    standing = { progress: percent, detail };
    void beat();
  };
  try {
    const { runId, step, attempt, type, input } = order;
    const outputs = await handler({ runId, step, attempt, type, input, signal: over.signal, progress });
    await tellEnd(order, { outputs });
  } catch (error) {
    const { code, retryable } = error instanceof TaskFailure ? error : { code: "Error", retryable: false };
    await tellEnd(order, {
      error: { code, message: String(error instanceof Error ? error.message : error), retryable },
    });
  } finally {
    clearInterval(timer);
  }
}

const TRIES = 8;

/**
 * Tries several times, because kubemin may not answer for a moment. A second report is refused, which proves that the
 * first arrived.
 */
async function tellEnd(order: Order, end: JsonObject): Promise<void> {
  for (let count = 0; count < TRIES; count += 1) {
    if ((await tell(order, "complete", end)) !== "away") return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** count, 15_000)));
  }
}

async function tell(order: Order, what: string, body: JsonObject): Promise<"taken" | "over" | "away"> {
  try {
    const answered = await fetch(`${order.callback.url}/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${order.callback.token}` },
      body: JSON.stringify(body),
    });
    if (answered.status >= 500 || answered.status === 429) return "away";
    const said: unknown = await answered.json();
    return answered.ok && isObject(said) && said["goOn"] !== false ? "taken" : "over";
  } catch {
    return "away";
  }
}
