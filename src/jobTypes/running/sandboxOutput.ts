// In a sandbox no program runs, so a pod has no real output. A succeeded pod gets a made-up output that fits the schema
// of its type, so that types with outputs, and workflows whose later steps need them, can be tried there.
import type { JobDefinition } from "../../catalog/define.ts";
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { madeUp } from "../schemas/exampleValue.ts";
import type { Schemas } from "../schemas/schemas.ts";

export function givingOutput(definition: JobDefinition, output: JsonObject, schemas: Schemas): JobDefinition {
  return {
    ...definition,
    async run(job) {
      const outcome = await definition.run(job);
      if (job.cluster.kind !== "sandbox" || outcome.phase !== "succeeded") return outcome;
      if (schemas.check(output, outcome.output ?? {}).length === 0) return outcome;
      const made = madeUp(output);
      return isObject(made) && schemas.check(output, made).length === 0 ? { ...outcome, output: made } : outcome;
    },
  };
}
