// The sentences about the requests that come first in the queue for room, and why. Requests of other projects are
// counted and not named.

import { firstNames } from "../reasons/heldBy.ts";
import { type Reason, reason } from "../reasons/reason.ts";
import type { BeforeInQueue } from "./capacity.ts";

/** By the subject of the sentence. Empty when no request comes first. */
export function whyBefore(before: BeforeInQueue | undefined): Readonly<Record<string, Reason>> {
  if (before === undefined) return {};
  const { own, others, shares } = before;
  return {
    ...(own.length === 0 ? {} : { "before it": reason("BeforeOwn", { jobs: firstNames(own) }) }),
    ...(shares === undefined ? {} : { shares: sharesBefore(others, shares) }),
  };
}

function sharesBefore(count: number, { first, own }: NonNullable<BeforeInQueue["shares"]>): Reason {
  const { used, share } = first;
  return reason("BeforeOthers", { count, used, share, own: own.used, ownShare: own.share });
}
