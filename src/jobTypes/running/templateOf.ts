// The pod template of a registration. The first container gets the name, the image and the arguments of the runtime,
// unless it has its own.
import { isObject, type JsonObject } from "../../model/data/json.ts";
import type { RegistrationSpec } from "../registration/registration.ts";

export function templateOf({ runtime }: RegistrationSpec): JsonObject {
  if (runtime.tier === "T2") return {};
  const template = runtime.template ?? {};
  const spec = isObject(template["spec"]) ? template["spec"] : {};
  const containers = Array.isArray(spec["containers"]) ? spec["containers"] : [{}];
  const args = runtime.args === undefined ? {} : { args: [runtime.args].flat() };
  const [main, ...others] = containers;
  const first = { name: "main", image: runtime.image, ...args, ...(isObject(main) ? main : {}) };
  return { ...template, spec: { ...spec, containers: [first, ...others] } };
}
