// HAMi's webhook: a pod that asks for cards gets HAMi's scheduler, and a pod that exceeds the quota of its namespace is
// denied. Quotas of HAMi are the keys `limits.nvidia.com/gpumem` and `limits.nvidia.com/gpucores` of a ResourceQuota;
// Kubernetes itself does not enforce them.
// https://project-hami.io/docs/userguide/kueue/how-to-use-kueue, https://github.com/Project-HAMi/HAMi (webhook.go describes the messages)
import type { Connection } from "../../src/kube/reach/connection.ts";
import { labelsAt, listAt, objectAt, textAt } from "../../src/model/data/fieldReaders.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { listed } from "../capacity/rawCalls.ts";
import { type Admission, type AdmissionRule } from "./admissionServer.ts";
import { cardRequest, RESOURCES, usageOf } from "./hamiCards.ts";
import { HAMI_SCHEDULER } from "./hamiExtender.ts";
import { numberOf } from "./quantities.ts";

/** Only pods in namespaces with this label reach the webhook, so that other tests on the cluster are not touched. */
export const HAMI_LABEL = { middleware: "hami" };

export function hamiWebhook(raw: Connection): AdmissionRule {
  return {
    name: "vgpu.hami.io",
    apiGroup: "",
    resource: "pods",
    namespaceLabels: HAMI_LABEL,
    admit: (pod) => admit(raw, pod),
  };
}

async function admit(raw: Connection, pod: JsonObject): Promise<Admission> {
  const spec = objectAt(pod, "spec");
  const scheduler = textAt(spec, "schedulerName");
  if (!["", "default-scheduler", HAMI_SCHEDULER].includes(scheduler)) return { object: pod };
  const filled = {
    ...spec,
    containers: listAt(spec, "containers").map(withCount),
    ...(spec["initContainers"] === undefined ? {} : { initContainers: listAt(spec, "initContainers").map(withCount) }),
  };
  const asking = [...listAt(filled, "initContainers"), ...listAt(filled, "containers")].filter(
    (one) => cardRequest(one) !== undefined,
  );
  if (asking.length === 0) return { object: pod };
  const privileged = asking.find((one) => objectAt(one, "securityContext")["privileged"] === true);
  if (privileged !== undefined) return { denied: `container ${textAt(privileged, "name")} is privileged` };
  if (textAt(spec, "nodeName") !== "") return { denied: "pod has node assigned" };
  if (await exceedsQuota(raw, pod, asking)) return { denied: "exceeding resource quota" };
  return { object: { ...pod, spec: { ...filled, schedulerName: HAMI_SCHEDULER } } };
}

/** A container that asks for memory or cores without a number of cards gets one card. */
function withCount(container: JsonObject): JsonObject {
  const limits = labelsAt(container, "resources", "limits");
  const asksForPart = [RESOURCES.memory, RESOURCES.percent, RESOURCES.cores].some((name) => name in limits);
  if (RESOURCES.count in limits || !asksForPart) return container;
  const requests = labelsAt(container, "resources", "requests");
  const one = { [RESOURCES.count]: "1" };
  return { ...container, resources: { limits: { ...limits, ...one }, requests: { ...requests, ...one } } };
}

async function exceedsQuota(raw: Connection, pod: JsonObject, asking: readonly JsonObject[]): Promise<boolean> {
  const namespace = textAt(pod, "metadata", "namespace");
  const quotas = await listed(raw, `/api/v1/namespaces/${namespace}/resourcequotas`);
  const used = [...usageOf(await listed(raw, `/api/v1/namespaces/${namespace}/pods`)).values()];
  const requests = asking.map(cardRequest).filter((one) => one !== undefined);
  const sums = {
    [RESOURCES.memory]: requests.reduce(
      (sum, { count, memory = 0 }) => sum + count * memory,
      used.reduce((sum, one) => sum + one.memory, 0),
    ),
    [RESOURCES.cores]: requests.reduce(
      (sum, { count, cores }) => sum + count * cores,
      used.reduce((sum, one) => sum + one.cores, 0),
    ),
  };
  return quotas.some((quota) =>
    Object.entries(sums).some(([name, sum]) => {
      const hard = labelsAt(quota, "spec", "hard")[`limits.${name}`];
      return hard !== undefined && sum > numberOf(hard);
    }),
  );
}
