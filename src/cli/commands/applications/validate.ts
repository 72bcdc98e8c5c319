// kubemin validate: prints all problems of a document. It needs neither a server nor a cluster.
import { hasErrors } from "../../../model/problems/problem.ts";
import { readSource } from "../../arguments/input.ts";
import { checkOffline } from "../../documents/offline.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { PLUGIN_OPTION } from "../../grammar/plugins.ts";
import { printData } from "../../output/output.ts";
import { printProblems, toItem } from "../../output/problems.ts";
import { FILE_ARGUMENT } from "../shared.ts";

export const validateCommand = defineCommand({
  name: "validate",
  summary: { en: "check a document; works offline", zh: "检查文档；可离线使用" },
  details: {
    en: "Facts that only a cluster knows (its namespaces, storage classes, quotas) are checked by: kubemin plan.",
    zh: "只有集群才知道的内容（命名空间、存储类、配额）由 kubemin plan 检查。",
  },
  examples: [
    { line: "validate app.yaml", text: { en: "file:line:col: error: message", zh: "文件:行:列: 错误: 说明" } },
    { line: "validate - < app.json", text: { en: "read from standard input", zh: "从标准输入读取" } },
  ],
  arguments: [FILE_ARGUMENT],
  options: PLUGIN_OPTION,
  async run(context) {
    const source = await readSource(context, context.arguments[0] ?? "-");
    const { problems } = checkOffline(source.text, context.root.catalog);
    const items = problems.map((one) => toItem(one, context.language));
    const exit = hasErrors(problems) ? EXIT.usage.code : EXIT.done.code;
    if (printData(context, { items, next: null })) return exit;
    printProblems(context, source, items);
    if (exit === EXIT.done.code)
      context.terminal.stderr.write(`${source.file}: ${context.say({ en: "valid", zh: "合法" })}\n`);
    return exit;
  },
});
