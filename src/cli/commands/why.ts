// kubemin why: one sentence from what is seen down to the root cause, then what it rests on.
import { defineCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exitCodes.ts";
import { printData } from "../output.ts";
import { oneLine } from "../width.ts";
import { splitPlace } from "./shared.ts";

export const whyCommand = defineCommand({
  name: "why",
  summary: { en: "why an application stands as it does, in one sentence", zh: "用一句话说明应用为何处于当前状态" },
  examples: [
    { line: "why shop", text: { en: "the application", zh: "整个应用" } },
    { line: "why shop/web", text: { en: "one component", zh: "单个组件" } },
  ],
  arguments: [
    {
      name: "APP[/COMPONENT]",
      complete: "application",
      summary: { en: "an application or one of its components", zh: "应用或其组件" },
    },
  ],
  options: {},
  async run(context) {
    const { application, component } = splitPlace(context.arguments[0] ?? "");
    const params = { project: context.globals.project, application };
    const data = await connect(context).call("explainWhy", {
      params,
      query: component === undefined ? {} : { component },
    });
    if (printData(context, data)) return EXIT.done.code;
    const { stdout } = context.terminal;
    stdout.write(`${data.sentence}\n`);
    for (const [depth, link] of data.chain.entries()) {
      const indent = "  ".repeat(depth + 1);
      stdout.write(`${indent}${link.subject}: ${oneLine(link.reason.message)}\n`);
      for (const evidence of link.evidence)
        stdout.write(`${indent}  ${evidence.object} (${evidence.source}): ${oneLine(evidence.text)}\n`);
    }
    return EXIT.done.code;
  },
});
