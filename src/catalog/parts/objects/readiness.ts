// Readiness rules of a document, for kinds that kubemin does not know. They are applied in
// kube/judge/status/declared.ts. Without a rule the usual conditions decide (Ready, Available), and an object without
// these conditions is ready as soon as it exists.
import { z } from "zod";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import type { Matcher, ReadyRule } from "../../../model/kubernetes/readyRule.ts";
import { described, scalar } from "../../sharedFields.ts";

const matcher = z.union([
  z.strictObject({
    condition: described(z.string().min(1), "Type of a condition, e.g. Synced", "condition 类型，如 Synced"),
    status: described(
      z.enum(["True", "False", "Unknown"]).default("True"),
      "Status that the condition must have",
      "condition 应有的状态",
    ),
  }),
  z.strictObject({
    field: described(
      z.string().regex(/^(status|spec|metadata)(\.[A-Za-z0-9_-]+)+$/, "a field such as status.phase"),
      "A field, e.g. status.phase",
      "字段，如 status.phase",
    ),
    is: described(
      z.union([scalar(), z.array(scalar()).min(1)]).optional(),
      "Value or values that the field may have; default: the field only has to exist",
      "字段允许的取值（可多个）；不写则只要求字段存在",
    ),
  }),
]);
const matchers = () => z.union([matcher, z.array(matcher).min(1)]);

export const readinessField = described(
  z
    .array(
      z.strictObject({
        kind: described(z.string().min(1), "Kind of the objects", "对象类型"),
        name: described(z.string().min(1).optional(), "Only the object of this name", "仅该名称的对象"),
        when: described(matchers(), "Ready when all of this holds", "全部满足时为就绪"),
        failed: described(matchers().optional(), "Failed as soon as any of these holds", "任一满足即为失败"),
      }),
    )
    .max(50)
    .optional(),
  "When objects count as ready",
  "对象何时视为就绪",
);

export type ReadinessRules = NonNullable<z.output<typeof readinessField>>;
type Given = ReadinessRules[number]["when"];

/** Joins all rules that match the object; `undefined` when there is none. */
export function ruleFor(object: Manifest, rules: ReadinessRules): ReadyRule | undefined {
  const mine = rules.filter(
    (rule) => rule.kind === object.kind && (rule.name === undefined || rule.name === object.metadata.name),
  );
  if (mine.length === 0) return undefined;
  return {
    ready: mine.flatMap((rule) => matchersOf(rule.when)),
    failed: mine.flatMap((rule) => (rule.failed === undefined ? [] : matchersOf(rule.failed))),
  };
}

function matchersOf(given: Given): readonly Matcher[] {
  const list = Array.isArray(given) ? given : [given];
  return list.map((one) => {
    if ("condition" in one) return { condition: one.condition, status: one.status };
    const { is } = one;
    return { field: one.field, values: is === undefined ? [] : Array.isArray(is) ? is.map(String) : [String(is)] };
  });
}
