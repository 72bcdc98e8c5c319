// The routes of runs: start, read, cancel, pause, retry.
import { createHash } from "node:crypto";
import type { z } from "zod";
import type { RunView } from "../../api/views.ts";
import { listRuns } from "../../engine/answering/runList.ts";
import { explainRun } from "../../engine/answering/why.ts";
import { explainRunAt } from "../../engine/answering/whyAt.ts";
import { retryRun } from "../../engine/starting/retry.ts";
import { answersWithEnd, planWorkflowRun, startWorkflowRun } from "../../engine/starting/startWorkflowRun.ts";
import { cancelEnded, cancelRun, knownRun } from "../../engine/steering/cancel.ts";
import { pauseRun } from "../../engine/steering/pause.ts";
import { sendToJob } from "../../engine/steering/sendToJob.ts";
import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Problem } from "../../model/problems/problem.ts";
import type { Token } from "../../ports/store.ts";
import { type Frozen, given, type Implementations, type RouteContext } from "../shared/contract.ts";
import { planView } from "../views/plan.ts";
import { problemItem } from "../views/problem.ts";
import { logLine, runSummaries, runView } from "../views/run.ts";
import { pastWhyView, whyView } from "../views/why.ts";
import { accepted, acceptedAfter, LONGEST_WAIT } from "./acceptedRun.ts";

type RunBody = Frozen<z.output<typeof RunView>>;

export const runs = {
  listRuns: async ({ params, query }, { dependencies, language }) => {
    const { limit, after, ...wanted } = query;
    const filter = { project: params.project, ...given(wanted) };
    const { items, next } = await listRuns(dependencies, filter, given({ limit, after }));
    return { body: { items: await runSummaries(dependencies, items, language), next } };
  },

  startRun: async ({ params, query, body }, context) => {
    const request = { ...params, ...given(body) };
    const wait = query.wait ?? ((await answersWithEnd(context.dependencies, request)) ? LONGEST_WAIT : undefined);
    let runWarnings: readonly Problem[] = [];
    const reply = await acceptedAfter(context, wait, async () => {
      const { run, warnings } = await startWorkflowRun(context.dependencies, { ...request, ...context.conditions() });
      runWarnings = warnings;
      return run;
    });
    return {
      ...reply,
      body: { ...reply.body, warnings: runWarnings.map((one) => problemItem(one, context.language)) },
    };
  },

  planRun: async ({ params, body }, { dependencies, language }) => ({
    body: planView(await planWorkflowRun(dependencies, { ...params, ...given(body) }), language),
  }),

  getRun: async ({ params }, { dependencies, language }) => {
    const run = await knownRun(dependencies, params.project, params.run);
    const body = await runView(dependencies, run.id, language);
    return { body, etag: runEtag(body) };
  },

  explainRun: async ({ params, query: { job, at } }, { dependencies, language }) => {
    const request = { ...params, ...given({ job }) };
    if (at === undefined) return { body: whyView(await explainRun(dependencies, request), language) };
    return { body: pastWhyView(await explainRunAt(dependencies, { ...request, at }), language) };
  },

  getJobLog: async ({ params, query }, { dependencies }) => {
    const run = await knownRun(dependencies, params.project, params.run);
    const names = (await dependencies.store.runs.jobs(run.id)).map((job) => job.name);
    if (!names.includes(params.job))
      throw new PlatformError("NotFound", { what: "job", name: params.job, known: listed(names) });
    const lines = await dependencies.store.logs.read(run.id, params.job, query.limit);
    const total = await dependencies.store.logs.count(run.id, params.job);
    return { body: { items: lines.map(logLine), next: null, total } };
  },

  cancelRun: async ({ params, body }, context) => {
    const { dependencies } = context;
    const before = await knownRun(dependencies, params.project, params.run);
    if (before.phase !== "running") {
      const removed = await cancelEnded(dependencies, before, context.signal);
      const reply = await accepted(before, context);
      return { ...reply, status: 200, body: { ...reply.body, removed } };
    }
    return accepted(
      await cancelRun(dependencies, { ...params, ...actorOf(context), skipFinal: body.finally === "skip" }),
      context,
    );
  },

  pauseRun: async ({ params }, context) =>
    accepted(await pauseRun(context.dependencies, { ...params, ...actorOf(context), pause: true }), context),

  resumeRun: async ({ params }, context) =>
    accepted(await pauseRun(context.dependencies, { ...params, ...actorOf(context), pause: false }), context),

  tellJob: async ({ params, body }, context) =>
    accepted(await sendToJob(context.dependencies, { ...params, ...given(body), sender: senderOf(context) }), context),

  retryRun: async ({ params, query, body }, context) =>
    acceptedAfter(context, query.wait, () =>
      retryRun(context.dependencies, { ...params, ...given(body), ...context.conditions() }),
    ),
} satisfies Partial<Implementations>;

function senderOf({ token }: RouteContext): Token {
  if (token === null) throw new PlatformError("NotSignedIn");
  return token;
}

function actorOf(context: RouteContext): { readonly actor: string } {
  return { actor: context.conditions().actor };
}

/**
 * The ETag of everything that the response shows, except `lastEvent`, because that also grows with events of other
 * runs.
 */
function runEtag(body: RunBody): string {
  const { lastEvent: _, ...shown } = body;
  return `run-${createHash("sha256").update(JSON.stringify(shown)).digest("base64url").slice(0, 22)}`;
}
