// Does nothing itself: it has succeeded as soon as everything that it waits for has. The planner puts it in where a step became no job
// (a loop over nothing), and between two crowds of jobs, so that not every job of one has to name every job of the other.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import { reason } from "../model/reasons/reason.ts";

export const join = defineJob({
  name: "join",
  summary: { en: "Stands for all that it waits for", zh: "代表它所等待的全部作业" },
  input: z.strictObject({}),
  timeout: 60_000,
  parks: true,
  run: () => Promise.resolve({ phase: "succeeded", reason: reason("Completed") }),
});
