// Reads the number of a revision (`v3` or `3`) and fetches the changes between two revisions.
import type { AnswerOf, Client } from "../../api/client.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { Failure, usageFailure } from "../grammar/failure.ts";

const NO_REVISION = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "{application} has no revision before v{number}", zh: "{application} 在 v{number} 之前没有修订版本" },
  advice: { en: "see: kubemin versions {application}", zh: "参见：kubemin versions {application}" },
} as const;

export function parseRevision(word: string): number {
  const [, digits] = /^v?(\d+)$/.exec(word) ?? [];
  if (digits !== undefined) return Number(digits);
  throw usageFailure(
    { en: "{word} is not a revision", zh: "{word} 不是修订版本号" },
    { en: "write it like v3 or 3; see: kubemin versions APP", zh: "写法如 v3 或 3；参见：kubemin versions 应用" },
    { word },
  );
}

/** The numbers of the newest revision and of the one before it. Throws `Failure` if there are fewer than two. */
export async function newestTwo(
  context: CommandContext,
  client: Client,
  application: string,
): Promise<{ readonly newest: number; readonly before: number }> {
  const params = { project: context.globals.project, application };
  const { items } = await client.call("listRevisions", { params, query: { limit: 2 } });
  const [newest, before] = items;
  if (newest === undefined || before === undefined)
    throw new Failure(NO_REVISION, { application, number: newest?.number ?? 1 });
  return { newest: newest.number, before: before.number };
}

export async function diffRevisions(
  context: CommandContext,
  client: Client,
  asked: { readonly application: string; readonly from: number; readonly to: number },
): Promise<AnswerOf<"diffRevisions">> {
  const { application, from, to } = asked;
  return await client.call("diffRevisions", {
    params: { project: context.globals.project, application },
    query: { from, to },
  });
}
