// Deploys a document, for `kubemin deploy` and `kubemin serve --deploy`: plans it, shows the plan, asks, deploys and
// watches. The server does the planning and the deploying; the road of a document there begins in src/server/routes/.
import { randomUUID } from "node:crypto";
import { ApiError, type CallOf, type Client, UnreachableError } from "../../api/client.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Priority } from "../../model/run/run.ts";
import type { ApiRun } from "../follow/progress/progress.ts";
import { settleStarted } from "../follow/watchToEnd.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { confirmed } from "../output/confirm.ts";
import { printProblems, type SourceText } from "../output/problems.ts";
import { type ApiPlan, showPlan } from "../views/planView.ts";

interface Deployment {
  readonly client: Client;
  readonly source: SourceText;
  readonly cluster: string | undefined;
  readonly createNamespace: boolean;
  readonly force: boolean;
  readonly adopt: boolean;
  /** The values for the inputs of its workflow. Default: none. */
  readonly inputs?: JsonObject;
  readonly message: string;
  readonly priority?: Priority | undefined;
  /** The revision that must still be the newest one. Default: the one that is the newest when the plan is shown. */
  readonly ifRevision: number | undefined;
  readonly yes: boolean;
  readonly watch: { readonly timeout: number | undefined; readonly detach: boolean; readonly "no-watch": boolean };
}

export async function deploySource(context: CommandContext, deployment: Deployment): Promise<number> {
  const planned = await planSource(context, deployment);
  if (planned === undefined) return EXIT.usage.code;
  const revision = deployment.ifRevision ?? (await newestRevision(context, deployment.client, planned.application));
  showPlan(context, planned, deployment.source);
  const params = { name: planned.application };
  const text = { en: "Deploy {name}?", zh: "部署 {name}？" };
  if (!(await confirmed(context, { yes: deployment.yes, text, params }))) return EXIT.done.code;
  const run = await start(context, deployment, { application: planned.application, revision });
  return await settleStarted(context, { client: deployment.client, run, options: deployment.watch });
}

/** The plan from the server; `undefined` if the document has problems, which were then printed. */
export async function planSource(
  context: CommandContext,
  asked: Pick<Deployment, "client" | "source" | "cluster" | "createNamespace" | "force" | "adopt" | "inputs">,
): Promise<ApiPlan | undefined> {
  try {
    return await asked.client.call("planApplication", {
      params: { project: context.globals.project },
      query: targetOf(asked),
      body: asked.source.text,
    });
  } catch (error) {
    if (!printedProblems(context, asked.source, error)) throw error;
    return undefined;
  }
}

/**
 * Prints the error if it is a list of problems. Returns whether it did; never with JSON or YAML, where report.ts prints
 * it.
 */
export function printedProblems(context: CommandContext, source: SourceText, error: unknown): boolean {
  const { output } = context.globals;
  if (!(error instanceof ApiError) || error.body.problems === undefined || error.body.problems.length === 0)
    return false;
  if (output === "json" || output === "yaml") return false;
  printProblems(context, source, error.body.problems);
  return true;
}

function targetOf(asked: Pick<Deployment, "cluster" | "createNamespace" | "force" | "adopt" | "inputs">) {
  return {
    ...(asked.cluster === undefined ? {} : { cluster: asked.cluster }),
    ...(asked.createNamespace ? { createNamespace: "true" } : {}),
    ...(asked.force ? { force: "true" } : {}),
    ...(asked.adopt ? { adopt: "true" } : {}),
    ...(Object.keys(asked.inputs ?? {}).length === 0 ? {} : { inputs: JSON.stringify(asked.inputs) }),
  };
}

/**
 * The newest revision; 0 if there is none. If another user deploys after this moment, this deploy fails with a
 * conflict.
 */
async function newestRevision(context: CommandContext, client: Client, application: string): Promise<number> {
  try {
    return (await client.call("getApplication", { params: { project: context.globals.project, application } }))
      .revision;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return 0;
    throw error;
  }
}

async function start(
  context: CommandContext,
  deployment: Deployment,
  at: { readonly application: string; readonly revision: number },
): Promise<ApiRun> {
  const { message, priority } = deployment;
  const call: CallOf<"deployApplication"> = {
    params: { project: context.globals.project, application: at.application },
    query: {
      ...targetOf(deployment),
      ...(message === "" ? {} : { message }),
      ...(priority === undefined ? {} : { priority }),
    },
    headers: writeHeaders(at.revision),
    body: deployment.source.text,
  };
  return await onceMore(context, () => deployment.client.call("deployApplication", call));
}

/** The idempotency key makes it safe to send the request again; If-Match names the revision that the user saw. */
export function writeHeaders(revision?: number) {
  return {
    "idempotency-key": randomUUID(),
    ...(revision === undefined ? {} : { "if-match": `"rev-${revision}"` }),
  };
}

/**
 * Sends a request again after a broken connection. The first one may have arrived, so the request must have an
 * idempotency key.
 */
export async function onceMore<T>(context: CommandContext, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    await context.terminal.sleep(500);
    return await request();
  }
}
