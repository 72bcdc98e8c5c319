// Autoscalers and disruption budgets become the traits scaling and disruption of the workload to which they apply.
import { type ImportDraft, valueAt } from "../mapping/importDraft.ts";
import { giveUp, put, say } from "../mapping/ledger.ts";
import { AUTOSCALER_DECIDES, advised, DEFAULT_ALREADY, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRule,
  type FieldRules,
  field,
  itemsOf,
  needless,
  onlyIf,
  take,
  textOf,
} from "../mapping/rules.ts";
import type { FoundObject } from "./objects.ts";
import { head } from "./services.ts";

/** Imports a HorizontalPodAutoscaler. Of its metrics, only CPU and memory utilization are supported. */
export function importScaler(scaler: FoundObject, draft: ImportDraft): void {
  const part = { ...scaler.part, draft };
  head(part, ["traits", "scaling"]);
  const spec = field(part, "spec");
  if (spec) applyRules<unknown>(SCALER, spec);
  const replicas = { draft, path: ["properties", "replicas"] };
  if (valueAt(draft, ["traits", "scaling", "max"]) !== undefined && valueAt(draft, replicas.path) !== undefined)
    giveUp(part.importing.ledger, replicas, AUTOSCALER_DECIDES, ["traits", "scaling"]);
}

const scaling = (key: string): FieldRule => take("traits", "scaling", key);
const POINTS = needless(words("not needed: it scales its own component", "无需填写：作用于其所属组件"));
const AVERAGE = words("became the target utilization", "改为目标使用率");
const RESOURCES = new Set(["cpu", "memory"]);

const SCALER: FieldRules = {
  scaleTargetRef: POINTS,
  minReplicas: scaling("min"),
  maxReplicas: scaling("max"),
  targetCPUUtilizationPercentage: scaling("cpu"),
  metrics: (list) => {
    for (const metric of itemsOf(list)) {
      const resource = field(metric, "resource");
      const target = resource && field(resource, "target");
      const share = target && field(target, "averageUtilization");
      const name = resource && textOf(field(resource, "name")?.value);
      if (name === undefined || !RESOURCES.has(name) || share === undefined) continue;
      scaling(name)(share);
      const path = ["traits", "scaling", name];
      say(list.importing.ledger, metric.at, "changed", AVERAGE, { draft: list.draft, path });
    }
  },
};

const SPEAKS = needless(words("not needed: it applies to the pods of its component", "无需填写：作用于其组件的 Pod"));

export function importBudget(budget: FoundObject, draft: ImportDraft): void {
  const part = { ...budget.part, draft };
  head(part, ["traits", "disruption"]);
  const spec = field(part, "spec");
  if (spec) applyRules<unknown>(BUDGET, spec);
}

const BUDGET: FieldRules = {
  selector: SPEAKS,
  minAvailable: ({ value, at, draft, importing }) =>
    put(importing.ledger, { draft, path: ["traits", "disruption", "minAvailable"] }, value, at),
  maxUnavailable: take("traits", "disruption", "maxUnavailable"),
  unhealthyPodEvictionPolicy: onlyIf(
    (value) => value === "AlwaysAllow",
    DEFAULT_ALREADY,
    advised(
      ["pods that are not ready never prevent the draining of a node", "未就绪的 Pod 不会阻止节点排空"],
      ["leave it out", "请删除"],
    ),
  ),
};
