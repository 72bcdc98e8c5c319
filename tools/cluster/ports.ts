// The ports that an instance uses on the host. The same slot gets the same ports, unless another program uses them.
import { createServer } from "node:net";

export const portNames = [
  "etcd",
  "etcdPeer",
  "api",
  "controllers",
  "scheduler",
  "web",
  "simulation",
  "kueueHealth",
  "kueueWebhook",
] as const;
export type Ports = Readonly<Record<(typeof portNames)[number], number>>;

// Below the kernel's range for outgoing connections (from 32768), so that no outgoing connection takes a port by
// chance.
const firstPort = 21_000;
const portsPerSlot = 20;

export async function choosePorts(slot: number): Promise<Ports> {
  const chosen = await Promise.all(
    portNames.map(async (name, index) => {
      const wanted = firstPort + slot * portsPerSlot + index;
      return [name, (await isFree(wanted)) ? wanted : await anyFreePort()] as const;
    }),
  );
  // The cast is safe: fromEntries loses the types of the names, but all of portNames are mapped above.
  return Object.fromEntries(chosen) as Ports;
}

export function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

const anyFreePort = (): Promise<number> => listenOnce(0);

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "0.0.0.0", () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === "object" ? address.port : port));
    });
  });
}
