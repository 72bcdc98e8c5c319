// Prints the differences between the newest revision and the cluster: `-` is the value on the cluster, `+` the value in
// the document. The server compares them: src/engine/answering/drift.ts.
import type { AnswerOf, Client } from "../../api/client.ts";
import type { CommandContext } from "../grammar/command.ts";
import { printData } from "../output/output.ts";
import { type Paint, painter } from "../terminal/style.ts";
import { fieldDiff } from "./changes.ts";

type Drifted = AnswerOf<"getDrift">["objects"][number];

const STATES = {
  same: { en: "as it was applied", zh: "与部署一致" },
  different: { en: "differs", zh: "有差异" },
  missing: { en: "does not exist", zh: "不存在" },
  foreign: { en: "belongs to another owner", zh: "属于其他所有者" },
  refused: { en: "the cluster would refuse it", zh: "集群会拒绝" },
} as const;

/** Prints the differences. Returns whether there are any. */
export async function liveDiff(context: CommandContext, client: Client, application: string): Promise<boolean> {
  const data = await client.call("getDrift", { params: { project: context.globals.project, application } });
  if (printData(context, data)) return data.drifted;
  const { stdout, stderr } = context.terminal;
  const other = data.objects.filter((one) => one.state !== "same");
  const summary =
    other.length === 0
      ? context.say({ en: "the cluster matches what was deployed", zh: "集群与部署内容一致" })
      : context.say(
          { en: "{count} of {all} objects differ", zh: "{all} 个对象中有 {count} 个不一致" },
          { count: other.length, all: data.objects.length },
        );
  stderr.write(`${application} v${data.revision} · ${summary}\n`);
  const paint = painter(context.terminal, stdout);
  for (const one of other)
    stdout.write(context.globals.output === "name" ? `${nameOf(one)}\n` : driftText(context, one, paint));
  return data.drifted;
}

function nameOf({ object }: Drifted): string {
  return `${object.kind}/${object.name}`;
}

function driftText(context: CommandContext, one: Drifted, paint: Paint): string {
  const why = one.reason === undefined ? context.say(STATES[one.state]) : one.reason.message;
  const head = `${paint("warning", "~")} ${nameOf(one)} (${one.component}) · ${why}\n`;
  const fields = one.fields.map((field) => {
    const by =
      field.managers.length === 0
        ? ""
        : context.say(
            { en: " · set by {managers}", zh: " · 由 {managers} 设置" },
            { managers: field.managers.join(", ") },
          );
    return fieldDiff({ path: `${field.path}${by}`, before: field.live, after: field.wanted }, paint);
  });
  return head + fields.join("");
}
