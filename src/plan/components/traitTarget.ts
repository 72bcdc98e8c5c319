// What a trait gets to know about the component to which it is attached.
import type { TraitTarget } from "../../catalog/define.ts";
import type { Json } from "../../model/data/json.ts";

/** `outputs` are those of the component. Its output `port` becomes the port of the target. */
export function traitTarget(type: string, properties: Json, outputs: Readonly<Record<string, string>>): TraitTarget {
  const port = Object.hasOwn(outputs, "port") ? Number(outputs["port"]) : Number.NaN;
  return { type, properties, port: Number.isInteger(port) ? port : undefined };
}
