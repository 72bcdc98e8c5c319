// From the template of a job type to the pod that may run.
import type { Json } from "../model/json.ts";
import type { PodOrder, RenderedPod } from "./order.ts";

export function renderJobPod(_template: Json, _order: PodOrder): RenderedPod {
  return { pod: null, problems: [] };
}
