// A receiver of webhooks for tests. It records all calls, and answers with the status that the test chooses.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly id: string;
  readonly run: string | null;
  readonly sequence: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: { readonly [key: string]: unknown };
}

export interface Receiver {
  readonly url: string;
  /** All calls, including refused ones. */
  readonly calls: Received[];
  /** The calls that were answered with 2xx. */
  readonly taken: Received[];
  /** Returns the status of the answer. Default: 200. */
  answer: (received: Received) => number | Promise<number>;
  /** Resolves once this number of calls was answered with 2xx. */
  until(count: number): Promise<void>;
  close(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => void take(request, response));
  const receiver: Receiver = {
    url: "",
    calls: [],
    taken: [],
    answer: () => 200,
    async until(count) {
      while (receiver.taken.length < count) await new Promise<void>((resolve) => waiting.add(resolve));
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = "";
    for await (const part of request.setEncoding("utf8")) text += part;
    // kubemin sends this shape.
    const body = JSON.parse(text) as Received["body"] & Pick<Received, "id" | "run" | "sequence">;
    const received = { ...body, headers: request.headers, text, body };
    receiver.calls.push(received);
    const status = await receiver.answer(received);
    if (status < 300) receiver.taken.push(received);
    response.writeHead(status).end();
    for (const wake of waiting) wake();
    waiting.clear();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // The server listens on TCP.
  return Object.assign(receiver, { url: `http://127.0.0.1:${port}/hook?token=in-the-address` });
}
