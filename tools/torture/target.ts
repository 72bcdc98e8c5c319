// The machine that workflows of the users work on: it says its name, and it is held for a while. It writes down who held it and when, which is
// the only witness of a lock that asks neither the store nor the process that believes to have it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Hold {
  /** What was held; `POOL` by two at a time, every other by one. */
  readonly name: string;
  /** Run and job. */
  readonly holder: string;
  readonly fence: string;
  readonly from: number;
  /** Undefined while it goes on. */
  to?: number;
}

export interface Machine {
  readonly url: string;
  readonly holds: readonly Hold[];
  close(): Promise<void>;
}

export const POOL = "pool";
export const POOL_LIMIT = 2;

export async function startMachine(): Promise<Machine> {
  const holds: Hold[] = [];
  const server = createServer((request, response) => {
    const [what = "", name = "", time = ""] = (request.url ?? "").split("/").slice(1);
    if (what === "name") return answer(response, 200, { host: name });
    if (what === "hold") return hold(holds, { request, response, name, time: Number(time) });
    return answer(response, Number(name) || 404, {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // of a server that listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    holds,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly name: string;
  readonly time: number;
}

function hold(holds: Hold[], { request, response, name, time }: Asked): void {
  const holder = String(request.headers["idempotency-key"]);
  // Taken up again by another process: what the former still believes to do counts no more.
  for (const one of holds) if (one.holder === holder) one.to ??= Date.now();
  const one: Hold = { name, holder, fence: String(request.headers["kubemin-fence"] ?? ""), from: Date.now() };
  holds.push(one);
  const timer = setTimeout(() => answer(response, 200, {}), time);
  response.once("close", () => {
    clearTimeout(timer);
    one.to ??= Date.now();
  });
}

/** When a process stood still: it may have gone on with what was no longer its own, as far as it could not know. */
export interface Frozen {
  readonly from: number;
  readonly to: number;
}

/** After the end of a freeze, until the process has noticed. */
const NOTICES = 2_000;

export function heldTogether(holds: readonly Hold[], frozen: readonly Frozen[]): readonly string[] {
  const wakes = (at: number): boolean => frozen.some(({ from, to }) => at >= from && at <= to + NOTICES);
  return holds.flatMap((one) => {
    if (wakes(one.from)) return [];
    const others = holds.filter(
      (other) =>
        other !== one && other.name === one.name && other.from <= one.from && (other.to ?? Date.now()) > one.from,
    );
    const limit = one.name === POOL ? POOL_LIMIT : 1;
    return [
      ...(others.length < limit
        ? []
        : [`${one.name} was held by ${one.holder} beside ${others.map((other) => other.holder).join(", ")}`]),
      ...(one.fence === "" ? [`${one.name} was held by ${one.holder} without a fence`] : []),
    ];
  });
}
