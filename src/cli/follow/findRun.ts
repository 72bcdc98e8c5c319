// Finds the run that RUN names on the command line: an id, `APP#3`, or the name of an application, of a job type or of a
// workflow for its newest run.

import type { z } from "zod";
import { ApiError, type Client } from "../../api/client.ts";
import type { RunSummary } from "../../api/views.ts";
import { listed } from "../../model/data/text.ts";
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
  const run =
    (await runById(context, client, word)) ??
    (await newestRun(context, client, { application: word })) ??
    (await newestRun(context, client, { workflow: word }));
  if (run !== undefined) return run;
  throw await nothingCalled(context, client, word);
}

/** The run without an application that the word names: by its id, or the newest one of this job type or workflow. */
async function runWithoutApplication(
  context: CommandContext,
  client: Client,
  word: string,
): Promise<ApiRun | undefined> {
  return (await runById(context, client, word)) ?? (await newestRun(context, client, { workflow: word }));
}

/**
 * Answers a question about an application, or about the run that the word names when there is no such application. The
 * error says which applications and runs there are.
 */
export async function askedOf<T>(
  { context, client, word }: { readonly context: CommandContext; readonly client: Client; readonly word: string },
  ask: { readonly application: () => Promise<T>; readonly run: (run: ApiRun) => Promise<T> },
): Promise<T> {
  if (word.includes("#")) return await ask.run(await findRun(context, client, word));
  try {
    return await ask.application();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    const run = await runWithoutApplication(context, client, word);
    if (run !== undefined) return await ask.run(run);
    // The application may exist, but not the component that was asked for.
    const params = { project: context.globals.project, application: word };
    const isThere = await client.call("getApplication", { params }).then(
      () => true,
      () => false,
    );
    throw isThere ? error : await nothingCalled(context, client, word);
  }
}

const NOTHING = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "there is no application or run {name}", zh: "没有名为 {name} 的应用或运行" },
  advice: {
    en: "applications: {applications}; newest runs: {runs}; see: kubemin status, kubemin runs",
    zh: "现有应用：{applications}；最新的运行：{runs}；参见：kubemin status、kubemin runs",
  },
} as const;

const NAMED = 5;

async function nothingCalled(context: CommandContext, client: Client, name: string): Promise<Failure> {
  const call = { params: { project: context.globals.project }, query: { limit: NAMED } };
  const none = (): { readonly items: readonly never[] } => ({ items: [] });
  const [applications, runs] = await Promise.all([
    client.call("listApplications", call).catch(none),
    client.call("listRuns", call).catch(none),
  ]);
  return new Failure(NOTHING, {
    name,
    applications: listed(applications.items.map((one) => one.name)),
    runs: listed(
      runs.items.map((one) => (readName(one.application) === null ? `${one.id} (${one.workflow})` : runName(one))),
    ),
  });
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

async function newestRun(context: CommandContext, client: Client, of: Of): Promise<ApiRun | undefined> {
  const { project } = context.globals;
  const { items } = await client.call("listRuns", { params: { project }, query: { ...of, limit: 1 } });
  if (items[0] === undefined) return undefined;
  return await client.call("getRun", { params: { project, run: items[0].id } });
}

export async function runByNumber(
  context: CommandContext,
  client: Client,
  { application, number }: { readonly application: string; readonly number: number },
): Promise<ApiRun> {
  const found = await newestThat(context, client, { of: { application }, is: (one) => one.number <= number });
  if (found?.number === number)
    return await client.call("getRun", { params: { project: context.globals.project, run: found.id } });
  throw new Failure(NO_RUN, { run: `${application}#${number}` });
}

type Summary = z.output<typeof RunSummary>;

const NO_RUN_THEN = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "{name} had no run at {at}", zh: "{name} 在 {at} 没有运行" },
  advice: {
    en: "see: kubemin runs {name}, or kubemin runs --type {name}",
    zh: "参见：kubemin runs {name}，或 kubemin runs --type {name}",
  },
} as const;

/** The runs of an application, or those of a job type or workflow without an application. */
type Of = { readonly application: string } | { readonly workflow: string };

export async function newestRunAt(
  context: CommandContext,
  client: Client,
  { name, at }: { readonly name: string; readonly at: Date },
): Promise<Summary> {
  const is = ({ createdAt }: Summary): boolean => new Date(createdAt) <= at;
  const found =
    (await newestThat(context, client, { of: { application: name }, is })) ??
    (await newestThat(context, client, { of: { workflow: name }, is }));
  if (found !== undefined) return found;
  throw new Failure(NO_RUN_THEN, { name, at: at.toISOString() });
}

/** Searches from the newest run backwards, page by page, because users mostly ask about recent runs. */
async function newestThat(
  context: CommandContext,
  client: Client,
  { of, is }: { readonly of: Of; readonly is: (run: Summary) => boolean },
): Promise<Summary | undefined> {
  const { project } = context.globals;
  let after: string | undefined;
  do {
    const query = { ...of, limit: 200, ...(after === undefined ? {} : { after }) };
    const page = await client.call("listRuns", { params: { project }, query });
    const found = page.items.find(is);
    if (found !== undefined) return found;
    after = page.next ?? undefined;
  } while (after !== undefined);
  return undefined;
}
