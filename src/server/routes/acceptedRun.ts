// Answers to what starts a run.
// "Start this, and tell me how it ended, but do not let me wait for ever": what `?wait=30s` means. The work is never lost: at the bound
// the answer is 202 with the run's address, and the run goes on.
import type { z } from "zod";
import type { RunView } from "../../api/views.ts";
import { parseDuration } from "../../model/document/duration.ts";
import type { Run } from "../../model/run/run.ts";
import { invalidRequest } from "../requests/input.ts";
import type { Context, Frozen, Reply } from "../shared/contract.ts";
import { runView } from "../views/run.ts";

type RunBody = Frozen<z.output<typeof RunView>>;

/** Below what proxies usually allow a request to take. */
const LONGEST_MILLISECONDS = 60_000;

/** 202: the run goes on after the answer; Location says where to look. */
export async function accepted(run: Run, { dependencies, language }: Context): Promise<Reply<RunBody>> {
  return {
    body: await runView(dependencies, run.id, language),
    location: `/api/v1/projects/${encodeURIComponent(run.project)}/runs/${encodeURIComponent(run.id)}`,
  };
}

/** What `wait` is where the type of the job says that it answers, and the caller says nothing. */
export const LONGEST_WAIT = `${LONGEST_MILLISECONDS / 1_000}s`;

/** Without `wait`, or with one of 0: what `accepted` does. A place to wait is taken before `start` is called: no place, and nothing was started. */
export async function acceptedAfter(
  context: Context,
  wait: string | undefined,
  start: () => Promise<Run>,
): Promise<Reply<RunBody>> {
  const milliseconds = boundOf(wait);
  if (milliseconds === undefined) return await accepted(await start(), context);
  const place = context.waits.take(context.token?.id ?? "");
  try {
    const run = await start();
    await place.untilEnded(run, milliseconds, context.signal);
    const reply = await accepted(run, context);
    return reply.body.phase === "running" ? reply : { ...reply, status: 200 };
  } finally {
    place.leave();
  }
}

function boundOf(wait: string | undefined): number | undefined {
  if (wait === undefined) return undefined;
  const milliseconds = parseDuration(wait);
  if (milliseconds === undefined || milliseconds > LONGEST_MILLISECONDS)
    throw invalidRequest("query wait: a duration like 30s, at most 60s");
  return milliseconds === 0 ? undefined : milliseconds;
}
