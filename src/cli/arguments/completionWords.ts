// The candidates for shell completion: commands, options, their values, and names from the server. Names are cached for
// ten seconds in the state directory, so that pressing Tab again does not ask the server again.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../../api/client.ts";
import { dig } from "../../model/data/json.ts";
import { DOCUMENT_PARTS } from "../../plan/schema/explain.ts";
import { runName } from "../follow/findRun.ts";
import type { Command, CommandContext, Completes, Option, Options } from "../grammar/command.ts";
import { GLOBAL_OPTIONS } from "../grammar/globals.ts";
import { connect, findServer } from "../reach/connect.ts";

const KEPT = 10_000;
const PATIENCE = 2_000;

export async function candidates(context: CommandContext, words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const all = await possible(context, before, typed);
  return all.filter((one) => one.startsWith(typed)).slice(0, 200);
}

async function possible(context: CommandContext, before: readonly string[], typed: string): Promise<readonly string[]> {
  const shown = context.commands.filter((one) => !one.hidden);
  const command = shown.find((one) => before.includes(one.name));
  if (command === undefined) return typed.startsWith("-") ? optionNames(GLOBAL_OPTIONS) : shown.map((one) => one.name);
  const options: Options = { ...GLOBAL_OPTIONS, ...(await extendedOptions(context, command, before)) };
  const pending = pendingOption(options, before.at(-1));
  if (pending !== undefined) return pending.choices ?? (await names(context, pending.complete ?? "nothing"));
  if (typed.startsWith("-")) return optionNames(options);
  const argument = command.arguments[countPositionals(command, options, before)];
  return argument?.choices ?? (await names(context, argument?.complete ?? "nothing"));
}

/** The options of the command, including those that the words before add (the fields of a job type). */
async function extendedOptions(context: CommandContext, command: Command, before: readonly string[]): Promise<Options> {
  if (command.extend === undefined) return command.options;
  const words = before.slice(before.indexOf(command.name) + 1);
  const extended = await inTime(context, command.extend(words, context)).catch(() => command);
  return extended.options;
}

function optionNames(options: Options): readonly string[] {
  return Object.keys(options).map((name) => `--${name}`);
}

/** The option whose value is expected after this word; `undefined` if no value is expected. */
function pendingOption(options: Options, word: string | undefined): Option | undefined {
  if (word === undefined || !word.startsWith("-") || word.includes("=")) return undefined;
  const found = Object.entries(options).find(
    ([name, one]) => word === `--${name}` || (one.short !== undefined && word === `-${one.short}`),
  );
  return found !== undefined && found[1].type !== "flag" ? found[1] : undefined;
}

function countPositionals(command: Command, options: Options, before: readonly string[]): number {
  const after = before.slice(before.indexOf(command.name) + 1);
  return after.filter((word, index) => !word.startsWith("-") && pendingOption(options, after[index - 1]) === undefined)
    .length;
}

async function names(context: CommandContext, what: Completes): Promise<readonly string[]> {
  if (what === "command") return context.commands.map((one) => one.name);
  if (what === "definition") {
    const { components, traits, jobs } = context.root.catalog;
    return [
      ...new Set([
        "component",
        "trait",
        "job",
        "document",
        ...components.keys(),
        ...traits.keys(),
        ...jobs.keys(),
        ...DOCUMENT_PARTS.map((one) => one.name),
      ]),
    ];
  }
  if (what === "file" || what === "nothing") return [];
  const address = findServer(context);
  return await kept(context, `${address.url} ${context.globals.project} ${what}`, () =>
    ask(context, connect(context, address), what),
  );
}

async function ask(
  context: CommandContext,
  client: Client,
  what: "application" | "run" | "cluster" | "job-type",
): Promise<readonly string[]> {
  const params = { project: context.globals.project };
  if (what === "job-type") return jobTypeNames(context, client);
  if (what === "cluster") return (await client.call("listClusters", {})).items.map((one) => one.name);
  const applications = (await client.call("listApplications", { params, query: { limit: 200 } })).items.map(
    (one) => one.name,
  );
  if (what === "application") return applications;
  const runs = (await client.call("listRuns", { params, query: { limit: 50 } })).items;
  return [...applications, ...runs.map(runName)];
}

/** The built-in job types that can run as a step, and the registered ones. */
async function jobTypeNames(context: CommandContext, client: Client): Promise<readonly string[]> {
  const own = [...context.root.catalog.jobs.values()].filter((one) => one.step !== undefined).map((one) => one.name);
  const { items } = await client.call("listJobTypes", { params: { project: context.globals.project } });
  return [...own, ...items.map((one) => one.name)];
}

async function kept(
  context: CommandContext,
  key: string,
  fetchNames: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const folder = join(context.root.home, "completion");
  const file = join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 16)}.json`);
  const now = context.terminal.now().getTime();
  try {
    const saved: unknown = JSON.parse(readFileSync(file, "utf8"));
    const [at, list] = [dig(saved, "at"), dig(saved, "names")];
    if (typeof at === "number" && now - at < KEPT && at <= now && Array.isArray(list)) return list.map(String);
  } catch {
    // There is no usable cache file, so the server is asked.
  }
  const found = await inTime(context, fetchNames());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify({ at: now, names: found }), { mode: 0o600 });
  return found;
}

/** Rejects after two seconds: a user who presses Tab must not wait for a server that is slow or down. */
async function inTime<T>(context: CommandContext, answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = context.terminal.sleep(PATIENCE, answered.signal).then((): never => {
    throw new Error("too late for a completion");
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => undefined); // the next line ends its sleep, and nothing waits for the rejection
    answered.abort();
  }
}
