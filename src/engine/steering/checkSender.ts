// Checks whether a token may answer a question that names the tokens that may answer it. The name alone is not enough,
// because an administrator can give any free name to a new token. The token must therefore be older than the question,
// and the only usable one with its name.
import { PlatformError } from "../../model/errors/errors.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Token } from "../../ports/store.ts";
import type { Dependencies } from "../contract/dependencies.ts";

/** A token that answers a question of a job, and the names of the tokens that may answer it. */
interface SenderCheck {
  readonly run: Run;
  readonly job: Job;
  readonly sender: Token;
  readonly allowed: readonly string[];
}

export async function checkSender(
  { store, clock }: Dependencies<"store" | "clock">,
  { run, job, sender, allowed }: SenderCheck,
): Promise<void> {
  const about = { job: job.name, run: run.id, actor: sender.name, allowed: allowed.join(", ") };
  if (!allowed.includes(sender.name)) throw new PlatformError("NotTheApprover", about);
  const askedAt = job.pendingAt ?? job.attemptAt ?? run.createdAt;
  if (Date.parse(sender.createdAt) > Date.parse(askedAt))
    throw new PlatformError("TokenNewerThanQuestion", { ...about, askedAt, madeAt: sender.createdAt });
  const now = clock.now().getTime();
  const usable = (token: Token): boolean => token.expiresAt === null || Date.parse(token.expiresAt) > now;
  const sharing = (await store.tokens.list()).filter((one) => one.name === sender.name && usable(one));
  if (sharing.length > 1) throw new PlatformError("TokenNameShared", { ...about, count: sharing.length });
}
