// What authors of plug-ins import, as `kubemin/plugin`: the same functions and fields that the built-in definitions are made with.
// The only place of this program where things are exported again. What is not here is no part of the contract and may change at any time.
export type { ZodType } from "zod";
export { z } from "zod";
export type {
  ComponentDefinition,
  Contribution,
  Example,
  Reference,
  RenderContext,
  RenderedObject,
  TraitDefinition,
  TraitTarget,
  VolumeClaim,
  Workload,
} from "../catalog/define.ts";
export { defineComponent, defineTrait } from "../catalog/define.ts";
export {
  absolutePath,
  commandLine,
  componentName,
  described,
  duration,
  image,
  objectName,
  port,
  quantity,
  replicas,
} from "../catalog/fields.ts";
export { selectorOf } from "../catalog/parts/labels.ts";
export { nonEmpty, onlyGiven } from "../catalog/parts/onlyGiven.ts";
export { imageField, podOf, programFields, programReferences } from "../catalog/parts/program.ts";
export { canonicalQuantity } from "../catalog/parts/quantity.ts";
export { parseDuration } from "../model/duration.ts";
export { literalText } from "../model/expansion.ts";
export type { Json, JsonObject } from "../model/json.ts";
export type { Manifest } from "../model/manifest.ts";
export type { ClusterFacts } from "../model/plan.ts";
export type { Path } from "../model/pointer.ts";
export type { Problem } from "../model/problem.ts";
export { brokenRule, problem, warning } from "../model/problem.ts";
export { parseQuantity } from "../model/quantity.ts";
export type { Localized } from "../model/text.ts";
export type { Plugin } from "./contract.ts";
export { definePlugin } from "./contract.ts";
