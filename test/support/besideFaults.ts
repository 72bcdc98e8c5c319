// Measures the runs of one project (the victim) while the job types of another project misbehave. A worker that answers
// immediately does the jobs of the victim, and the time from the request to the event "run finished" is measured, so
// that the busy processor of the node does not hide what the platform does.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { signedHeaders } from "../../src/outgoing/signature.ts";
import { type TypesServer, typeNamed } from "../e2e/support/types.ts";
import type { Fault } from "./faults.ts";

const SECRET = "a secret of both sides";

export interface Victim {
  readonly project: string;
  readonly type: string;
  stop(): void;
}

export async function startVictim(types: TypesServer, project: string): Promise<Victim> {
  const worker = createServer((request, response) => {
    const text = JSON.stringify({ phase: "Succeeded", outputs: {} });
    request.resume().on("end", () => {
      const headers = signedHeaders({ keyId: "w", secret: SECRET }, text, new Date());
      response.writeHead(200, { "content-type": "application/json", ...headers }).end(text);
    });
  });
  await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
  const { port } = worker.address() as AddressInfo; // it listens on TCP
  const type = `${project}-victim`;
  await types.register(
    typeNamed(type, { runtime: { tier: "T2", url: `http://127.0.0.1:${port}`, secret: SECRET } }),
    project,
  );
  return { project, type, stop: () => worker.close() };
}

/** Milliseconds that each run takes. The runs are started one after the other, with a pause in between. */
export async function timesOf(
  types: TypesServer,
  { project, type }: Victim,
  { count, between = 0 }: { readonly count: number; readonly between?: number },
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    const { phase } = await types.run(type, {}, { project });
    if (phase !== "succeeded") throw new Error(`the other project's run ended as ${phase}`);
    times.push(performance.now() - began);
    if (between > 0) await setTimeout(between);
  }
  return times;
}

export interface Burning {
  /** The end of each job of the fault, as `phase code`. */
  readonly endings: readonly string[];
  readonly times: readonly number[];
}

/**
 * Keeps several jobs of the fault running, each started again when it ends, until all runs of the victim are done and
 * each job has ended once.
 */
export async function burn(
  types: TypesServer,
  {
    fault,
    project,
    victim,
    width,
    count,
    between,
  }: {
    readonly fault: Fault;
    readonly project: string;
    readonly victim: Victim;
    readonly width: number;
    readonly count: number;
    readonly between?: number;
  },
): Promise<Burning> {
  const type = typeIn(project, fault);
  const endings: string[] = [];
  const over = new AbortController();
  const again = async (): Promise<void> => {
    do {
      const { jobs } = await types.run(type, {}, { project });
      endings.push(JSON.stringify({ phase: jobs[0]?.phase, reason: jobs[0]?.reason }));
    } while (!over.signal.aborted);
  };
  const burning = Array.from({ length: width }, again);
  const times = await timesOf(types, victim, { count, ...(between === undefined ? {} : { between }) });
  over.abort();
  await Promise.all(burning);
  return { endings, times };
}

export function typeIn(project: string, { name }: Fault): string {
  return `${project}-${name}`;
}

export async function registerFault(types: TypesServer, project: string, fault: Fault): Promise<void> {
  await types.register(typeNamed(typeIn(project, fault), fault.spec), project);
}
