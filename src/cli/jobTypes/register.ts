// `kubemin type check` and `kubemin type register`: send a registration from a file to the server. Problems are printed
// like those of documents, so that editors can jump to them.
import { ApiError } from "../../api/client.ts";
import { readSource } from "../arguments/input.ts";
import { EXIT, exitOfError } from "../grammar/exitCodes.ts";
import { printData } from "../output/output.ts";
import { printProblems, type SourceText } from "../output/problems.ts";
import type { Act } from "./actionContext.ts";
import { printChecks, showType } from "./show.ts";

export async function registerFile(act: Act): Promise<number> {
  return await fromFile(act, async (source, call) => {
    const type = await act.client.call("registerJobType", { ...call, body: source.text });
    const exit = showType(act.context, type);
    const next =
      type.state === "active"
        ? { en: "run it: kubemin run {name} --help", zh: "运行：kubemin run {name} --help" }
        : { en: "try it: kubemin type try {name}", zh: "试运行：kubemin type try {name}" };
    act.context.terminal.stderr.write(`${act.context.say(next, { name: type.name })}\n`);
    return exit;
  });
}

export async function checkFile(act: Act): Promise<number> {
  return await fromFile(act, async (source, call) => {
    const { passed, checks } = await act.client.call("checkJobType", { ...call, body: source.text });
    if (!printData(act.context, { passed, checks })) {
      printChecks(act.context, checks);
      printProblems(
        act.context,
        source,
        checks.flatMap((one) => one.problems),
      );
    }
    return passed ? EXIT.done.code : EXIT.usage.code;
  });
}

interface Call {
  readonly params: { readonly project: string };
  readonly query: { readonly cluster?: string };
}

async function fromFile(act: Act, work: (source: SourceText, call: Call) => Promise<number>): Promise<number> {
  const { context, options } = act;
  const source = await readSource(context, act.name);
  const query = options.cluster === undefined ? {} : { cluster: options.cluster };
  try {
    return await work(source, { params: { project: context.globals.project }, query });
  } catch (error) {
    if (!(error instanceof ApiError) || error.body.problems === undefined || context.globals.output === "json")
      throw error;
    if (error.body.checks !== undefined) printChecks(context, error.body.checks);
    printProblems(context, source, error.body.problems);
    return exitOfError(error.body.code, error.status);
  }
}
