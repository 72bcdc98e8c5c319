// The fields of a planned job about its step in a workflow, a part of the schema of plans in planViews.ts.
import { z } from "zod";

export const STEP_FACTS = {
  step: z.array(z.string()).optional().meta({ description: "names of the enclosing steps and of its own step" }),
  condition: z.string().optional().meta({ description: "the job is skipped unless this condition is true" }),
  skipped: z.boolean().optional().meta({ description: "true when the condition is already known to be false" }),
  final: z.boolean().optional().meta({ description: "the job starts when all other jobs have ended" }),
  endOf: z
    .string()
    .optional()
    .meta({ description: "the job starts when all other jobs of this called workflow have ended" }),
  joint: z.enum(["nothing", "unknown", "all"]).optional().meta({
    description:
      "the job does no work itself; nothing: its step has no jobs; unknown: its jobs are not known offline; all: it waits for several jobs",
  }),
  retriesFailures: z.literal(false).optional().meta({ description: "failures of the program are not retried" }),
  clocks: z.record(z.string(), z.int()).optional().meta({ description: "milliseconds" }),
  onShort: z.string().optional(),
  within: z.array(z.object({ step: z.string(), timeout: z.int() })).optional(),
  attemptsUntouched: z.int().optional().meta({
    description: "number of attempts if all earlier ones are known to have had no effect; default: as `attempts`",
  }),
  locks: z.array(z.string()).optional(),
};
