// Prints registered job types: all of them as a table, or one of them in detail.

import { stringify } from "yaml";
import type { AnswerOf } from "../../api/client.ts";
import type { Localized } from "../../model/data/text.ts";
import type { Tone } from "../../model/reasons/tone.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { age, printData, printListing } from "../output/output.ts";
import { painter } from "../terminal/style.ts";
import type { Act } from "./actionContext.ts";

type JobType = AnswerOf<"getJobType">;
type Summary = AnswerOf<"listJobTypes">["items"][number];

const TONE: Readonly<Record<Summary["state"], Tone>> = {
  draft: "muted",
  validated: "muted",
  active: "success",
  deprecated: "warning",
  disabled: "danger",
  withdrawn: "danger",
  quarantined: "danger",
};

const RESULT_TONE: Readonly<Record<JobType["checks"][number]["result"], Tone>> = {
  ok: "success",
  failed: "danger",
  skipped: "muted",
};

export async function listTypes({ context, client, options }: Act): Promise<number> {
  const { project } = context.globals;
  const data = options.all
    ? await client.call("listAllJobTypes", {})
    : await client.call("listJobTypes", { params: { project } });
  printListing<Summary>(context, {
    rows: data.items,
    columns: [
      { header: { en: "type", zh: "类型" }, cell: (row) => row.name },
      { header: { en: "version", zh: "版本" }, cell: (row) => row.version },
      { header: { en: "state", zh: "状态" }, cell: (row) => row.state, tone: (row) => TONE[row.state] },
      { header: { en: "owner", zh: "所属项目" }, cell: (row) => row.owner },
      { header: { en: "tier", zh: "层级" }, wide: true, cell: (row) => row.tier },
      { header: { en: "breaker", zh: "熔断" }, wide: true, cell: (row) => row.breaker },
      { header: { en: "summary", zh: "说明" }, cell: (row) => row.summary },
    ],
    name: (row) => row.name,
    data,
    empty: { en: "no job types are registered", zh: "没有已注册的作业类型" },
  });
  return EXIT.done.code;
}

export function showType(context: CommandContext, type: JobType): number {
  if (printData(context, type)) return EXIT.done.code;
  const { stdout } = context.terminal;
  const paint = painter(context.terminal, stdout);
  const line = (name: Localized, text: string): string => (text === "" ? "" : `  ${context.say(name)}: ${text}\n`);
  stdout.write(
    `${paint("strong", `${type.name} ${type.version}`)} ${paint(TONE[type.state], type.state)} · ${type.tier} · ${type.owner}\n`,
  );
  stdout.write(line({ en: "summary", zh: "说明" }, type.summary));
  for (const stop of type.stops)
    stdout.write(
      line(
        { en: "stopped", zh: "已停用" },
        `${stop.kind}${stop.project === null ? "" : ` (${stop.project})`} · ${stop.by} · ${age(context, stop.at)}\n    ${stop.detail.replaceAll("\n", "\n    ")}`,
      ),
    );
  stdout.write(line({ en: "asks for", zh: "申请" }, flat(type.asks)));
  for (const grant of type.grants) {
    const fault = { en: "cannot be read: {fields}; grant it again", zh: "无法读取：{fields}；请重新授权" };
    const unreadable = grant.unreadable === undefined ? [] : [context.say(fault, { fields: grant.unreadable })];
    const parts = [grant.project, flat(grant.grants) || "{}", grant.grantedBy, ...unreadable];
    stdout.write(line({ en: "granted", zh: "已授予" }, parts.join(" · ")));
  }
  stdout.write(line({ en: "versions", zh: "版本" }, type.versions.map((one) => versionText(one)).join(", ")));
  printChecks(context, type.checks);
  return EXIT.done.code;
}

function versionText({ version, standing, until, replacedBy }: JobType["versions"][number]): string {
  const more = [until, replacedBy].filter((text) => text !== null);
  return `${version} ${standing}${more.length === 0 ? "" : ` (${more.join(", ")})`}`;
}

/** Permissions on one line, without empty lists: `network: [models:443]; secrets: [token]`. */
function flat(values: JobType["asks"]): string {
  const some = Object.entries(values).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return some
    .map(([name, value]) =>
      stringify({ [name]: value }, { collectionStyle: "flow" })
        .trim()
        .replace(/^\{ (.*) \}$/, "$1"),
    )
    .join("; ");
}

export function printChecks(context: CommandContext, checks: JobType["checks"]): void {
  const { stdout } = context.terminal;
  const paint = painter(context.terminal, stdout);
  const width = Math.max(...checks.map((one) => one.check.length));
  for (const { check, result, because, problems } of checks) {
    const more = [because ?? "", ...problems.map((one) => one.message)].filter((text) => text !== "").join("; ");
    stdout.write(
      `  ${paint(RESULT_TONE[result], result.padEnd(7))} ${check.padEnd(width)}${more === "" ? "" : `  ${more}`}\n`,
    );
  }
}
