// Prints a log stream. With --follow, a stream that breaks is opened again from the last time that was seen, and lines
// that were printed already are skipped.
import type { CallOf, Client } from "../../api/client.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import type { ApiLogLine } from "../output/logPrinter.ts";
import { isTransient } from "./watch.ts";

export type LogQuery = NonNullable<CallOf<"streamLogs">["query"]>;

interface LogRequest {
  readonly application: string;
  readonly query: LogQuery;
  readonly follow: boolean;
  readonly print: (line: ApiLogLine) => void;
}

const WAIT = { first: 500, most: 10_000 } as const;

export async function followLogs(context: CommandContext, client: Client, request: LogRequest): Promise<number> {
  const { terminal } = context;
  const stop = new AbortController();
  const forget = terminal.onInterrupt(() => stop.abort());
  const print = onlyNew(request.print);
  let { query } = request;
  let wait: number = WAIT.first;
  try {
    while (!stop.signal.aborted) {
      const before = print.last();
      const error = await readLogs(
        context,
        client,
        { ...request, query, print: (line) => print.print(line) },
        stop.signal,
      );
      if (stop.signal.aborted) break;
      if (!request.follow && error === undefined) return EXIT.done.code;
      if (error !== undefined && (!request.follow || !isTransient(error))) throw error;
      wait = print.last() === before ? Math.min(wait * 2, WAIT.most) : WAIT.first;
      if (error !== undefined)
        terminal.stderr.write(
          `${context.say({ en: "the log stream broke; connecting again", zh: "日志流中断，正在重新连接" })}\n`,
        );
      await terminal.sleep(wait, stop.signal);
      print.resume();
      query = resumed(request.query, print.last(), terminal.now());
    }
    return EXIT.interrupted.code;
  } finally {
    forget();
  }
}

async function readLogs(
  context: CommandContext,
  client: Client,
  request: LogRequest,
  signal: AbortSignal,
): Promise<unknown> {
  const params = { project: context.globals.project, application: request.application };
  try {
    const stream = client.stream(
      "streamLogs",
      { params, query: { ...request.query, follow: request.follow ? "true" : "false" } },
      signal,
    );
    for await (const { data } of stream) request.print(data);
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * The query that continues after `last`. The API counts in whole seconds, so some lines arrive twice; `onlyNew` drops
 * them.
 */
function resumed(query: LogQuery, last: string | undefined, now: Date): LogQuery {
  if (last === undefined) return query;
  const { tail: _everythingSince, ...rest } = query;
  return { ...rest, since: Math.max(1, Math.ceil((now.getTime() - Date.parse(last)) / 1_000) + 1) };
}

/** After `resume`, drops lines that are not newer than the last line printed from their container. */
function onlyNew(print: (line: ApiLogLine) => void) {
  const newest = new Map<string, string>();
  let printed: ReadonlyMap<string, string> = new Map();
  let last: string | undefined;
  return {
    last: () => last,
    resume(): void {
      printed = new Map(newest);
    },
    print(line: ApiLogLine): void {
      const source = `${line.pod}/${line.container}`;
      if (line.at <= (printed.get(source) ?? "")) return;
      newest.set(source, line.at);
      if (last === undefined || line.at > last) last = line.at;
      print(line);
    },
  };
}
