// Sends one request to a published address, as a visitor would. It uses Node's http because fetch does not allow
// setting the Host header, and the host of a route need not resolve from here. Redirects are not followed: any response
// counts as an answer.
import { request as secureRequest } from "node:https";
import { request as plainRequest } from "../../../ports/nodeHttp.ts";

export interface RouteRequest {
  readonly secure: boolean;
  /** Published host name or address. */
  readonly host: string;
  readonly port: number;
  /** Host header of the request. `undefined` uses the published host. */
  readonly hostHeader: string | undefined;
  readonly path: string;
}

export interface RouteAnswer {
  readonly status: number;
  /** The `server` header. */
  readonly server: string;
  /** The first 2 KB of the body. */
  readonly body: string;
}

/** Throws when the address cannot be reached or the signal aborts before the answer. */
export type Ask = (request: RouteRequest, signal: AbortSignal) => Promise<RouteAnswer>;

const ENOUGH = 2_048;

export const askOverNetwork: Ask = async (request, signal) => {
  const { promise, resolve, reject } = Promise.withResolvers<RouteAnswer>();
  const send = request.secure ? secureRequest : plainRequest;
  const outgoing = send({
    host: request.host,
    port: request.port,
    path: request.path,
    method: "GET",
    headers: { host: request.hostHeader ?? request.host, "user-agent": "kubemin route check", accept: "*/*" },
    // The certificate is not checked, because nothing secret is sent and only the response is looked at.
    ...(request.secure ? { rejectUnauthorized: false, servername: request.hostHeader ?? "" } : {}),
    agent: false,
    signal,
  });
  outgoing.once("error", reject);
  outgoing.once("response", (incoming) => {
    let body = "";
    const answer = (): void => {
      resolve({ status: incoming.statusCode ?? 0, server: String(incoming.headers["server"] ?? ""), body });
      incoming.destroy();
    };
    incoming.setEncoding("utf8").on("data", (text: string) => {
      body += text;
      if (body.length >= ENOUGH) answer();
    });
    incoming.once("end", answer);
    incoming.once("error", answer);
  });
  outgoing.end();
  return promise;
};

/** The URL that a person would type. */
export function urlOf({ secure, host, port, hostHeader, path }: RouteRequest): string {
  const name = hostHeader ?? (host.includes(":") ? `[${host}]` : host);
  return `${secure ? "https" : "http"}://${name}${port === (secure ? 443 : 80) ? "" : `:${port}`}${path}`;
}
