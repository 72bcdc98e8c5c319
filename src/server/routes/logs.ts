// The route that streams the log lines of an application's pods. readLogs of the engine also finds the lines of pods
// that are gone.
import { readLogs } from "../../engine/answering/logs.ts";
import type { LogLine } from "../../ports/cluster.ts";
import { given, type Implementations, type ServerStreamItem } from "../shared/contract.ts";
import { logLine } from "../views/run.ts";

export const logs = {
  streamLogs: async ({ params, query }, { dependencies, signal }) => {
    const { component, follow, tail, since, previous } = query;
    const options = given({ signal, follow, tail, sinceSeconds: since, previous });
    return { kind: "stream", items: itemsOf(await readLogs(dependencies, given({ ...params, component }), options)) };
  },
} satisfies Partial<Implementations>;

async function* itemsOf(lines: AsyncIterable<LogLine>): AsyncIterable<ServerStreamItem<ReturnType<typeof logLine>>> {
  for await (const line of lines) yield { data: logLine(line) };
}
