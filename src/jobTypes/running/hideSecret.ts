// Removes the secret of a worker from outcomes, reports and unexpected errors of its jobs. The engine hides the secrets
// of the run itself, but it does not know this one.
import type { JobDefinition } from "../../catalog/define.ts";
import type { JobRun } from "../../catalog/job.ts";
import type { Json } from "../../model/data/json.ts";
import { MASK, mapStrings } from "../../model/document/sealed.ts";

/** `secret` opens the secret for each attempt; it is not stored. */
export function hidingSecret(definition: JobDefinition, secret: () => string): JobDefinition {
  return {
    ...definition,
    async run(job) {
      const own = secret();
      const hidden = (text: string): string => text.replaceAll(own, MASK);
      // Reasons, evidence and outcomes are JSON, and their shape does not change, so the casts are safe.
      const clean = <T>(value: T): T => mapStrings(value as Json, hidden) as T;
      const report: JobRun<unknown>["report"] = (why, evidence, phase) =>
        job.report(clean(why), evidence === undefined ? undefined : clean(evidence), phase);
      try {
        return clean(await definition.run({ ...job, report }));
      } catch (error) {
        if (error instanceof Error && (error.stack ?? "").includes(own)) throw cleanError(error, hidden);
        throw error;
      }
    },
  };
}

function cleanError(error: Error, hidden: (text: string) => string): Error {
  const clean = new Error(hidden(error.message));
  clean.name = error.name;
  if (error.stack !== undefined) clean.stack = hidden(error.stack);
  return clean;
}
