// A network connection to an API server that can be disturbed: it passes everything on (TLS stays end to end), hangs,
// is slow or is gone.
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { parse } from "yaml";

export type Trouble = "none" | "hangs" | "slow" | "gone";

export interface TroubledWire {
  /** The path of a kubeconfig that leads through this connection. */
  readonly kubeconfig: string;
  readonly server: string;
  /** Changes the state. "gone" cuts open connections; "hangs" stops them. */
  become(trouble: Trouble): void;
  close(): Promise<void>;
}

const SLOW = 1_500;

export async function startTroubledWire(kubeconfig: string, file: string): Promise<TroubledWire> {
  const config = parse(readFileSync(kubeconfig, "utf8")) as { clusters: { cluster: { server: string } }[] }; // a kubeconfig has this shape
  const [first] = config.clusters;
  if (first === undefined) throw new Error(`${kubeconfig} names no cluster`);
  const target = new URL(first.cluster.server);
  let trouble: Trouble = "none";
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    if (trouble === "gone") return void inner.destroy();
    const outer = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on("data", (data) => pass(to, data, trouble));
      if (trouble === "hangs") from.pause();
      from.on("error", () => undefined);
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  first.cluster.server = `https://127.0.0.1:${port}`;
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return {
    kubeconfig: file,
    server: first.cluster.server,
    become: (next) => {
      trouble = next;
      for (const socket of sockets) {
        if (next === "gone") socket.destroy();
        else if (next === "hangs") socket.pause();
        else socket.resume();
      }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(to: Socket, data: Buffer | string, trouble: Trouble): void {
  if (trouble === "slow") setTimeout(() => to.write(data), SLOW).unref();
  else to.write(data);
}
