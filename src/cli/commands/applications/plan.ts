// kubemin plan: shows what a deploy of a document would change, without changing anything.
import type { JsonObject } from "../../../model/data/json.ts";
import { declaredIn, INPUT_OPTIONS, inputsOf } from "../../arguments/givenInputs.ts";
import { readSource } from "../../arguments/input.ts";
import { planSource } from "../../documents/deploySource.ts";
import { planWithInputs } from "../../documents/offline.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { PLUGIN_OPTION } from "../../grammar/plugins.ts";
import { printData } from "../../output/output.ts";
import { printProblems, type SourceText, toItem } from "../../output/problems.ts";
import { connect } from "../../reach/connect.ts";
import { changes, objectName } from "../../views/changes.ts";
import { type ApiPlan, objectsYaml, offlineView, printPlan } from "../../views/planView.ts";
import { CLUSTER_OPTIONS, FILE_ARGUMENT } from "../shared.ts";

export const planCommand = defineCommand({
  name: "plan",
  summary: { en: "show what a document would change, and in which order", zh: "预览文档将带来的变更与顺序" },
  examples: [
    {
      line: "plan app.yaml",
      text: { en: "compare with the present state of the cluster", zh: "与集群的当前状态比较" },
    },
    {
      line: "plan app.yaml --offline --objects",
      text: { en: "the rendered objects, without a server", zh: "离线查看渲染出的对象" },
    },
  ],
  arguments: [FILE_ARGUMENT],
  options: {
    ...PLUGIN_OPTION,
    ...CLUSTER_OPTIONS,
    ...INPUT_OPTIONS,
    offline: {
      type: "flag",
      summary: { en: "plan without a cluster: every object is new", zh: "不连接集群：所有对象视为新建" },
    },
    objects: {
      type: "flag",
      summary: { en: "print the rendered objects as YAML, secrets masked", zh: "以 YAML 输出渲染后的对象，密钥已遮盖" },
    },
    "exit-code": { type: "flag", summary: { en: "exit code 10 if there are changes", zh: "有变更时退出码为 10" } },
  },
  async run(context) {
    const { options } = context;
    const source = await readSource(context, context.arguments[0] ?? "-");
    const inputs = await inputsOf(context, options, declaredIn(source));
    const plan = options.offline
      ? planWithout(context, { source, inputs })
      : await planSource(context, {
          client: connect(context),
          source,
          cluster: options.cluster,
          createNamespace: options["create-namespace"],
          force: options.force,
          adopt: options.adopt,
          inputs,
        });
    if (plan === undefined) return EXIT.usage.code;
    print(context, { plan, source, objects: options.objects });
    if (plan.warnings.some((one) => one.severity === "refused")) {
      context.terminal.stderr.write(
        `${context.say({ en: "the cluster would refuse this plan as it is; a run of it would be rejected", zh: "集群会拒绝此计划；按此计划启动的运行将被拒绝" })}\n`,
      );
      return EXIT.rejected.code;
    }
    return options["exit-code"] && changes(plan.changes).length > 0 ? EXIT.changes.code : EXIT.done.code;
  },
});

function planWithout(
  context: CommandContext,
  { source, inputs }: { readonly source: SourceText; readonly inputs: JsonObject },
): ApiPlan | undefined {
  const { catalog } = context.root;
  const { plan, problems } = planWithInputs({ text: source.text, catalog, project: context.globals.project, inputs });
  if (plan !== null) return offlineView(plan, context.language);
  const items = problems.map((one) => toItem(one, context.language));
  if (!printData(context, { items, next: null })) printProblems(context, source, items);
  return undefined;
}

function print(
  context: CommandContext,
  asked: { readonly plan: ApiPlan; readonly source: SourceText; readonly objects: boolean },
): void {
  const { plan, source, objects } = asked;
  if (printData(context, plan)) return;
  const { stdout } = context.terminal;
  if (objects) stdout.write(objectsYaml(plan));
  else if (context.globals.output === "name")
    for (const change of changes(plan.changes)) stdout.write(`${objectName(change)}\n`);
  else printPlan(context, plan);
  if (plan.warnings.length > 0) printProblems(context, source, plan.warnings);
}
