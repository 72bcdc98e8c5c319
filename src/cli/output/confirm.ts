// Asks the user before something is changed. Where the user cannot be asked, nothing is changed without --yes.
import type { Localized, Params } from "../../model/data/text.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { Failure } from "../grammar/failure.ts";

const NEEDS_YES = {
  code: "NotConfirmed",
  exit: EXIT.usage.code,
  text: {
    en: "kubemin cannot ask for confirmation here, so nothing was changed",
    zh: "当前无法询问确认，没有做任何更改",
  },
  advice: { en: "check the changes above, then add --yes", zh: "请确认以上内容后加上 --yes" },
} as const;

export const YES_OPTION = { type: "flag", short: "y", summary: { en: "do not ask", zh: "不询问" } } as const;

interface ConfirmationQuestion {
  readonly yes: boolean;
  readonly text: Localized;
  readonly params: Params;
}

/** Whether the user agrees. Throws `Failure` if the user cannot be asked. */
export async function confirmed(context: CommandContext, question: ConfirmationQuestion): Promise<boolean> {
  if (question.yes) return true;
  const { terminal, globals } = context;
  if (!terminal.interactive || globals.noInput) throw new Failure(NEEDS_YES);
  const answer = await terminal.ask(`${context.say(question.text, question.params)} [y/N] `);
  if (/^\s*(y|yes|是|好)\s*$/i.test(answer ?? "")) return true;
  terminal.stderr.write(`${context.say({ en: "nothing was changed", zh: "没有做任何更改" })}\n`);
  return false;
}
