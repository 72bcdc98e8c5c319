// The schemas of plans and changes in the API's answers.
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
    .meta({ description: "how users of the component notice the change" }),
  task: z.enum(["done", "again", "always"]).optional().meta({
    description: "whether a task runs; done: it already ran with this content, and does not run again",
  }),
  doneIn: z.int().optional().meta({ description: "number of the run in which the task was done" }),
  gone: z
    .boolean()
    .optional()
    .meta({ description: "the object was created before, but no longer exists on the cluster" }),
  fields: z.array(
    z.object({
      path: z.string(),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
      by: z.array(z.string()).optional().meta({
        description:
          "field managers that changed the field on the cluster, if known; `before` is then the value on the cluster, not the applied one",
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
          on: z
            .literal("end")
            .optional()
            .meta({ description: "the job may start when the other job has ended, even if it failed" }),
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
  layers: z
    .array(z.array(z.string()))
    .meta({ description: "jobs in layers; jobs of the same layer may run at the same time" }),
  changes: z.array(ChangeView),
  warnings: z.array(ProblemItem),
  hash: z.string(),
});

export const DiffView = z.object({ from: z.string(), to: z.string(), changes: z.array(ChangeView) });
