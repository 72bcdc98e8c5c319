// What a plan says of a job's place in a workflow: a part of the views of plans, see views.ts.
import { z } from "zod";

export const STEP_FACTS = {
  step: z.array(z.string()).optional().meta({ description: "names of the steps around it, and of its step" }),
  condition: z.string().optional().meta({ description: "skipped unless it holds" }),
  skipped: z.boolean().optional().meta({ description: "its condition is known already, and does not hold" }),
  final: z.boolean().optional().meta({ description: "starts when all others have ended" }),
  endOf: z.string().optional().meta({ description: "starts when everything else of this called workflow has ended" }),
  joint: z.enum(["nothing", "unknown", "all"]).optional().meta({ description: "it does nothing itself" }),
  retriesFailures: z.literal(false).optional().meta({ description: "a failure of the program is not tried again" }),
  clocks: z.record(z.string(), z.int()).optional().meta({ description: "milliseconds" }),
  onShort: z.string().optional(),
  within: z.array(z.object({ step: z.string(), timeout: z.int() })).optional(),
  attemptsUntouched: z
    .int()
    .optional()
    .meta({ description: "attempts while those before are known to have done nothing; missing: as `attempts`" }),
  locks: z.array(z.string()).optional(),
};
