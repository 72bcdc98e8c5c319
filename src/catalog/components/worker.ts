// The component type `worker`: a program that works in the background. It renders a Deployment without a Service.
import { z } from "zod";
import { defineComponent } from "../define.ts";
import { checkUpdate, deploymentOf, updateField } from "../parts/pod/deployment.ts";
import { imageField, podOf, programFields, programReferences } from "../parts/pod/program.ts";
import { described, replicas } from "../sharedFields.ts";

export const worker = defineComponent({
  name: "worker",
  summary: { en: "A program that works in the background", zh: "后台程序" },
  schema: z.strictObject({
    image: imageField,
    ...programFields,
    replicas: described(replicas().default(1), "How many pods", "副本数"),
    update: updateField,
  }),
  examples: [
    {
      title: { en: "A queue worker", zh: "队列消费者" },
      value: { image: "ghcr.io/example/worker:2.0.1", args: ["--queue", "orders"], replicas: 3 },
    },
    {
      title: { en: "Never two at a time", zh: "任何时刻只有一个" },
      value: { image: "busybox:1.36", command: ["sleep", "infinity"], update: { strategy: "recreate" } },
    },
  ],
  job: "deploy",
  references: programReferences,
  check: (properties) => checkUpdate(properties.update),
  render: (properties, context) => ({
    pod: podOf(context.component, properties),
    controller: deploymentOf({ name: context.component, timeout: context.timeout, ...properties }),
    objects: [],
  }),
});
