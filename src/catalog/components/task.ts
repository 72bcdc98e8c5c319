// The component type `task`: a program that runs once and ends. It renders a Job. plan/render/render.ts adds a hash of
// the content to its name, so that changed content becomes another Job: the template of a Job can never be changed. The
// Job has no time to live, because its log and its result must not vanish before they are stored.
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
      "How many new pods may be started after failures, within one attempt of the job",
      "失败后在作业的一次尝试内重建 Pod 的次数",
    ),
    always: described(
      z.boolean().default(false),
      "True: runs at each deploy, e.g. a smoke test; default: once for the same content",
      "为 true 时每次部署都执行，如冒烟测试；默认相同内容只执行一次",
    ),
    pods: described(
      z.int().min(1).max(256).default(1),
      "How many pods work in parallel: they start when there is room for all of them, succeed when all succeed and fail when one fails",
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
          // A pod that the cluster removed (drained node, eviction) is not a failure of the task: it is replaced.
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
