// Waits for the ends of many runs, with a single stream of events.
import type { Client } from "../../src/api/client.ts";

interface Awaited {
  readonly count: number;
  /** Sequence number of the last event that is already known. */
  readonly after: number;
}

/** Counts the ended runs by phase. There are fewer than `count` when `stop` aborted before. */
export async function endsOf(
  client: Client,
  { count, after }: Awaited,
  stop: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const phases = new Map<string, number>();
  let ended = 0;
  const asked = { params: { project: "default" }, query: { after } };
  try {
    for await (const { data } of client.stream("streamEvents", asked, stop)) {
      if (data.type !== "run.finished") continue;
      const phase = String(data.data["phase"]);
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
      ended += 1;
      if (ended % 250 === 0) process.stderr.write(`${ended} runs have ended\n`);
      if (ended === count) break;
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return phases;
}
