// Reads the last log lines of a container as evidence for a final verdict. Best effort, within two seconds, so that a
// verdict is not delayed by a log.
import type { Evidence } from "../../model/kubernetes/health.ts";
import type { Connection } from "../reach/connection.ts";
import { linesOf } from "../reach/splitLines.ts";
import type { LogSource } from "./finding.ts";

const LINES = 20;
const DEADLINE = 2_000;
const BYTES = 16_384;

export async function lastWords(
  connection: Connection,
  source: LogSource,
  outer: AbortSignal,
): Promise<readonly Evidence[]> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(DEADLINE)]);
  const first = await tail(connection, source, signal);
  // Between two lives of a container, the log of the expected one may be missing; then the other life's log is read.
  const lines = first.length > 0 ? first : await tail(connection, { ...source, previous: !source.previous }, signal);
  return lines.length === 0 ? [] : [{ source: "log", object: `Pod/${source.pod}`, text: lines.join("\n") }];
}

async function tail(connection: Connection, source: LogSource, signal: AbortSignal): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(source.namespace)}/pods/${encodeURIComponent(source.pod)}/log`;
  const query = { container: source.container, previous: source.previous, tailLines: LINES, limitBytes: BYTES };
  try {
    const stream = await connection.stream({ path, query, signal });
    const lines = (await Array.fromAsync(linesOf(stream))).slice(-LINES);
    // When the log of the container is gone, the kubelet answers 200 with this sentence.
    return lines.filter((line) => !line.startsWith("unable to retrieve container logs for "));
  } catch {
    return [];
  }
}
