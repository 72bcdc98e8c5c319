// Lets the pods wait in a queue of the cluster that decides about all pods of a job together: a LocalQueue of Kueue, or
// a queue of Volcano. The queue itself belongs to the administrators of the cluster.
// https://kueue.sigs.k8s.io/docs/tasks/run/jobs/ and https://volcano.sh/en/docs/podgroup/
import { z } from "zod";
import { brokenRule, type Problem } from "../../../model/problems/problem.ts";
import { defineTrait, type TraitTarget } from "../../define.ts";
import { onlyGiven } from "../../parts/objects/onlyGiven.ts";
import { described, objectName } from "../../sharedFields.ts";

/** A name that is also the value of a label, which has at most 63 characters. */
const queueName = () => objectName().max(63).optional();

const schema = z.strictObject({
  kueue: described(queueName(), "LocalQueue of Kueue in the namespace", "命名空间中 Kueue 的 LocalQueue"),
  volcano: described(queueName(), "Queue of Volcano", "Volcano 的队列"),
  priorityClass: described(
    objectName().max(63).optional(),
    "Priority in the queue: a WorkloadPriorityClass of Kueue, a PriorityClass for Volcano",
    "队列中的优先级：Kueue 的 WorkloadPriorityClass，或 Volcano 使用的 PriorityClass",
  ),
});
type Queue = z.output<typeof schema>;

export const queue = defineTrait({
  name: "queue",
  summary: { en: "Waits in a queue of Kueue or Volcano", zh: "在 Kueue 或 Volcano 队列中等待" },
  schema,
  examples: [
    { title: { en: "A queue of Kueue", zh: "Kueue 队列" }, value: { kueue: "main", priorityClass: "research" } },
    { title: { en: "A queue of Volcano", zh: "Volcano 队列" }, value: { volcano: "team-a" } },
  ],
  appliesTo: "pods",
  check: (data, target) => [...checkOne(data), ...checkDaemon(data, target)],
  render(data) {
    if (data.volcano !== undefined) {
      return {
        pod: onlyGiven({ schedulerName: "volcano", priorityClassName: data.priorityClass }),
        metadata: { pods: { annotations: { "scheduling.volcano.sh/queue-name": data.volcano } } },
      };
    }
    const labels = onlyGiven({
      "kueue.x-k8s.io/queue-name": data.kueue,
      "kueue.x-k8s.io/priority-class": data.priorityClass,
    });
    return { metadata: { controller: { labels } } };
  },
});

function checkOne({ kueue, volcano }: Queue): readonly Problem[] {
  if ((kueue === undefined) !== (volcano === undefined)) return [];
  const text = {
    en: "give the name of one queue: either kueue or volcano",
    zh: "请写一个队列名：kueue 与 volcano 二选一",
  };
  return [brokenRule([], text)];
}

/** Kueue has no integration for DaemonSets: https://kueue.sigs.k8s.io/docs/tasks/run/ */
function checkDaemon({ kueue }: Queue, { type }: TraitTarget): readonly Problem[] {
  if (kueue === undefined || type !== "daemon") return [];
  const text = {
    en: "Kueue does not queue the pods of a daemon, which run on every node: remove kueue",
    zh: "Kueue 不管理 daemon 的 Pod（每个节点各一个）：请去掉 kueue",
  };
  return [brokenRule(["kueue"], text)];
}
