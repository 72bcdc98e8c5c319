// One HTTP exchange with one address, on its own connection and within its limits. It follows no redirect and retries
// nothing.
import type { IncomingMessage, RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { request as httpRequest } from "../ports/nodeHttp.ts";
import { type OutgoingAnswer, type OutgoingLimits, OutgoingRefused } from "../ports/outgoing.ts";
import type { CallTarget } from "./allowedTarget.ts";

interface RawAnswer extends Omit<OutgoingAnswer, "body" | "garbled"> {
  readonly bytes: Buffer;
}

interface HttpExchange {
  readonly target: CallTarget;
  readonly address: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly limits: OutgoingLimits;
  readonly tooLarge: "cut" | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds that are left for connecting, TLS included. */
  readonly connect: number;
}

export function exchange(wanted: HttpExchange): Promise<RawAnswer> {
  const { target, limits, signal, body } = wanted;
  const { host, url } = target;
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(optionsOf(wanted));
    let connected = false;
    let answered = false;
    const end = (error: OutgoingRefused): void => {
      reject(error);
      request.destroy();
    };
    const late = setTimeout(() => {
      if (!connected) end(new OutgoingRefused("ConnectTimeout", { host, seconds: limits.connect / 1_000 }));
    }, wanted.connect);
    const abort = (): void => end(new OutgoingRefused("Aborted", { host }));
    signal.addEventListener("abort", abort, { once: true });
    request.once("socket", (socket) =>
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => (connected = true)),
    );
    request.once("response", (response) => {
      answered = true;
      void readAnswer(response, wanted).then(resolve, end);
    });
    // The listener stays for later errors, such as those of a destroyed socket: an error without a listener would end
    // the process.
    request.on("error", (error) => reject(refusalOf(error, { host, connected })));
    request.once("close", () => {
      clearTimeout(late);
      signal.removeEventListener("abort", abort);
      if (!answered) reject(lost({ host, connected }, "closed"));
    });
    request.end(body);
  });
}

function optionsOf({ target, address, method, headers, body }: HttpExchange): RequestOptions & { servername?: string } {
  const { url, host } = target;
  return {
    host: address,
    port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    method,
    agent: false,
    // The certificate must be valid for the host name, although the connection goes to an address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    headers: {
      ...headers,
      host: url.host,
      connection: "close",
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    },
  };
}

async function readAnswer(response: IncomingMessage, { target, limits, tooLarge }: HttpExchange): Promise<RawAnswer> {
  const { host } = target;
  const status = response.statusCode ?? 0;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    // No encoding was set, so the parts are buffers.
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      parts.push(part);
      if (size <= limits.answerBytes) continue;
      if (tooLarge !== "cut") throw new OutgoingRefused("AnswerTooLarge", { host, status, limit: limits.answerBytes });
      break;
    }
  } catch (error) {
    throw refusalOf(error, { host, connected: true });
  }
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  return {
    status,
    headers: Object.fromEntries(headers),
    bytes: Buffer.concat(parts).subarray(0, limits.answerBytes),
    ...(size > limits.answerBytes ? { cut: true as const } : {}),
  };
}

interface Connection {
  readonly host: string;
  /** True once the connection is established, TLS included. Before that, nothing of the request is sent. */
  readonly connected: boolean;
}

/** Uses only the code of a system error, because its text may repeat what was sent. */
function refusalOf(error: unknown, connection: Connection): OutgoingRefused {
  if (error instanceof OutgoingRefused) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  if (code.startsWith("HPE_")) return new OutgoingRefused("BadAnswer", { host: connection.host, detail: code });
  return lost(connection, code);
}

function lost({ host, connected }: Connection, detail: string): OutgoingRefused {
  return new OutgoingRefused(connected ? "ConnectionLost" : "Unreachable", { host, detail });
}
