// Tests real calls to servers on the loopback address, which these tests allow.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createSocketServer, type Socket, type Server as SocketServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createOutgoing, type OutgoingOptions } from "../../src/outgoing/outgoing.ts";
import { SIGNATURE_HEADERS, signatureOf } from "../../src/outgoing/signature.ts";
import type { OutgoingRequest } from "../../src/ports/outgoing.ts";

const NEVER = new AbortController().signal;
const NOW = new Date("2026-05-06T07:08:09Z");
const clock = { now: () => NOW };
const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

async function listen<T extends Server | SocketServer>(server: T): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close());
  return (server.address() as AddressInfo).port; // The server listens on TCP.
}

async function serverThat(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const seen: { readonly url: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      seen.push({ url: request.url ?? "", headers: request.headers, body });
      answer(request, response, body);
    });
  });
  const port = await listen(server);
  open.push(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${port}`, port, seen };
}

function call(url: string, more: Partial<OutgoingRequest> = {}, options: Partial<OutgoingOptions> = {}) {
  const outgoing = createOutgoing({ allow: ["127.0.0.0/8"], clock, ...options });
  return outgoing.request({ url, method: "POST", body: "hello", signal: NEVER, ...more });
}

describe("a call", () => {
  it("brings back status, headers and body", async () => {
    const server = await serverThat((_, response, body) => response.writeHead(201, { "x-kind": "echo" }).end(body));
    const answer = await call(`${server.url}/path?q=1`, { headers: { "Content-Type": "text/plain" } });
    expect(answer).toMatchObject({ status: 201, body: "hello", headers: { "x-kind": "echo" } });
    expect(server.seen[0]).toMatchObject({ url: "/path?q=1", headers: { "content-type": "text/plain" } });
  });

  it("resolves a name once, connects to that address, and tells the server the name", async () => {
    const server = await serverThat((_, response) => response.end("ok"));
    let asked = 0;
    // The second answer of the resolver would be a rebinding attack, but the name is resolved only once.
    const resolve = async () => [["127.0.0.1"], ["10.0.0.1"]][asked++] ?? [];
    await call(`http://hooks.example:${server.port}/`, {}, { resolve });
    expect(asked).toBe(1);
    expect(server.seen[0]?.headers.host).toBe(`hooks.example:${server.port}`);
  });

  it.each([301, 302, 303, 307, 308])("is told of a redirect (%i) and does not follow it", async (status) => {
    const server = await serverThat((_, response) =>
      response.writeHead(status, { location: "http://169.254.169.254/latest" }).end(),
    );
    const answer = await call(server.url);
    expect(answer).toMatchObject({ status, headers: { location: "http://169.254.169.254/latest" } });
    expect(server.seen).toHaveLength(1);
  });

  it("refuses an answer that is too large, whatever its length header says", async () => {
    const server = await serverThat((_, response) => {
      response.writeHead(200);
      for (let part = 0; part < 40; part++) response.write("x".repeat(50_000));
      response.end();
    });
    await expect(call(server.url)).rejects.toMatchObject({ code: "AnswerTooLarge" });
  });

  it("cuts an answer that is too large where the caller asks for it", async () => {
    const server = await serverThat((_, response) => response.writeHead(500).end("x".repeat(1_001)));
    const limits = { answerBytes: 1_000 };
    const answer = await call(server.url, { limits, tooLarge: "cut" });
    expect(answer).toMatchObject({ status: 500, body: "x".repeat(1_000), cut: true });
    // An answer that must be signed is never cut, because the signature covers the whole body.
    const sign = { keyId: "k", secret: "s", answer: "required" } as const;
    await expect(call(server.url, { limits, tooLarge: "cut", sign })).rejects.toMatchObject({ code: "AnswerTooLarge" });
  });

  it("takes an answer of exactly the limit", async () => {
    const server = await serverThat((_, response) => response.end("x".repeat(1_000)));
    expect((await call(server.url, { limits: { answerBytes: 1_000 } })).body).toHaveLength(1_000);
    await expect(call(server.url, { limits: { answerBytes: 999 } })).rejects.toMatchObject({ code: "AnswerTooLarge" });
  });

  it("gives up on a server that begins to answer and does not end", async () => {
    const server = await serverThat((_, response) => void response.writeHead(200).write("and then"));
    await expect(call(server.url, { limits: { total: 150 } })).rejects.toMatchObject({ code: "AnswerTimeout" });
  });

  it("gives up on a TLS handshake that nobody answers, and on a resolver that hangs", async () => {
    const sockets: Socket[] = [];
    const port = await listen(createSocketServer((socket) => void sockets.push(socket)));
    open.push(() => sockets.forEach((socket) => socket.destroy()));
    const limits = { connect: 150 };
    await expect(call(`https://127.0.0.1:${port}/`, { limits })).rejects.toMatchObject({ code: "ConnectTimeout" });
    const resolve = () => new Promise<readonly string[]>(() => undefined);
    await expect(call("https://slow.example/", { limits }, { resolve })).rejects.toMatchObject({
      code: "ConnectTimeout",
    });
  });

  it("ends at once when the caller gives up", async () => {
    const stop = new AbortController();
    const server = await serverThat(() => stop.abort());
    await expect(call(server.url, { signal: stop.signal })).rejects.toMatchObject({ code: "Aborted" });
    await expect(call(server.url, { signal: stop.signal })).rejects.toMatchObject({ code: "Aborted" });
  });

  it("names what broke by code, without a stack or what was sent", async () => {
    const broken = await listen(createSocketServer((socket) => socket.end("this is not HTTP\r\n\r\n")));
    const cut = await listen(createSocketServer((socket) => socket.destroy()));
    const half = await serverThat((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
    });
    await expect(call(`http://127.0.0.1:${broken}/`)).rejects.toMatchObject({ code: "BadAnswer" });
    // The request may have arrived. Only without a connection it is certain that it did not.
    await expect(call(`http://127.0.0.1:${cut}/`)).rejects.toMatchObject({ code: "ConnectionLost" });
    await expect(call(half.url)).rejects.toMatchObject({ code: "ConnectionLost" });
    await expect(call(`https://127.0.0.1:${broken}/`)).rejects.toMatchObject({ code: "Unreachable" });
    await expect(call("http://127.0.0.1:1/?token=secret")).rejects.toThrow(
      /^127\.0\.0\.1 cannot be reached \(ECONNREFUSED\)$/,
    );
  });

  it.each([
    ["Host", "evil"],
    ["transfer-encoding", "chunked"],
    ["kubemin-signature", "v1=forged"],
    ["x-split", "a\r\nb: c"],
    ["bad name", "x"],
  ])("refuses the header %s", async (name, value) => {
    const server = await serverThat((_, response) => response.end());
    await expect(call(server.url, { headers: { [name]: value } })).rejects.toMatchObject({ code: "BadHeader" });
    expect(server.seen).toEqual([]);
  });
});

