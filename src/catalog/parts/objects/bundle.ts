// Makes Kubernetes objects that were written by hand or rendered from a chart part of a component: in which namespace
// they may be, when they count as ready, and which of them are kept.

import type { Path } from "../../../model/data/pointer.ts";
import { ANNOTATIONS, type Manifest, shortRef } from "../../../model/kubernetes/manifest.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { writeReadyRule } from "../../../model/kubernetes/readyRule.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import type { RenderContext, RenderedObject } from "../../define.ts";
import { holdsData, isClusterWide } from "./clusterScoped.ts";
import { type ReadinessRules, ruleFor } from "./readiness.ts";

export interface Bundle {
  readonly manifests: readonly Manifest[];
  readonly ready: ReadinessRules;
  /** `undefined`: only objects that hold data are kept. */
  readonly keep: boolean | undefined;
  /** True when the user allowed cluster-scoped kinds. */
  readonly clusterScoped: boolean;
  /** Where the document names the object: the path from the root of the properties. */
  readonly at: (index: number, ...field: Path) => Path;
}

export function bundleObjects(bundle: Bundle, context: RenderContext): readonly RenderedObject[] {
  return bundle.manifests.map((one) => {
    const rule = ruleFor(one, bundle.ready);
    const annotations = { ...one.metadata.annotations, ...(rule && { [ANNOTATIONS.ready]: writeReadyRule(rule) }) };
    const metadata = Object.keys(annotations).length === 0 ? one.metadata : { ...one.metadata, annotations };
    return {
      manifest: { ...one, metadata },
      keep: bundle.keep ?? holdsData(one),
      clusterWide: isClusterWide(one, bundle.manifests, context.facts),
    };
  });
}

export function bundleProblems(bundle: Bundle, context: RenderContext): readonly Problem[] {
  return bundle.manifests.flatMap((one, index) => {
    if (isClusterWide(one, bundle.manifests, context.facts))
      return bundle.clusterScoped ? [] : [problem("ClusterScope", bundle.at(index, "kind"), { kind: one.kind })];
    const { namespace: other = context.namespace, name } = one.metadata;
    if (other === context.namespace) return [];
    const params = { object: shortRef({ kind: one.kind, name }), other, namespace: context.namespace };
    return [problem("OtherNamespace", bundle.at(index, "metadata", "namespace"), params)];
  });
}

/** Problems of readiness rules that match no object. */
export function checkRules(all: readonly Kinded[], rules: ReadinessRules): readonly Problem[] {
  return rules.flatMap(({ kind, name }, index) => {
    const kinds = [...new Set(all.map((one) => one.kind))];
    if (!kinds.includes(kind))
      return [
        problem("NotOneOf", ["ready", index, "kind"], { value: kind, known: kinds.join(", ") }, nearest(kind, kinds)),
      ];
    const names = all.filter((one) => one.kind === kind).map((one) => one.metadata.name);
    if (name === undefined || names.includes(name)) return [];
    const params = { value: name, known: names.join(", ") };
    return [problem("NotOneOf", ["ready", index, "name"], params, nearest(name, names))];
  });
}

interface Kinded {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}
