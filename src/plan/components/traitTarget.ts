// What a trait is told about the component it is attached to.
import type { TraitTarget } from "../../catalog/define.ts";
import type { Json } from "../../model/data/json.ts";

/** `outputs`: of the component; its port is the one that it offers to others. */
export function traitTarget(type: string, properties: Json, outputs: Readonly<Record<string, string>>): TraitTarget {
  const port = Object.hasOwn(outputs, "port") ? Number(outputs["port"]) : Number.NaN;
  return { type, properties, port: Number.isInteger(port) ? port : undefined };
}
