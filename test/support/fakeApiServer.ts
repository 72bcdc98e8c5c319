// A fake Kubernetes API server that can be registered and answers a probe. It can also hang, or refuse a credential.
// What real clusters answer is tested with real ones.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeApiServer {
  readonly url: string;
  /** Tokens that the server accepts. */
  readonly tokens: Set<string>;
  /** "hangs": the server accepts connections and does not answer. */
  mode: "answers" | "hangs";
  /** Uid of the namespace kube-system. */
  uid: string;
  /** Number of requests so far. */
  count(): number;
  /** A kubeconfig with this token and further fields of its user. */
  kubeconfig(token: string, user?: object): string;
  /** Resolves at the next request. */
  asked(): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeApiServer(): Promise<FakeApiServer> {
  let requests = 0;
  let waiting: (() => void)[] = [];
  const hanging = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    requests += 1;
    for (const tell of waiting) tell();
    waiting = [];
    if (fake.mode === "hangs") return void hanging.add(response);
    request.resume().once("end", () => answer(fake, request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const url = `http://127.0.0.1:${port}`;
  const fake: FakeApiServer = {
    url,
    tokens: new Set(["good"]),
    mode: "answers",
    uid: "uid-1",
    count: () => requests,
    kubeconfig: (token, user = {}) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "here",
        contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
        clusters: [{ name: "c", cluster: { server: url } }],
        users: [{ name: "u", user: { ...(token === "" ? {} : { token }), ...user } }],
      }),
    asked: () => new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      for (const response of hanging) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function answer(fake: FakeApiServer, request: IncomingMessage, response: ServerResponse): void {
  const send = (status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  if (!fake.tokens.has(token)) return send(401, { kind: "Status", code: 401, message: "Unauthorized" });
  if (request.url === "/version") return send(200, { gitVersion: "v1.36.0-fake" });
  if (request.url?.endsWith("/selfsubjectreviews"))
    return send(201, { status: { userInfo: { username: `user-of-${token}` } } });
  if (request.url === "/api/v1/namespaces/kube-system") return send(200, { metadata: { uid: fake.uid } });
  return send(404, { kind: "Status", code: 404, message: "not found" });
}
