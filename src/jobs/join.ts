// The job type `join`: it does no work and succeeds when all jobs that it depends on have succeeded. The planner adds
// it where a step became no job (a loop over an empty list), and between two large groups of jobs, so that not each job
// of one group has to name each job of the other.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import { reason } from "../model/reasons/reason.ts";

export const join = defineJob({
  name: "join",
  summary: { en: "Represents all jobs that it waits for", zh: "代表它所等待的全部作业" },
  input: z.strictObject({}),
  timeout: 60_000,
  parks: true,
  run: () => Promise.resolve({ phase: "succeeded", reason: reason("Completed") }),
});
