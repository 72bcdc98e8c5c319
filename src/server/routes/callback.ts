// What workers tell of their attempts. The token names the attempt, so there is nothing in the path to get wrong.
import { type AttemptName, tellFromOutside } from "../../engine/driving/callback.ts";
import type { World } from "../../engine/interface/dependencies.ts";
import { type Context, given, type Implementations } from "../shared/contract.ts";

export const callback = {
  beat: async ({ body }, context) => {
    const attempt = context.attempt();
    await tellFromOutside(context.world, attempt, { kind: "heartbeat", data: given(body), once: false });
    return { body: await standing(context, attempt) };
  },

  complete: async ({ body }, context) => {
    const attempt = context.attempt();
    const { outputs, error } = body;
    const data = error === undefined ? { outputs: outputs ?? {} } : { error: given(error) };
    await tellFromOutside(context.world, attempt, { kind: "complete", data, once: true });
    return { body: await standing(context, attempt) };
  },
} satisfies Partial<Implementations>;

async function standing({ world }: { readonly world: World } & Partial<Context>, { run }: AttemptName) {
  return { goOn: (await world.store.runs.get(run))?.cancelledBy === null };
}
