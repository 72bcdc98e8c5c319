// The two labels by which Services and controllers find a component's pods. A user can change neither of them, because
// a selector can never be changed after creation.
import type { JsonObject } from "../../../model/data/json.ts";
import { LABELS } from "../../../model/kubernetes/manifest.ts";
import type { RenderContext } from "../../define.ts";

export function selectorOf(context: Pick<RenderContext, "application" | "component">): JsonObject {
  return { [LABELS.application]: context.application, [LABELS.kubeminComponent]: context.component };
}
