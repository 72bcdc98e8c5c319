// A worker's own secret stays out of whatever becomes of its jobs: outcomes, reports, and errors that nobody expected. The engine hides
// what it sealed for the run; of this one it knows nothing.
import type { JobDefinition } from "../../catalog/define.ts";
import type { JobRun } from "../../catalog/job.ts";
import type { Json } from "../../model/data/json.ts";
import { MASK, mapStrings } from "../../model/document/sealed.ts";

/** `secret`: opened for each attempt, kept by nobody. */
export function hidingSecret(definition: JobDefinition, secret: () => string): JobDefinition {
  return {
    ...definition,
    async run(job) {
      const own = secret();
      const hidden = (text: string): string => text.replaceAll(own, MASK);
      // Reasons, evidence and outcomes are JSON; their shape stays, and so does the cast.
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