describe("signatures", () => {
  const secret = "a secret of both sides";
  const stamp = NOW.getTime() / 1_000;
  const outgoing = createOutgoing({ allow: [], clock });
  const signed = (body: string, more: Readonly<Record<string, string>> = {}) => ({
    host: "worker",
    body,
    headers: {
      [SIGNATURE_HEADERS.timestamp]: String(stamp),
      [SIGNATURE_HEADERS.signature]: signatureOf(secret, stamp, body),
      ...more,
    },
  });

  it("go along with a signed call, and are what the receiver computes", async () => {
    const server = await serverThat((_, response) => response.end());
    await call(server.url, { sign: { keyId: "one", secret } });
    const [{ headers, body } = { headers: {}, body: "" }] = server.seen;
    expect(headers).toMatchObject({ "kubemin-key": "one", "kubemin-timestamp": String(stamp) });
    expect(() =>
      outgoing.verify({ host: "us", headers: { ...headers } as Record<string, string>, body }, secret),
    ).not.toThrow(); // These headers are allowed.
  });

  it("are demanded of the answer when the caller says so", async () => {
    const server = await serverThat(({ url }, response) => {
      if (url === "/signed") response.writeHead(200, signed("done").headers);
      response.end("done");
    });
    const sign = { keyId: "one", secret, answer: "required" as const };
    expect((await call(`${server.url}/signed`, { sign })).body).toBe("done");
    await expect(call(server.url, { sign })).rejects.toMatchObject({ code: "Unsigned" });
    await expect(call(`${server.url}/signed`, { sign: { ...sign, secret: "other" } })).rejects.toMatchObject({
      code: "BadSignature",
    });
  });

  it.each([
    ["another body", { ...signed("hello"), body: "hellO" }, "BadSignature"],
    [
      "another secret",
      signed("hello", { [SIGNATURE_HEADERS.signature]: signatureOf("x", stamp, "hello") }),
      "BadSignature",
    ],
    [
      "a timestamp that was changed",
      signed("hello", { [SIGNATURE_HEADERS.timestamp]: String(stamp + 1) }),
      "BadSignature",
    ],
    ["no signature", signed("hello", { [SIGNATURE_HEADERS.signature]: "" }), "Unsigned"],
    ["no timestamp", signed("hello", { [SIGNATURE_HEADERS.timestamp]: "soon" }), "Unsigned"],
  ])("are refused for %s", (_, message, code) => {
    expect(() => outgoing.verify(message, secret)).toThrow(expect.objectContaining({ code }));
  });

  it("are good for five minutes, in both directions, and for no longer", () => {
    const at = (seconds: number) =>
      signed("x", {
        [SIGNATURE_HEADERS.timestamp]: String(stamp + seconds),
        [SIGNATURE_HEADERS.signature]: signatureOf(secret, stamp + seconds, "x"),
      });
    for (const seconds of [-300, 0, 300]) expect(() => outgoing.verify(at(seconds), secret)).not.toThrow();
    for (const seconds of [-301, 301])
      expect(() => outgoing.verify(at(seconds), secret)).toThrow(expect.objectContaining({ code: "StaleSignature" }));
  });

  it("may be two while a secret is being changed", () => {
    const both = `v1=${"0".repeat(64)}, ${signatureOf(secret, stamp, "x")}`;
    expect(() => outgoing.verify(signed("x", { [SIGNATURE_HEADERS.signature]: both }), secret)).not.toThrow();
  });
});
