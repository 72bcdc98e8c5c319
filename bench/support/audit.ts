// Reads the requests that reached the API server from its audit log, which is the only reliable record of what was
// sent.
import { closeSync, openSync, readSync, statSync } from "node:fs";

export interface Request {
  readonly verb: string;
  readonly user: string;
  readonly agent: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly received: number;
  readonly answered: number;
}

export const WRITES = new Set(["create", "update", "patch", "delete", "deletecollection"]);

/** The requests that were logged while `work` ran. */
export async function requestsDuring(auditLog: string, work: () => Promise<void>): Promise<readonly Request[]> {
  const begin = statSync(auditLog).size;
  await work();
  return readFrom(auditLog, begin)
    .split("\n")
    .filter((line) => line !== "")
    .map(parse);
}

function readFrom(file: string, begin: number): string {
  const handle = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(statSync(file).size - begin);
    readSync(handle, buffer, 0, buffer.length, begin);
    return buffer.toString("utf8");
  } finally {
    closeSync(handle);
  }
}

function parse(line: string): Request {
  const entry = JSON.parse(line) as Record<string, never> & {
    verb: string;
    user: { username: string };
    userAgent?: string;
    objectRef?: Record<string, string>;
    requestReceivedTimestamp: string;
    stageTimestamp: string;
  }; // The shape of audit.k8s.io/v1.
  const { resource = "", subresource = "", namespace = "", name = "" } = entry.objectRef ?? {};
  return {
    verb: entry.verb,
    user: entry.user.username,
    agent: entry.userAgent ?? "",
    resource,
    subresource,
    namespace,
    name,
    received: precise(entry.requestReceivedTimestamp),
    answered: precise(entry.stageTimestamp),
  };
}

/** Milliseconds of an RFC 3339 time with microseconds, which Date would cut off. */
function precise(time: string): number {
  const fraction = /\.(\d+)Z$/.exec(time)?.[1] ?? "0";
  return Date.parse(time.replace(/\.\d+Z$/, "Z")) + Number(`0.${fraction}`) * 1_000;
}
