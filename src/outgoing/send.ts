// One HTTP exchange with one address, on a connection of its own: within its limits, or not at all. Nothing is followed or repeated.
import type { IncomingMessage, RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { request as httpRequest } from "../ports/nodeHttp.ts";
import { type OutgoingAnswer, type OutgoingLimits, OutgoingRefused } from "../ports/outgoing.ts";
import type { Target } from "./guard.ts";

export interface Exchange {
  readonly target: Target;
  readonly address: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly limits: OutgoingLimits;
  readonly signal: AbortSignal;
  /** What is left of the time for connecting. */
  readonly connect: number;
}

export function exchange(wanted: Exchange): Promise<OutgoingAnswer> {
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
    // Later errors too, of a socket that is torn down: an error that nobody hears would end the process.
    request.on("error", (error) => reject(refusalOf(error, host)));
    request.once("close", () => {
      clearTimeout(late);
      signal.removeEventListener("abort", abort);
      if (!answered) reject(new OutgoingRefused("Unreachable", { host, detail: "the connection was closed" }));
    });
    request.end(body);
  });
}

function optionsOf({ target, address, method, headers, body }: Exchange): RequestOptions & { servername?: string } {
  const { url, host } = target;
  return {
    host: address,
    port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    method,
    agent: false,
    // The certificate must be the name's, though we connect to an address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    headers: {
      ...headers,
      host: url.host,
      connection: "close",
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    },
  };
}

async function readAnswer(response: IncomingMessage, { target, limits }: Exchange): Promise<OutgoingAnswer> {
  const { host } = target;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      // no encoding was set, so parts are buffers
      size += part.length;
      if (size > limits.answerBytes) throw new OutgoingRefused("AnswerTooLarge", { host, limit: limits.answerBytes });
      parts.push(part);
    }
  } catch (error) {
    throw refusalOf(error, host);
  }
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(parts).toString(),
  };
}

/** Only the code of the system's error: its text may repeat what we sent. */
function refusalOf(error: unknown, host: string): OutgoingRefused {
  if (error instanceof OutgoingRefused) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  return new OutgoingRefused(code.startsWith("HPE_") ? "BadAnswer" : "Unreachable", { host, detail: code });
}
