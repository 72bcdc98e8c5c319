// What a job gave, on its way into the store: what its type calls secret becomes a token, and what it was given as a secret is taken out
// wherever else it stands. What a worker tells comes through here too, before it is kept as a message.
import type { JobDefinition } from "../catalog/define.ts";
import type { JsonObject } from "../model/json.ts";
import type { Run } from "../model/run.ts";
import { isSealed, mapStrings } from "../model/sealed.ts";
import { mapOutputSecrets, sealOutput } from "../plan/seal.ts";
import type { Mask } from "./masking.ts";
import type { World } from "./world.ts";

interface Giving {
  readonly run: Pick<Run, "project">;
  readonly definition: JobDefinition;
}

export function guardedOutput(
  world: World,
  { run, definition, mask }: Giving & { readonly mask: Pick<Mask, "text"> },
  output: JsonObject,
): JsonObject {
  const sealed = sealOutput(definition, output, (text) => world.vault.seal(run.project, text));
  return mapStrings(sealed, (text) => (isSealed(text) ? text : mask.text(text))) as JsonObject; // an object stays one
}

/** For its checks: a token has neither the length nor the form of what is in it. One that does not open is judged as it is. */
export function openedOutput(world: World, { run, definition }: Giving, output: JsonObject): JsonObject {
  return mapOutputSecrets(definition, output, (text) => {
    try {
      return isSealed(text) ? world.vault.open(run.project, text) : text;
    } catch {
      return text;
    }
  });
}
