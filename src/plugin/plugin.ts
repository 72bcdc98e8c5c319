// The module `kubemin/plugin` for authors of plug-ins: the same functions and fields that the built-in definitions use.
// Only this file of the program re-exports things. Whatever it does not export is not part of the contract and may
// change at any time.
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
export { selectorOf } from "../catalog/parts/objects/labels.ts";
export { nonEmpty, onlyGiven } from "../catalog/parts/objects/onlyGiven.ts";
export { imageField, podOf, programFields, programReferences } from "../catalog/parts/pod/program.ts";
export { canonicalQuantity } from "../catalog/parts/pod/quantity.ts";
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
} from "../catalog/sharedFields.ts";
export type { Json, JsonObject } from "../model/data/json.ts";
export type { Path } from "../model/data/pointer.ts";
export type { Localized } from "../model/data/text.ts";
export { parseDuration } from "../model/document/duration.ts";
export { literalText } from "../model/kubernetes/kubeletExpansion.ts";
export type { Manifest } from "../model/kubernetes/manifest.ts";
export { parseQuantity } from "../model/kubernetes/quantity.ts";
export type { Problem } from "../model/problems/problem.ts";
export { brokenRule, problem, warning } from "../model/problems/problem.ts";
export type { ClusterFacts } from "../model/run/plan.ts";
export type { Plugin } from "./contract.ts";
export { definePlugin } from "./contract.ts";
