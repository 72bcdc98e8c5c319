// Something that is done once and ends: a Job. Its name carries a hash of its content (the renderer adds it), so that changed content is
// another Job: the template of a Job can never be changed. Nothing cleans it up by time; its log and result must not vanish before they are kept.
import { z } from "zod";
import { defineComponent } from "../define.ts";
import { described } from "../fields.ts";
import { imageField, podOf, programFields, programReferences } from "../parts/program.ts";

export const task = defineComponent({
  name: "task",
  summary: { en: "Runs once and ends, e.g. to create tables", zh: "一次性任务，如建表" },
  schema: z.strictObject({
    image: imageField,
    ...programFields,
    retries: described(
      z.int().min(0).max(20).default(0),
      "New pods after a failure, within one attempt of the engine",
      "失败后在一次尝试内重建 Pod 的次数",
    ),
  }),
  examples: [
    {
      title: { en: "Create the tables", zh: "建表" },
      value: { image: "ghcr.io/example/api:1.4.2", command: ["./migrate", "up"] },
    },
  ],
  job: "task",
  references: programReferences,
  render: (properties, context) => ({
    pod: { ...podOf(context.component, properties), restartPolicy: "Never" },
    controller: ({ template }) => ({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: context.component },
      spec: {
        backoffLimit: properties.retries,
        activeDeadlineSeconds: Math.max(1, Math.ceil(context.timeout / 1000)),
        // A pod that the cluster took away (drained node, eviction) is no failure of the task: it gets another.
        podFailurePolicy: {
          rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
        },
        template,
      },
    }),
    objects: [],
  }),
});
