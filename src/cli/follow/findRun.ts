// Finds the run that RUN names on the command line: an id, `APP#3`, or `APP` for its newest run.

import type { z } from "zod";
import { ApiError, type Client } from "../../api/client.ts";
import type { RunSummary } from "../../api/views.ts";
import { readName } from "../../model/kubernetes/name.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { Failure } from "../grammar/failure.ts";
import type { ApiRun } from "./progress/progress.ts";

const NO_RUN = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "there is no run {run}", zh: "没有运行 {run}" },
  advice: { en: "see: kubemin runs", zh: "参见：kubemin runs" },
} as const;

/**
 * The name of a run for the user, which every command accepts: `shop#3`, or the id if the run belongs to no
 * application.
 */
export function runName(run: Pick<ApiRun, "application" | "number" | "id">): string {
  const application = readName(run.application);
  return application === null ? run.id : `${application}#${run.number}`;
}

export async function findRun(context: CommandContext, client: Client, word: string): Promise<ApiRun> {
  const [, application, number] = /^([^#]+)#(\d+)$/.exec(word) ?? [];
  if (application !== undefined) return await runByNumber(context, client, { application, number: Number(number) });
  return (await runById(context, client, word)) ?? (await newestRun(context, client, word));
}

/** The run with this id; `undefined` if there is none. */
export async function runById(context: CommandContext, client: Client, run: string): Promise<ApiRun | undefined> {
  try {
    return await client.call("getRun", { params: { project: context.globals.project, run } });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return undefined; // the word may be the name of an application
    throw error;
  }
}

async function newestRun(context: CommandContext, client: Client, application: string): Promise<ApiRun> {
  const { project } = context.globals;
  const { items } = await client.call("listRuns", { params: { project }, query: { application, limit: 1 } });
  if (items[0] === undefined) throw new Failure(NO_RUN, { run: application });
  return await client.call("getRun", { params: { project, run: items[0].id } });
}

export async function runByNumber(
  context: CommandContext,
  client: Client,
  { application, number }: { readonly application: string; readonly number: number },
): Promise<ApiRun> {
  const found = await newestThat(context, client, { application, is: (one) => one.number <= number });
  if (found?.number === number)
    return await client.call("getRun", { params: { project: context.globals.project, run: found.id } });
  throw new Failure(NO_RUN, { run: `${application}#${number}` });
}

type Summary = z.output<typeof RunSummary>;

const NO_RUN_THEN = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "{application} had no run at {at}", zh: "{application} 在 {at} 没有运行" },
  advice: { en: "see: kubemin runs {application}", zh: "参见：kubemin runs {application}" },
} as const;

export async function newestRunAt(
  context: CommandContext,
  client: Client,
  { application, at }: { readonly application: string; readonly at: Date },
): Promise<Summary> {
  const found = await newestThat(context, client, { application, is: ({ createdAt }) => new Date(createdAt) <= at });
  if (found !== undefined) return found;
  throw new Failure(NO_RUN_THEN, { application, at: at.toISOString() });
}

/** Searches from the newest run backwards, page by page, because users mostly ask about recent runs. */
async function newestThat(
  context: CommandContext,
  client: Client,
  { application, is }: { readonly application: string; readonly is: (run: Summary) => boolean },
): Promise<Summary | undefined> {
  const { project } = context.globals;
  let after: string | undefined;
  do {
    const query = { application, limit: 200, ...(after === undefined ? {} : { after }) };
    const page = await client.call("listRuns", { params: { project }, query });
    const found = page.items.find(is);
    if (found !== undefined) return found;
    after = page.next ?? undefined;
  } while (after !== undefined);
  return undefined;
}
