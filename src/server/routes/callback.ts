// The routes with which workers report on their attempts. The token names the attempt, so the path does not.

import type { Dependencies } from "../../engine/contract/dependencies.ts";
import { type AttemptName, reportFromWorker } from "../../engine/driving/callback.ts";
import { given, type Implementations, type RouteContext } from "../shared/contract.ts";

export const callback = {
  beat: async ({ body }, context) => {
    const attempt = context.attempt();
    await reportFromWorker(context.dependencies, attempt, { kind: "heartbeat", data: given(body), once: false });
    return { body: await continueReply(context, attempt) };
  },

  complete: async ({ body }, context) => {
    const attempt = context.attempt();
    const { outputs, error } = body;
    const data = error === undefined ? { outputs: outputs ?? {} } : { error: given(error) };
    await reportFromWorker(context.dependencies, attempt, { kind: "complete", data, once: true });
    return { body: await continueReply(context, attempt) };
  },
} satisfies Partial<Implementations>;

async function continueReply(
  { dependencies }: { readonly dependencies: Dependencies<"store"> } & Partial<RouteContext>,
  { run }: AttemptName,
) {
  return { goOn: (await dependencies.store.runs.get(run))?.cancelledBy === null };
}
