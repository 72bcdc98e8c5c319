// Responses of the routes that start a run. With `?wait=30s` the response waits for the end of the run, but not longer
// than that: at the limit it is 202 with the address of the run, and the run continues.
import type { z } from "zod";
import type { RunView } from "../../api/views.ts";
import { parseDuration } from "../../model/document/duration.ts";
import { problem } from "../../model/problems/problem.ts";
import type { Run } from "../../model/run/run.ts";
import { invalidRequest } from "../requests/input.ts";
import type { Frozen, Reply, RouteContext } from "../shared/contract.ts";
import { runView } from "../views/run.ts";

type RunBody = Frozen<z.output<typeof RunView>>;

/** Longest accepted `wait`. Proxies usually allow a request to take longer than this. */
const LONGEST_MILLISECONDS = 60_000;

/** The response 202 while the run continues; Location is the address of the run. */
export async function accepted(run: Run, { dependencies, language }: RouteContext): Promise<Reply<RunBody>> {
  return {
    body: await runView(dependencies, run.id, language),
    location: `/api/v1/projects/${encodeURIComponent(run.project)}/runs/${encodeURIComponent(run.id)}`,
  };
}

/** Default of `wait` for a job type whose definition says that the caller expects the result. */
export const LONGEST_WAIT = `${LONGEST_MILLISECONDS / 1_000}s`;

/**
 * Like `accepted` when `wait` is missing or 0. Otherwise a place to wait is taken before `start` is called, so that
 * nothing is started when there is no place. The status is 200 when the run has ended. Throws Busy, TooManyWaits and
 * InvalidRequest.
 */
export async function acceptedAfter(
  context: RouteContext,
  wait: string | undefined,
  start: () => Promise<Run>,
): Promise<Reply<RunBody>> {
  const milliseconds = boundOf(wait);
  if (milliseconds === undefined) return await accepted(await start(), context);
  const waitSlot = context.waits.take(context.token?.id ?? "");
  try {
    const run = await start();
    await waitSlot.untilEnded(run, milliseconds, context.signal);
    const reply = await accepted(run, context);
    return reply.body.phase === "running" ? reply : { ...reply, status: 200 };
  } finally {
    waitSlot.leave();
  }
}

function boundOf(wait: string | undefined): number | undefined {
  if (wait === undefined) return undefined;
  const milliseconds = parseDuration(wait);
  if (milliseconds === undefined || milliseconds > LONGEST_MILLISECONDS)
    throw invalidRequest(problem("UnfitDuration", "/query/wait", { example: "30s", limit: LONGEST_WAIT }));
  return milliseconds === 0 ? undefined : milliseconds;
}
