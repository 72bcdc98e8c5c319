// Reads from the audit log of the API server which requests kubemin sent.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { auditLogFile } from "./environment.ts";

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string };
}

const WRITES: readonly string[] = ["create", "update", "patch", "delete", "deletecollection"];

/** Returns a function that lists kubemin's write requests in the namespace since this call, including dry runs. */
export function countWrites(namespace: string): () => readonly string[] {
  const file = auditLogFile();
  const from = statSync(file).size;
  return () => {
    const events = readFrom(file, from)
      .split("\n")
      .filter((line) => line.includes(namespace))
      .map((line) => JSON.parse(line) as AuditEvent); // the API server's own format
    return events
      .filter(
        ({ userAgent, verb, objectRef }) =>
          userAgent?.startsWith("kubemin/") && WRITES.includes(verb) && objectRef?.namespace === namespace,
      )
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
  };
}

function readFrom(file: string, from: number): string {
  const length = statSync(file).size - from;
  const buffer = Buffer.alloc(length);
  const handle = openSync(file, "r");
  try {
    const read = readSync(handle, buffer, 0, length, from);
    const text = buffer.toString("utf8", 0, read);
    return text.slice(0, text.lastIndexOf("\n") + 1);
  } finally {
    closeSync(handle);
  }
}
