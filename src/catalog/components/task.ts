// Something that is done once and ends: a Job. Its name carries a hash of its content (the renderer adds it), so that changed content is
// another Job: the template of a Job can never be changed. Nothing cleans it up by time; its log and result must not vanish before they are kept.
import { z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";
import { defineComponent } from "../define.ts";
import { selectorOf } from "../parts/objects/labels.ts";
import { gangAnnotations, gangEnv, gangService, jobFieldsOf } from "../parts/pod/gang.ts";
import { imageField, podOf, programFields, programReferences } from "../parts/pod/program.ts";
import { described } from "../sharedFields.ts";

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
    always: described(
      z.boolean().default(false),
      "Runs at each deploy, e.g. a smoke test; without it, once for its content",
      "每次部署都执行，如冒烟测试；否则相同内容只执行一次",
    ),
    pods: described(
      z.int().min(1).max(256).default(1),
      "Pods that work side by side: started when there is room for all of them, done when all are, failed when one is",
      "并行协作的 Pod 数：有足够资源容纳全部时才启动，全部完成才算完成，任一失败即失败",
    ),
  }),
  examples: [
    {
      title: { en: "Create the tables", zh: "建表" },
      value: { image: "ghcr.io/example/api:1.4.2", command: ["./migrate", "up"] },
    },
    {
      title: { en: "A smoke test at each deploy", zh: "每次部署后的冒烟测试" },
      value: { image: "ghcr.io/example/api:1.4.2", command: ["./smoke-test"], always: true },
    },
    {
      title: { en: "Train on four pods, all or none", zh: "四个 Pod 协同训练，全有或全无" },
      value: { image: "ghcr.io/example/train:2.0", command: ["./train"], pods: 4 },
    },
  ],
  job: "task",
  references: programReferences,
  render(properties, context) {
    const gang = { pods: properties.pods, service: context.component };
    const isGang = gang.pods > 1;
    const pod = podOf(context.component, properties, isGang ? { env: gangEnv(gang) } : {});
    return {
      always: properties.always,
      pod: { ...pod, restartPolicy: "Never", ...(isGang ? { subdomain: gang.service } : {}) },
      controller: ({ template }) => ({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: context.component, ...annotated(gangAnnotations(gang, template)) },
        spec: {
          backoffLimit: properties.retries,
          activeDeadlineSeconds: Math.max(1, Math.ceil(context.timeout / 1000)),
          // A pod that the cluster took away (drained node, eviction) is no failure of the task: it gets another.
          podFailurePolicy: {
            rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
          },
          ...jobFieldsOf(gang),
          template,
        },
      }),
      objects: isGang ? [{ manifest: gangService(gang.service, selectorOf(context)) }] : [],
    };
  },
});

function annotated(annotations: JsonObject): JsonObject {
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}
