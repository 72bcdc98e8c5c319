// Plans and changes as the API answers with them.
import { z } from "zod";
import { STEP_FACTS } from "./stepFacts.ts";
import { JsonView, ObjectView, ProblemItem } from "./views.ts";

export const ChangeView = z.object({
  component: z.string(),
  object: ObjectView,
  action: z.enum(["create", "update", "adopt", "delete", "keep", "unchanged"]),
  class: z.enum(["create", "in-place", "rolling", "orphan-recreate", "new-name", "recreate", "delete", "none"]),
  disruption: z
    .enum(["none", "rolling", "restart", "interruption"])
    .optional()
    .meta({ description: "what users of the component notice" }),
  task: z
    .enum(["done", "again", "always"])
    .optional()
    .meta({ description: "of a task: whether it runs. done: it ran with this content before, and does not run again" }),
  doneIn: z.int().optional().meta({ description: "number of the run in which it was done" }),
  gone: z.boolean().optional().meta({ description: "it was made before, and does not exist on the cluster any more" }),
  fields: z.array(
    z.object({
      path: z.string(),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
      by: z.array(z.string()).optional().meta({
        description: "before is what the cluster has, and not what was applied: who set it so, if that is known",
      }),
    }),
  ),
});

export const PlanView = z.object({
  application: z.string(),
  namespace: z.string(),
  cluster: z.string(),
  clusterKind: z.enum(["kubernetes", "sandbox", "none"]),
  jobs: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      component: z.string(),
      needs: z.array(
        z.object({
          job: z.string(),
          because: z.enum(["dependsOn", "reference", "order"]),
          on: z.literal("end").optional().meta({ description: "its end is enough, however it ends" }),
          pointer: z.string().optional(),
        }),
      ),
      ...STEP_FACTS,
      input: JsonView.optional(),
      objects: z.array(z.object({ manifest: JsonView, keep: z.boolean() })),
      timeout: z.int().meta({ description: "milliseconds" }),
      attempts: z.int(),
    }),
  ),
  layers: z.array(z.array(z.string())).meta({ description: "jobs that may run at the same time, layer after layer" }),
  changes: z.array(ChangeView),
  warnings: z.array(ProblemItem),
  hash: z.string(),
});

export const DiffView = z.object({ from: z.string(), to: z.string(), changes: z.array(ChangeView) });
