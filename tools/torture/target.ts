// The machine on which the users' workflows work: it answers with its name, and it is held for a while. It records who
// held it and when. This is the only evidence about a lock that depends neither on the store nor on the process that
// believes to hold it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Hold {
  /** Name of what was held: `POOL` by at most two holders at a time, all others by one. */
  readonly name: string;
  /** The run and the job that held it. */
  readonly holder: string;
  readonly fence: string;
  readonly from: number;
  /** When it was released; `undefined` while it is held. */
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
  const { port } = server.address() as AddressInfo; // The server listens on TCP.
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
  // Another process continues this job, so the hold of the former process ends now, whatever that process still
  // believes.
  for (const one of holds) if (one.holder === holder) one.to ??= Date.now();
  const one: Hold = { name, holder, fence: String(request.headers["kubemin-fence"] ?? ""), from: Date.now() };
  holds.push(one);
  const timer = setTimeout(() => answer(response, 200, {}), time);
  response.once("close", () => {
    clearTimeout(timer);
    one.to ??= Date.now();
  });
}

/**
 * A time in which a process was stopped. Just after it, the process may continue work that it has lost, until it
 * notices.
 */
export interface Frozen {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds after the end of a freeze within which the process must have noticed. */
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
        : [
            `${one.name} was held by ${one.holder} at the same time as ${others.map((other) => other.holder).join(", ")}`,
          ]),
      ...(one.fence === "" ? [`${one.name} was held by ${one.holder} without a fence`] : []),
    ];
  });
}
