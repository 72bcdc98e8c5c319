// Simulated logs. Every line begins with "sandbox:", so that it is not mistaken for output of the program.
// src/sandbox/pods/simulatedLines.ts computes the lines from the pods and the time; this file filters them and waits
// for the next one.
import { type LogTail, logTail } from "../model/data/logTail.ts";
import type { LogLine, LogOptions, Owner } from "../ports/cluster.ts";
import { untilMoment } from "./changes.ts";
import { type Dated, linesOf } from "./pods/simulatedLines.ts";
import type { SandboxState } from "./state.ts";
import { enter } from "./writeCalls.ts";

/**
 * Ends when the signal aborts, when all lines were sent and `follow` is false, or when the only Job that was asked for
 * has ended.
 */
export async function* streamLogs(state: SandboxState, owner: Owner, options: LogOptions): AsyncGenerator<LogLine> {
  await enter(state, options.signal);
  const told = new Set<string>();
  const look = (): readonly Dated[] => linesOf(state.objects.list(owner.namespace), owner, options.previous === true);
  for (const line of shorten(due(look(), state.objects.now()), options, state.objects.now())) yield line;
  for (const line of due(look(), state.objects.now())) told.add(keyOf(line));
  while (options.follow && !options.signal.aborted && !state.closing.signal.aborted) {
    const seen = state.changes.count();
    const all = look();
    const fresh = due(all, state.objects.now()).filter((line) => !told.has(keyOf(line)));
    for (const line of fresh) {
      told.add(keyOf(line));
      yield line;
    }
    const next = all.find((one) => one.time > state.objects.now())?.time ?? null;
    if (owner.job !== undefined && all.length > 0 && next === null) return;
    const signal = AbortSignal.any([options.signal, state.closing.signal]);
    await state.changes.after(seen, { signal, limit: untilMoment(state.clock, next) });
  }
}

function due(all: readonly Dated[], now: number): readonly LogLine[] {
  return all.filter((one) => one.time <= now).map((one) => one.line);
}

function keyOf(line: LogLine): string {
  return `${line.pod}/${line.container}/${line.at}/${line.text}`;
}

/** The past lines that `tail` (per container) and `sinceSeconds` select. */
function shorten(lines: readonly LogLine[], options: LogOptions, now: number): readonly LogLine[] {
  const { tail, sinceSeconds } = options;
  const recent =
    sinceSeconds === undefined ? lines : lines.filter((line) => Date.parse(line.at) >= now - sinceSeconds * 1000);
  if (tail === undefined) return recent;
  const tails = new Map<string, LogTail<LogLine>>();
  for (const line of recent) {
    const source = `${line.pod}/${line.container}`;
    const own = tails.get(source) ?? logTail<LogLine>(tail);
    own.put(line);
    tails.set(source, own);
  }
  const kept = [...tails.values()].flatMap((own) => own.lines());
  const shown = options.countEarlier === true ? kept : kept.filter((line) => recent.includes(line));
  return shown.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
