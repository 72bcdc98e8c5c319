// A faulty API server: a proxy in front of the real one. It answers some requests with 409, 410, 429, 500 or 503, or
// hangs up, before or after the real server carried them out, and it cuts watches sooner or later. It speaks plain HTTP
// on the loopback address and uses the identity of the kubeconfig.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { parse } from "yaml";
import { dig } from "../../../src/model/data/json.ts";

export interface FaultyApi {
  /** The path of a kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** The number of faults by method and kind, such as `DELETE 409`. */
  readonly faults: ReadonlyMap<string, number>;
  /** Asks the real API server, without faults. */
  read(path: string): Promise<unknown>;
  /** Ends the faults: all later requests pass. */
  calm(): void;
  close(): Promise<void>;
}

export interface FaultyOptions {
  readonly kubeconfig: string;
  readonly context: string;
  /** The folder for the new kubeconfig. */
  readonly file: string;
  /** Returns the next random number, from 0 to 1. */
  readonly random: () => number;
  /** The share of requests that get a fault, from 0 to 1. */
  readonly share: number;
}

type Fault = "409" | "410" | "429" | "500" | "503" | "500 afterwards" | "hung up" | "hung up afterwards" | "cut";
const WRITES: readonly string[] = ["PATCH", "POST", "PUT", "DELETE"];

export async function startFaultyApi(options: FaultyOptions): Promise<FaultyApi> {
  const target = targetOf(options);
  const agent = new Agent({ ...target.tls, keepAlive: true });
  const faults = new Map<string, number>();
  let calm = false;
  const server = createServer((request, response) => {
    const fault = calm ? undefined : chooseFault(request, options);
    if (fault !== undefined) count(faults, request, fault);
    forward({ request, response, fault, url: target.url, agent, random: options.random });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": options.context,
    clusters: [{ name: "faulty", cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: "nobody", user: {} }],
    contexts: [{ name: options.context, context: { cluster: "faulty", user: "nobody" } }],
  };
  writeFileSync(options.file, JSON.stringify(config), { mode: 0o600 });
  return {
    kubeconfig: options.file,
    faults,
    read: (path) => readDirectly(new URL(path, target.url), agent),
    calm: () => {
      calm = true;
    },
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(options.file, { force: true });
    },
  };
}

function targetOf({ kubeconfig, context }: FaultyOptions) {
  const config: unknown = parse(readFileSync(kubeconfig, "utf8"));
  const named = (list: string, name: unknown, field: string): unknown => {
    const all = dig(config, list);
    return dig(Array.isArray(all) ? all.find((one) => dig(one, "name") === name) : undefined, field);
  };
  const chosen = named("contexts", context, "context");
  const cluster = named("clusters", dig(chosen, "cluster"), "cluster");
  const user = named("users", dig(chosen, "user"), "user");
  const pem = (from: unknown, name: string): Buffer | undefined => {
    const [data, file] = [dig(from, `${name}-data`), dig(from, name)];
    if (typeof data === "string") return Buffer.from(data, "base64");
    return typeof file === "string" ? readFileSync(file) : undefined;
  };
  const parts = {
    ca: pem(cluster, "certificate-authority"),
    cert: pem(user, "client-certificate"),
    key: pem(user, "client-key"),
  };
  const tls = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  return { url: String(dig(cluster, "server")), tls };
}

function chooseFault(request: IncomingMessage, { random, share }: FaultyOptions): Fault | undefined {
  const watching = /[?&]watch=/.test(request.url ?? "");
  // Watches are few and live long, so most of them get a fault.
  if (watching) return random() < 0.3 ? "410" : "cut";
  if (random() >= share) return undefined;
  const write = WRITES.includes(request.method ?? "");
  const kinds: readonly Fault[] = write
    ? ["409", "429", "500", "503", "500 afterwards", "hung up", "hung up afterwards"]
    : ["429", "500", "503", "hung up"];
  return kinds[Math.floor(random() * kinds.length)];
}

function count(faults: Map<string, number>, { url, method = "" }: IncomingMessage, fault: Fault): void {
  const dry = /[?&]dryRun=/.test(url ?? "") ? " (dry run)" : "";
  const kind = `${/[?&]watch=/.test(url ?? "") ? "WATCH" : method}${dry} ${fault}`;
  faults.set(kind, (faults.get(kind) ?? 0) + 1);
}

async function readDirectly(url: URL, agent: Agent): Promise<unknown> {
  const chunks = await new Promise<readonly Buffer[]>((resolve, reject) => {
    const request = secureRequest(url, { agent }, (answer) => {
      resolve(answer.toArray() as Promise<Buffer[]>); // no encoding is set, so the pieces are buffers
    });
    request.once("error", reject);
    request.end();
  });
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

interface Forwarding {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: Fault | undefined;
  readonly url: string;
  readonly agent: Agent;
  readonly random: () => number;
}

function refuse(response: ServerResponse, code: number, reason: string): void {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason,
    message: `spoilt by the test: ${reason}`,
  };
  response.writeHead(code, { "content-type": "application/json", ...(code === 429 ? { "retry-after": "1" } : {}) });
  response.end(JSON.stringify(body));
}

/** The life of a watch in milliseconds, from a random number from 0 to 1. Most are cut soon, some after a minute. */
const lifeOf = (share: number): number => 200 + 60_000 * share ** 4;

const REFUSALS: Readonly<Partial<Record<Fault, readonly [number, string]>>> = {
  "409": [409, "Conflict"],
  "429": [429, "TooManyRequests"],
  "500": [500, "InternalError"],
  "503": [503, "ServiceUnavailable"],
};

function forward({ request, response, fault, url, agent, random }: Forwarding): void {
  const refusal = fault === undefined ? undefined : REFUSALS[fault];
  if (refusal !== undefined) {
    request.resume();
    return refuse(response, ...refusal);
  }
  if (fault === "410") {
    const gone = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } };
    return void response.writeHead(200, { "content-type": "application/json" }).end(`${JSON.stringify(gone)}\n`);
  }
  if (fault === "hung up") return void response.destroy();
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const onward = secureRequest(
    new URL(request.url ?? "/", url),
    { method: request.method, headers, agent },
    (answer) => {
      if (fault === "500 afterwards") {
        answer.resume();
        return refuse(response, 500, "InternalError");
      }
      if (fault === "hung up afterwards") return void answer.resume().once("end", () => response.destroy());
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // Without this, the headers of a quiet watch would wait for the first event.
      response.flushHeaders();
      answer.pipe(response);
      if (fault === "cut") setTimeout(() => response.destroy(), lifeOf(random()));
    },
  );
  onward.once("error", () => response.destroy());
  response.once("close", () => onward.destroy());
  request.pipe(onward);
}
