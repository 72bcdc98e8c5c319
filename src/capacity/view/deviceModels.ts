// The device model that a pod asks for by a node label, with nodeSelector or required affinity:
// `nvidia.com/gpu.product: H100`.
import type { JsonObject } from "../../model/data/json.ts";
import { labelsAt, listAt, objectAt, textAt, textsAt } from "../kubernetes/optionalFields.ts";

interface WantedModel {
  /** The key of the node label. */
  readonly key: string;
  readonly model: string;
}

const PRODUCT = /\/(gpu\.)?product$/;

export function wantedModels(spec: JsonObject): readonly WantedModel[] {
  const plain = Object.entries(labelsAt(spec, "nodeSelector")).map(([key, model]) => ({ key, model }));
  const required = objectAt(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const expressions = listAt(required, "nodeSelectorTerms").flatMap((term) => listAt(term, "matchExpressions"));
  const named = expressions
    .filter((one) => textAt(one, "operator") === "In")
    .flatMap((one) => textsAt(one, "values").map((model) => ({ key: textAt(one, "key"), model })));
  return [...plain, ...named].filter(({ key }) => PRODUCT.test(key));
}

/** The model of the devices that a node offers under this resource name, if a label of the node names it. */
export function modelOf(labels: Readonly<Record<string, string>>, resource: string): string | undefined {
  const domain = resource.slice(0, resource.indexOf("/"));
  return labels[`${domain}/gpu.product`] ?? labels[`${domain}/product`];
}
